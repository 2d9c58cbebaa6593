"""What a reader noticed and read nevertheless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RemarkKind = Literal["cell", "zeros", "columns", "sheet", "rows", "as_of"]
"""cell: an error or a formula without a value. zeros: a code that lost its zeros. columns: headings
other than the contract's. sheet: a sheet that is not read. rows: rows that are none of the list, or
hidden ones. as_of: two sources of the day that disagree."""


@dataclass(frozen=True, slots=True)
class Remark:
    """`reason` holds no value of a row. `field`: the label of the column; None: it is about more
    than one."""

    kind: RemarkKind
    reason: str
    severity: Literal["flag", "record"] = "flag"
    field: str | None = None
