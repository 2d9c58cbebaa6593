"""Breaches that take two dossiers: who was elsewhere, twice here, dead, or somebody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from health_warehouse.synthetic.breaches_of_headers import has_one_card
from health_warehouse.synthetic.kinds import Case, Place
from health_warehouse.synthetic.recent import Inpatient

_HOUR = 60  # what V04 and V05 grant, in minutes


def in_two_places(case: Case) -> Place | None:
    """A stay of a person who lies in another facility at that time."""
    here = case.dossier.facility.index
    return _as_another(case, case.recent.inpatients(case.dossier), lambda one: one.facility != here)


def sent_under_two_keys(case: Case) -> Place | None:
    """A stay of a person who lies in this facility at that time, by another dossier."""
    here = case.dossier.facility.index
    others = case.recent.inpatients(case.dossier, minutes=_HOUR)
    return _as_another(case, others, lambda one: one.facility == here)


def after_death(case: Case) -> Place | None:
    """A visit or a stay of a person who died before."""
    others = case.recent.deaths_before(case.dossier, minutes=_HOUR)
    return _as_another(case, others, lambda _one: True, care=("01", "03"))


def key_used_again(case: Case) -> Place | None:
    """The MA_LK of an earlier visit of somebody else: no day and no identifier in common."""
    dossier, header = case.dossier, case.dossier.header
    if not case.is_first or not header["SO_CCCD"]:
        return None
    for other in case.recent.visits_before(dossier, case.received_at):
        if not any(other.identity[name] == header[name] for name in ("HO_TEN", "SO_CCCD")):
            header["MA_LK"] = other.dossier_id
            for line in dossier.lines:
                line.changed["MA_LK"] = other.dossier_id
            return Place("XML1", "", "MA_LK")
    return None


def _as_another(
    case: Case,
    others: Iterable[Inpatient],
    is_meant: Callable[[Inpatient], bool],
    care: tuple[str, ...] = ("03",),
) -> Place | None:
    """Give the stay to one of `others`; None where another rule would be broken as well."""
    dossier = case.dossier
    header = dossier.header
    if dossier.care not in care or not header["SO_CCCD"] or dossier.disease.sex:
        return None
    if dossier.disease.code.startswith("O") or not has_one_card(case):
        return None
    found = list(others)
    stays = Counter(other.identity["SO_CCCD"] for other in found)
    for other in filter(is_meant, found):
        # Nobody who lay there more than once in that time: then a third dossier would be wrong too.
        is_alone = stays[other.identity["SO_CCCD"]] == 1
        # The same benefit digit, or the rate would be wrong as well.
        if is_alone and other.identity["MA_THE_BHYT"][2:3] == header["MA_THE_BHYT"][2]:
            header.update(other.identity)
            return Place("XML1", "", "SO_CCCD", other.dossier)
    return None
