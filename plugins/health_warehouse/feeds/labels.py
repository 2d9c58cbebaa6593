"""What senders call a column, however they write it: one rule for contracts and for headers."""

from __future__ import annotations

import unicodedata

from health_warehouse.feeds.contract import Column

_CROSSED = str.maketrans("đĐ", "dD")


def folded_label(label: str) -> str:
    """A label without case, accents and blanks: `Số GPHN` and `SO  GPHN` are one."""
    parts = unicodedata.normalize("NFKD", label.translate(_CROSSED).casefold())
    return "".join(
        one for one in parts if not unicodedata.combining(one) and not one.isspace()
    ).casefold()


def labels_of(column: Column) -> tuple[str, ...]:
    """Everything that it may be called; by its own name, when nothing else is said."""
    return column.labels or (column.name,)
