"""Damage dossiers, so that every kind of defect gets its turn."""

from __future__ import annotations

from typing import NamedTuple

from health_warehouse.synthetic import envelope
from health_warehouse.synthetic.attachments import attach
from health_warehouse.synthetic.check_ins import EMERGENCY
from health_warehouse.synthetic.defects import DOSSIER_KINDS
from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.envelope import Part
from health_warehouse.synthetic.formulary import formulary
from health_warehouse.synthetic.kinds import Case, Kind, Place
from health_warehouse.synthetic.recent import Recent
from health_warehouse.synthetic.streams import scattered, stream


class Injection(NamedTuple):
    kind: Kind
    place: Place
    parts: list[Part]
    """The damaged dossier, ready for its envelope."""


class Injector:
    """Knows which kinds have been used: the least used that finds a place is next.

    So rare kinds (which need a birth, an operation, a second patient) come as often as there is a
    chance, and a small province already has most of them.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._recent = Recent()
        # (times used, lot): ties are drawn by lot, differently in every province.
        self._order = {
            kind.name: (0, scattered(seed, 5, number)) for number, kind in enumerate(DOSSIER_KINDS)
        }

    def remember(self, dossier: Dossier, received_at: int, *, is_right: bool) -> None:
        """Let later defects refer to a dossier that has just been written."""
        self._recent.remember(dossier, received_at, is_right=is_right)

    def damage(self, dossier: Dossier, received_at: int, is_first: bool) -> Injection:
        """Inject one defect. `received_at` is the receipt of the file, seconds since 1970 UTC."""
        facility = dossier.facility
        draw = stream(self._seed, "defect", facility.index, dossier.dossier_id)
        prices = formulary(self._seed, facility)
        case = Case(dossier, draw, received_at, is_first, self._recent, prices)
        for kind in sorted(DOSSIER_KINDS, key=lambda kind: self._order[kind.name]):
            place = _inflict(kind, case)
            if place is not None:
                used, lot = self._order[kind.name]
                self._order[kind.name] = used + 1, lot
                parts = case.parts if kind.stage == "parts" else envelope.parts_of(dossier)
                return Injection(kind, place, parts)
        raise AssertionError("no defect fits")


def _inflict(kind: Kind, case: Case) -> Place | None:
    dossier = case.dossier
    if kind.stage == "check-in":
        place = _check_in(case)
        attach(dossier)
        return place
    if kind.apply is None:
        return None
    if kind.stage in ("lines", "header"):
        place = kind.apply(case)
        if place is not None and kind.stage == "lines":
            dossier.total()
        attach(dossier)
        return place
    attach(dossier)
    if kind.stage == "parts":
        case.parts = envelope.parts_of(dossier)
    return kind.apply(case)


def _check_in(case: Case) -> Place | None:
    """Whether the dossier owes a check-in that is still to be written: an insured one does."""
    cover = case.dossier.cover
    is_owed = case.is_first and cover.is_insured and cover.object_code != EMERGENCY
    return Place("XML0", "", "NGAY_VAO") if is_owed else None
