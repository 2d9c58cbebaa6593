"""Who is sent where for a time: the decision that sends staff to stations, and smaller ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from health_warehouse.synthetic.streams import stream, whole
from health_warehouse.synthetic.world.establishments import INPATIENT, Establishment
from health_warehouse.synthetic.world.sizes import Size
from health_warehouse.synthetic.world.workers import Worker

_PREVENTIVE = ("doctor_preventive", "public_health", "population_worker", "assistant_doctor")
_TERM_DAYS = 182


@dataclass(frozen=True)
class Assignment:
    decision_no: str
    decided_on: date
    programme: str
    """Of the list rotation_programme."""
    worker: Worker
    group: str
    """clinical, preventive or support."""
    from_code: str
    to_code: str
    started_on: date
    planned_end: date
    ended_on: date | None
    time_share: str
    """A decimal, 0 to 1."""
    task: str

    def holds_on(self, day: date) -> bool:
        return self.started_on <= day <= (self.ended_on or self.planned_end)

    @property
    def brings_doctor(self) -> bool:
        return self.worker.is_doctor


def assignments(
    size: Size, facilities: Sequence[Establishment], workers: Sequence[Worker]
) -> tuple[Assignment, ...]:
    """In the order of their decisions; nobody is sent twice."""
    free = _Free(workers, facilities, _decided_on(size))
    return (*_to_stations(size, facilities, free), *_to_centres(size, facilities, free))


def _decided_on(size: Size) -> date:
    if size.rotated_on is not None:
        return size.rotated_on
    first = size.first.replace(day=1) - timedelta(days=1)
    return first.replace(day=1)


class _Free:
    """Those who may be sent: at a hospital, a centre or a preventive unit before the day."""

    def __init__(
        self, workers: Sequence[Worker], facilities: Sequence[Establishment], day: date
    ) -> None:
        kinds = {each.code: each.kind for each in facilities if each.is_public}
        self._doctors: list[tuple[Worker, str]] = []
        self._preventive: list[tuple[Worker, str]] = []
        for worker in workers:
            job = worker.main_on(day)
            if job is None or len(worker.jobs) > 1 or job.valid_to is not None:
                continue
            kind = kinds.get(job.facility_code, "")
            if worker.occupation in _PREVENTIVE and kind in (*INPATIENT, "cdc"):
                self._preventive.append((worker, job.facility_code))
            elif worker.is_doctor and kind in INPATIENT:
                self._doctors.append((worker, job.facility_code))

    def doctors(self, count: int) -> Iterator[tuple[Worker, str]]:
        yield from _taken(self._doctors, count)

    def doctors_of(self, codes: set[str], most: int) -> Iterator[tuple[Worker, str]]:
        """Doctors of some facilities, as far as there are any."""
        those = [pair for pair in self._doctors if pair[1] in codes]
        yield from _taken(those, min(most, len(those)))

    def preventive(self, count: int) -> Iterator[tuple[Worker, str]]:
        yield from _taken(self._preventive, count)


def _taken(these: list[tuple[Worker, str]], count: int) -> Iterator[tuple[Worker, str]]:
    if count > len(these):
        raise ValueError(f"{count} should be sent, and there are {len(these)} who may be")
    step = max(1, len(these) // max(1, count))
    chosen = these[::step][:count]
    for each in chosen:
        these.remove(each)
        yield each


def _to_stations(
    size: Size, facilities: Sequence[Establishment], free: _Free
) -> Iterator[Assignment]:
    day = _decided_on(size)
    stations = [
        each.code
        for each in facilities
        if each.kind == "commune_station" and each.is_active_on(day)
    ]
    doctors, preventive = size.rotated
    if not size.rotated_to_all:  # a few stations get them, others none
        stations = stations[:: max(1, len(stations) // max(1, doctors))]
    number = f"{day.month * 100 + 7}/QĐ-SYT"
    for at, (worker, code) in enumerate(free.doctors(doctors)):
        yield _sent(number, day, worker, "clinical", code, stations[at % len(stations)], "care")
    for at, (worker, code) in enumerate(free.preventive(preventive)):
        station = stations[at % len(stations)]
        yield _sent(number, day, worker, "preventive", code, station, "prevention")


def _sent(
    number: str, day: date, worker: Worker, group: str, origin: str, target: str, task: str
) -> Assignment:
    return Assignment(
        decision_no=number,
        decided_on=day - timedelta(days=3),
        programme="nq72",
        worker=worker,
        group=group,
        from_code=origin,
        to_code=target,
        started_on=day,
        planned_end=day + timedelta(days=_TERM_DAYS),
        ended_on=None,
        time_share="1",
        task=task,
    )


def _to_centres(
    size: Size, facilities: Sequence[Establishment], free: _Free
) -> Iterator[Assignment]:
    """Project 1816: some weeks at a regional centre; one came back early."""
    centres = [each.code for each in facilities if each.kind == "regional_centre"]
    hospitals = {each.code for each in facilities if each.kind.startswith("hospital")}
    if not centres:
        return
    sent = free.doctors_of(hospitals, min(12, max(6, size.people // 150_000)))
    for at, (worker, code) in enumerate(sent):
        draw = stream(size.seed, "1816", at)
        start = size.first - timedelta(days=whole(draw, 1, 60))
        end = start + timedelta(days=whole(draw, 40, 150))
        yield Assignment(
            decision_no=f"{300 + at // 2}/QĐ-SYT",
            decided_on=start - timedelta(days=7),
            programme="p1816",
            worker=worker,
            group="clinical",
            from_code=code,
            to_code=centres[at % len(centres)],
            started_on=start,
            planned_end=end,
            ended_on=start + timedelta(days=21) if at == 1 else None,
            time_share="0.6" if at % 3 == 2 else "1",
            task="guidance" if at % 2 else "transfer",
        )
