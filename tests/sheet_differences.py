"""Where values of indicators are other than a sheet of expected ones."""

from __future__ import annotations

from collections.abc import Mapping

from oracle.indicators.sheet import Cell, Figure


def differences(
    found: Mapping[Cell, Figure], expected: Mapping[Cell, Figure]
) -> dict[Cell, tuple[Figure | None, Figure | None]]:
    """Cells that are not equal, each with what was found and what was expected."""
    return {
        cell: (found.get(cell), expected.get(cell))
        for cell in found.keys() | expected.keys()
        if found.get(cell) != expected.get(cell)
        and (cell in expected or not _says_nothing(found[cell]))
    }


def _says_nothing(figure: Figure) -> bool:
    """No value, for want of everything: the sheet has no such cells."""
    is_missing = figure.state == "inputs_missing" and figure.value is None
    return is_missing and not figure.numerator and figure.denominator is None
