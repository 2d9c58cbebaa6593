"""The cards of a visit: four fields of XML1 that are lists in step, `;` between the items."""

from __future__ import annotations

from expectations.rules.fragments import text_or_null

CARD_FIELDS = ("MA_THE_BHYT", "MA_DKBD", "GT_THE_TU", "GT_THE_DEN")


def items(column: str) -> str:
    """SQL of the items of a list, blanks removed; null for a blank one. A last `;` ends nothing."""
    return f"string_to_array(rtrim(replace({text_or_null(column)}, ' ', ''), ';'), ';')"
