"""Which rows of a list get which defect, and the label that says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from health_warehouse.feeds.contract import ColumnSeverity, Contract
from health_warehouse.synthetic.injected import Label
from health_warehouse.synthetic.lists.breaches_of_columns import Kind, kinds_of_columns
from health_warehouse.synthetic.lists.breaches_of_lists import kinds_of_lists
from health_warehouse.synthetic.lists.breaches_of_rules import kinds_of_rules
from health_warehouse.synthetic.lists.sheets import Row, Sheet
from health_warehouse.synthetic.streams import scattered

_READ_BY_OTHERS = {
    "workforce": ("is_main_place", "hours_of_day", "days_of_week", "full_time", "valid_to"),
}
"""Columns that stay as they are in rows that others need, beside the key."""
_TOLD: dict[ColumnSeverity, str] = {"quarantine": "E", "flag": "W", "record": "I"}

_AS_CLAIMED = "hospital_activity_month.as_claimed"


def kinds_of(contract: Contract) -> tuple[Kind, ...]:
    """One per rule of the feed, each breaking no other rule of it where that can be.

    A report on activity may also differ from the claims, which a rule beside these tells.
    """
    kinds = (
        *kinds_of_lists(contract.feed),
        *kinds_of_columns(contract),
        *kinds_of_rules(contract),
    )
    if contract.feed != "hospital_activity_month":
        return kinds
    return (*kinds, Kind("differs_from_claims", _AS_CLAIMED, "record", "visits_total", _inflate))


def _inflate(rows: list[Row], place: int) -> bool:
    """More insured visits than there are claims; right by every rule of the contract."""
    row = rows[place]
    total, insured = row.get("visits_total"), row.get("visits_insured")
    if not isinstance(total, int) or not isinstance(insured, int):
        return False
    more = 3 + insured // 5
    row["visits_total"], row["visits_insured"] = total + more, insured + more
    return True


class Done(NamedTuple):
    """A defect in a list. Places are those of rows, from 0."""

    place: int
    kind: Kind
    other: int | None
    """The row that the broken one repeats or overlaps."""


class Damage:
    """Deals the kinds of defects out in turn, over all lists of a feed."""

    def __init__(self, seed: int, rate: float) -> None:
        self._seed, self._rate = seed, rate
        self._turns: dict[str, int] = {}
        self._kinds: dict[str, tuple[Kind, ...]] = {}
        self._owed: dict[str, list[Kind]] = {}
        """By feed: kinds whose turn came in a list that had no row for them."""

    def damage(
        self, contract: Contract, sheet: Sheet, is_spared: Callable[[Row, bool], bool]
    ) -> list[Done]:
        """Break rows of the sheet.

        A row has one defect at most. Rows that are `spared` keep their key; asked with True, they
        are not set aside.
        """
        if contract.feed not in self._kinds:
            self._kinds[contract.feed] = kinds_of(contract)
        kinds = self._kinds[contract.feed]
        count = min(len(kinds), int(len(sheet.rows) * self._rate + self._chance(sheet)))
        done: list[Done] = []
        taken: set[int] = set()
        turn, owed = self._turns.get(contract.feed, 0), self._owed.setdefault(contract.feed, [])
        for kind in [*owed]:
            if count and (broken := self._break(contract, sheet, kind, taken, is_spared)):
                owed.remove(kind)
                done += broken
                count -= 1
        for _ in range(count):
            kind = kinds[turn % len(kinds)]
            turn += 1
            broken = self._break(contract, sheet, kind, taken, is_spared)
            done += broken
            if not broken and kind not in owed:
                owed.append(kind)
        self._turns[contract.feed] = turn
        return done

    def _chance(self, sheet: Sheet) -> float:
        return scattered(self._seed, 6, *map(ord, sheet.stem)) % 1000 / 1000 if self._rate else 0

    def _break(
        self,
        contract: Contract,
        sheet: Sheet,
        kind: Kind,
        taken: set[int],
        is_spared: Callable[[Row, bool], bool],
    ) -> list[Done]:
        """Break one row, if one can be; with the rows that break the rule beside it."""
        rows, count = sheet.rows, len(sheet.rows)
        is_set_aside = kind.severity == "quarantine"
        takes_away = not kind.is_between and (
            is_set_aside
            or kind.column in contract.document_key
            or kind.column in _READ_BY_OTHERS.get(contract.feed, ())
        )
        first = scattered(self._seed, 7, *map(ord, sheet.stem + kind.name)) % max(1, count)
        for step in range(count):
            place = (first + step) % count
            if place in taken or (takes_away and is_spared(rows[place], is_set_aside)):
                continue
            before = dict(rows[place])
            if not kind.apply(rows, place):
                continue
            beside = [] if kind.beside is None else list(kind.beside(rows, place))
            leant_on = [] if kind.leans_on is None else list(kind.leans_on(rows, place))
            if taken.intersection((*beside, *leant_on)):
                rows[place] = before
                continue
            added = range(count, len(rows))
            taken.update((place, *added, *beside, *leant_on))
            told = Done(added[0], kind, place) if added else Done(place, kind, None)
            return [
                told,
                *(Done(at, kind, place) for at in beside),
                *(Done(at, kind._replace(rule=""), place) for at in added[1:]),
            ]
        return []


def label(
    contract: Contract, sheet: Sheet, file: str, line_of: Callable[[int], int], done: Done
) -> Label:
    """`line_of` says in which row of the sheet, or line of the text (from 1), a row of the list
    stands. Positions count from the row below the header on, blank ones included."""
    kind, above = done.kind, line_of(0) - 1
    return Label(
        file=file,
        facility=sheet.sender,
        dossier="",
        position=str(line_of(done.place) - above),
        table=contract.feed,
        line=str(line_of(done.place)),
        field=contract.table.column(kind.column).label,
        other="" if done.other is None else str(line_of(done.other) - above),
        kind=kind.name,
        expected_rule=kind.rule,
        expected_severity=_TOLD[kind.severity],
    )
