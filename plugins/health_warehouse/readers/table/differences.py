"""What a header has otherwise than the contract, in words: once for a delivery."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.remark import Remark
from health_warehouse.readers.table.cells import letters
from health_warehouse.readers.table.header import Header
from health_warehouse.readers.table.matching import Heading, likely

_NAMED = 12


def require_columns(contract: Contract, header: Header, where: str) -> None:
    """Raises FileUnreadable that names every required column without a heading and the heading that
    it may be, and every column that has two. `where`: the sheet, as text before a column."""
    found = header.matched
    faults = [
        f"{where}columns {letters(one.column)} and {letters(other.column)} are both called "
        f"“{one}”: keep one of them"
        for one, other in found.twice
    ]
    columns = contract.table.columns
    for place in found.missing:
        if columns[place].is_required:
            faults.append(f"{where}{_missing(contract, place, found.others)}")
    if faults:
        raise FileUnreadable("F01", "; ".join(faults[:_NAMED]))


def differences(contract: Contract, header: Header, where: str) -> Iterator[Remark]:
    """New columns, renamed and missing ones, and moved ones."""
    found = header.matched
    columns = contract.table.columns
    renamed: dict[Heading, int] = {}
    missing = []
    for place in found.missing:
        if columns[place].since or columns[place].until:
            continue  # another version of the form has it
        heading = likely(contract, place, [one for one in found.others if one not in renamed])
        if heading is None:
            missing.append(columns[place].label)
        else:
            renamed[heading] = place
    for heading, place in renamed.items():
        yield Remark(
            "columns",
            f"{where}column {letters(heading.column)} “{heading}” is not known: is it "
            f"“{columns[place].label}”, which is missing? It is kept and not read",
            field=columns[place].label,
        )
    new = [one for one in found.others if one not in renamed]
    if new:
        told = ", ".join(f"{letters(one.column)} “{one}”" for one in new[:_NAMED])
        yield Remark("columns", f"{where}columns that the contract has not are kept: {told}")
    if missing:
        told = ", ".join(f"“{label}”" for label in missing[:_NAMED])
        yield Remark("columns", f"{where}columns that are missing: {told}", "record")
    moved = _moved(header)
    if moved:
        told = ", ".join(f"“{columns[place].label}”" for place in moved[:_NAMED])
        yield Remark("columns", f"{where}columns in another order, read by name: {told}", "record")


def _missing(contract: Contract, place: int, others: tuple[Heading, ...]) -> str:
    label = contract.table.columns[place].label
    heading = likely(contract, place, others)
    if heading is None:
        return f"the column “{label}” is missing: add it"
    return (
        f"the column “{label}” is missing: is it {letters(heading.column)} “{heading}”? "
        "Then call it so"
    )


def _moved(header: Header) -> list[int]:
    """Places that stand out of order: the fewest without which the rest is in order."""
    places = [header.matched.places[column] for column in sorted(header.matched.places)]
    runs: list[list[int]] = []
    for place in places:
        before: list[int] = []
        for run in runs:
            if run[-1] < place and len(run) > len(before):
                before = run
        runs.append([*before, place])
    longest = max(runs, key=len)
    return [place for place in places if place not in longest]
