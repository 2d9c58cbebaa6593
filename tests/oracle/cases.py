"""The hand-written cases of tests/data/claims: deliveries, and what must come of them.

Each folder holds readable (nested) claim files and `case.json`: why the case exists, when each
file was received, and the numbers that a person worked out.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from oracle.claims_files import Delivery

CASES_DIR = Path(__file__).parents[1] / "data" / "claims"


@dataclass(frozen=True)
class Case:
    name: str
    deliveries: list[Delivery]
    expected: dict[str, Any]

    def place(self, inbox: Path) -> None:
        """Put the files into a folder, each modified when it was received."""
        for delivery in self.deliveries:
            path = inbox / delivery.name
            path.write_bytes(delivery.content)
            seconds = delivery.received_at.timestamp()
            os.utime(path, (seconds, seconds))


def case_names() -> list[str]:
    return sorted(path.parent.name for path in CASES_DIR.glob("*/case.json"))


def read_case(name: str) -> Case:
    folder = CASES_DIR / name
    content = json.loads((folder / "case.json").read_text("utf-8"))
    deliveries = [
        Delivery(
            entry["file"],
            datetime.fromisoformat(entry["received_at"]),
            (folder / entry["file"]).read_bytes(),
            (folder / entry["file"]).as_uri(),
        )
        for entry in content["deliveries"]
    ]
    return Case(name, deliveries, content["expected"])
