"""Check of the environment: what is installed against the lock file."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

from health_warehouse.doctor.finding import Finding
from health_warehouse.settings import PROJECT_DIR, Settings

LOCK = PROJECT_DIR / "requirements" / "runtime.txt"
_PIN = re.compile(r"^([A-Za-z0-9_.\-]+)==([^\s;\\]+)", re.MULTILINE)


def locked(lock: Path = LOCK) -> dict[str, str]:
    """Version of each package in the lock file."""
    return dict(_PIN.findall(lock.read_text(encoding="utf-8")))


def drift(_: Settings) -> Iterator[Finding]:
    """Packages of another version than the lock file's, which is the one that was tested."""
    other = [
        f"{name} {installed or 'missing'} (locked: {version})"
        for name, version in locked().items()
        if (installed := _installed(name)) != version
    ]
    if other:
        more = f" and {len(other) - 5} more" if len(other) > 5 else ""
        yield Finding(
            "packages",
            "warning",
            f"other packages than the lock file's: {', '.join(other[:5])}{more}",
            "make the environment anew: `make up` in the project",
        )


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
