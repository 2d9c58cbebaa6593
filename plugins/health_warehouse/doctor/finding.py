"""What a check says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from health_warehouse.settings import Settings

Level = Literal["warning", "error"]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong. `error`: work fails or data are at risk; `warning`: it will."""

    check: str
    level: Level
    what: str
    remedy: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Check = Callable[[Settings], Iterable[Finding]]
