"""Where people went on: transfers by month and stays, told by comparing every two visits.

Standard library only. `seen` are the visits of an audience: none that it may not see.

    stays(visits)[facility, dossier]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from oracle.appointments import kept
from oracle.visits import Visit

Name = tuple[str, str]
"""Facility and dossier."""
TransferMonth = tuple[str, str, str, str, str]
"""Facility, year and month in which care ended, where to, MA_LOAI_RV, department."""
TransferCounts = tuple[int, int, int]
"""Transfers, those with an arrival, those with a slip."""


@dataclass(frozen=True)
class Stay:
    """`names` in order of arrival; `minutes` from the first arrival to the last end, which is that
    of `last`."""

    names: tuple[Name, ...]
    minutes: int
    is_index: bool
    is_readmission: bool
    is_readmitted: bool
    is_readmitted_unplanned: bool
    last: Name
    ended_on: date


def stays(seen: Sequence[Visit]) -> dict[Name, Stay]:
    """By the first encounter. Two encounters are of one stay when one begins before the other ends,
    or on the way from it to its arrival."""
    of_persons: dict[tuple[str, ...], list[Visit]] = defaultdict(list)
    for visit in seen:
        of_persons[visit.person].append(visit)
    found: dict[Name, Stay] = {}
    for visits in of_persons.values():
        found |= _of_person(visits)
    return found


def _of_person(visits: Sequence[Visit]) -> dict[Name, Stay]:
    inside = [visit for visit in visits if visit.value("MA_LOAI_KCB") in ("03", "04", "09")]
    group = {visit.name: {visit.name} for visit in inside}
    for one in inside:
        for other in inside:
            if _begin(one) <= _begin(other) and _goes_on(one, other, visits):
                joined = group[one.name] | group[other.name]
                for name in joined:
                    group[name] = joined
    by_name = {visit.name: visit for visit in inside}
    together = {
        tuple(sorted(names, key=lambda name: (_begin(by_name[name]), name)))
        for names in group.values()
    }
    ordered = [[by_name[name] for name in names] for names in together]
    ordered.sort(key=lambda stay: _begin(stay[0]))
    appointed = {one.name for one in _appointed(visits)}
    told = {}
    for place, stay in enumerate(ordered):
        before = ordered[place - 1] if place else None
        after = ordered[place + 1] if place + 1 < len(ordered) else None
        told[stay[0].name] = Stay(
            tuple(visit.name for visit in stay),
            (_end(stay) - _begin(stay[0])) // timedelta(minutes=1),
            _is_index(stay),
            before is not None and _follows(stay, before),
            after is not None and _follows(after, stay),
            after is not None and _follows(after, stay) and not _is_planned(after[0], appointed),
            _last(stay).name,
            _end(stay).date(),
        )
    return told


def _follows(stay: Sequence[Visit], before: Sequence[Visit]) -> bool:
    days = _begin(stay[0]).date() - _end(before).date()
    return _is_index(before) and days <= timedelta(days=30)


def _is_index(stay: Sequence[Visit]) -> bool:
    died = any(visit.value("KET_QUA_DTRI") in ("5", "8") for visit in stay)
    return not died and _last(stay).value("MA_LOAI_RV") not in ("2", "5")


def _last(stay: Iterable[Visit]) -> Visit:
    return min(stay, key=lambda visit: (-_ended(visit).timestamp(), _begin(visit)))


def _is_planned(first: Visit, appointed: Container[Name]) -> bool:
    """By appointment, for a day, or for dialysis, rehabilitation, chemotherapy, radiotherapy."""
    return (
        first.value("MA_DOITUONG_KCB") == "1.5"
        or first.name in appointed
        or first.value("MA_LOAI_KCB") == "04"
        or first.value("MA_BENH_CHINH").upper().startswith(("Z49", "Z50", "Z51"))
    )


def _appointed(visits: Sequence[Visit]) -> Iterator[Visit]:
    """Visits that keep an appointment."""
    for visit in visits:
        for slip in visit.version.others.get("XML14", ()):
            day = _moment(slip["NGAY_HEN_KL"][:8] + "0000").date()
            keeper = kept(visit, day, visits)[1]
            if keeper is not None:
                yield keeper


def _goes_on(one: Visit, other: Visit, visits: Iterable[Visit]) -> bool:
    """Whether the later one begins before the other ends, or on the way from it to its arrival."""
    arrival = arrival_of(one, visits) if one.is_transfer else None
    return _begin(other) < _ended(one) or (arrival is not None and _begin(other) <= _begin(arrival))


def arrival_of(sent: Visit, visits: Iterable[Visit]) -> Visit | None:
    """Where it was said, rather than elsewhere; of these the first."""
    came = [visit for visit in visits if visit.is_arrival_of(sent)]
    came.sort(key=lambda visit: (visit.facility_id != sent.sent_to, _begin(visit)))
    return came[0] if came else None


def transfer_months(seen: Sequence[Visit]) -> dict[TransferMonth, TransferCounts]:
    """Of all visits of an audience that ended in a transfer."""
    counts: dict[TransferMonth, Counter[str]] = defaultdict(Counter)
    for visit in seen:
        if visit.is_transfer:
            departments = [code for code in visit.value("MA_KHOA").split(";") if code]
            key = (
                visit.facility_id,
                visit.value("NGAY_RA")[:6],
                visit.sent_to or "(unknown)",
                visit.value("MA_LOAI_RV") or "(unknown)",
                departments[-1] if departments else "(unknown)",
            )
            counts[key]["all"] += 1
            counts[key]["matched"] += any(other.is_arrival_of(visit) for other in seen)
            counts[key]["slips"] += "XML13" in visit.version.others
    return {key: (of["all"], of["matched"], of["slips"]) for key, of in counts.items()}


def _begin(visit: Visit) -> datetime:
    return _moment(visit.value("NGAY_VAO"))


def _ended(visit: Visit) -> datetime:
    return _moment(visit.value("NGAY_RA"))


def _end(stay: Iterable[Visit]) -> datetime:
    return max(map(_ended, stay))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)  # only differences matter
