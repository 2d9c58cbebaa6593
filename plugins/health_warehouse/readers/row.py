"""A document of one row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from health_warehouse.readers.remark import Remark


@dataclass(frozen=True, slots=True)
class Row:
    """`position` counts from 1 in the delivery. `values` stand in the order of the contract's
    columns; None: it is not there, '': it is there and empty. `extra`: what no column has, as the
    text of a JSON object. `remarks`: what was noticed in it.

    `problem` says why the row cannot be taken apart, without a value of it, and `field` where;
    `original` then is the row as it was sent, as text. `tells_nothing`: it has values, and none
    that makes it an event.
    """

    position: int
    values: tuple[str | None, ...] = ()
    extra: str | None = None
    problem: str | None = None
    field: str | None = None
    original: str = ""
    tells_nothing: bool = False
    remarks: tuple[Remark, ...] = ()

    @property
    def is_blank(self) -> bool:
        """It says nothing, or nothing that counts."""
        if self.problem is not None:
            return False
        is_empty = not any(value and not value.isspace() for value in self.values)
        return self.tells_nothing or (self.extra is None and is_empty)


def extra_text(extra: Mapping[str, Any] | None) -> str | None:
    """What no column has, as text: the same for the same object, also when it was in Postgres."""
    return json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else None
