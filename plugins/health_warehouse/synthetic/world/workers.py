"""The people who work in health: who they are, where, since when, with what licence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from health_warehouse.synthetic import people
from health_warehouse.synthetic.schedule import Schedule
from health_warehouse.synthetic.streams import Draw, one_of, stream, whole
from health_warehouse.synthetic.world.establishments import INPATIENT, Establishment
from health_warehouse.synthetic.world.occupations import OCCUPATIONS, Occupation
from health_warehouse.synthetic.world.sizes import Size
from health_warehouse.synthetic.world.staffing import Place, places

_POSTGRADUATE = ("spec1", "master", "spec1", "spec2", "master", "resident", "phd")
_OFFICE_HOURS = "0700-1130;1330-1700"
_EVENING_HOURS = "1730-2000"
_WORKDAYS = "T2T3T4T5T6"
_REASONS = ("retired", "moved_public", "moved_private", "resigned", "study")


@dataclass(frozen=True)
class Job:
    """One period at one department of one facility."""

    facility_code: str
    department_code: str
    is_main: bool
    employment: str
    """Of the list employment_kind."""
    is_full_time: bool
    hours: str
    days: str
    valid_from: date
    valid_to: date | None = None
    joined_on: date | None = None
    left_on: date | None = None
    leave_reason: str | None = None
    position: str | None = None
    """Of the list position_dm02."""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Worker:
    citizen_id: str
    name: str
    sex: str
    birth: date
    ethnic: str
    occupation: str
    degree: str
    specialty: str | None
    licence_no: str | None
    licence_date: date | None
    jobs: tuple[Job, ...]

    @property
    def is_doctor(self) -> bool:
        return OCCUPATIONS[self.occupation].is_doctor

    def at(self, facility_code: str, day: date) -> Job | None:
        """The job at a facility on a day."""
        return next(
            (job for job in self.jobs if job.facility_code == facility_code and job.holds_on(day)),
            None,
        )

    def main_on(self, day: date) -> Job | None:
        """The job at the main place of work on a day."""
        return next((job for job in self.jobs if job.is_main and job.holds_on(day)), None)


def workers(
    size: Size, schedule: Schedule, facilities: Sequence[Establishment]
) -> tuple[Worker, ...]:
    """Everybody who works there within the world's days, and who left in the year before."""
    found = list(_hired(size, schedule, facilities))
    return tuple(_with_second_places(size, found, facilities))


def _hired(size: Size, schedule: Schedule, facilities: Sequence[Establishment]) -> Iterator[Worker]:
    hiring = _Hiring(size)
    for place in places(size, schedule, facilities):
        leaves = place.heir_from and place.heir_from - timedelta(days=1)
        yield hiring.hire(place, place.licence, since=None, until=leaves)
        if place.heir_from is not None:
            yield hiring.hire(place, place.heir_licence, since=place.heir_from, until=None)
        elif hiring.count % 37 == 5:  # somebody who left this place earlier in the year
            gone = date(size.first.year, 1, 1) + timedelta(days=hiring.count % 150)
            yield hiring.hire(place, None, since=None, until=min(gone, size.first))


class _Hiring:
    """Gives each person a number, and every so many doctors a further degree."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self.count = 0
        self._doctors = 0

    def hire(
        self, place: Place, licence: str | None, since: date | None, until: date | None
    ) -> Worker:
        self.count += 1
        size, occupation = self._size, OCCUPATIONS[place.occupation]
        draw = stream(size.seed, "worker", self.count)
        year = whole(draw, 1968, 2000)
        sex = "1" if draw() < (0.55 if occupation.is_doctor else 0.25) else "2"
        began = since or date(whole(draw, year + 25, 2025), whole(draw, 1, 12), whole(draw, 1, 28))
        began = min(began, (until or size.first) - timedelta(days=30)) if since is None else began
        began = max(began, place.facility.periods[0].valid_from)
        licence_date = _licensed(draw, began) if occupation.needs_licence else None
        if occupation.needs_licence and licence is None:
            licence = f"{self.count:06d}/{size.province_code}-GPHN"
        return Worker(
            citizen_id=_citizen_id(size, sex, year, self.count),
            name=people.name_of(draw, sex),
            sex=sex,
            birth=date(year, whole(draw, 1, 12), whole(draw, 1, 28)),
            ethnic=one_of(draw, ("01", "01", "01", "05", "04")),
            occupation=occupation.code,
            degree=self._degree(draw, occupation, is_counted=until is None),
            specialty="Ngoại khoa" if occupation.code == "doctor_specialist" else None,
            licence_no=licence if occupation.needs_licence else None,
            licence_date=licence_date,
            jobs=(self._job(draw, place, occupation, began, until),),
        )

    def _degree(self, draw: Draw, occupation: Occupation, *, is_counted: bool) -> str:
        if not occupation.is_doctor:
            return occupation.degree
        if not is_counted:
            return "univ"
        share, number = self._size.postgraduate, self._doctors
        self._doctors += 1
        if (number + 1) * share // 1000 > number * share // 1000:
            return one_of(draw, _POSTGRADUATE)
        return "univ"

    def _job(
        self, draw: Draw, place: Place, occupation: Occupation, began: date, until: date | None
    ) -> Job:
        facility = place.facility
        departments = occupation.departments if facility.kind in INPATIENT else ("K01",)
        chance = draw()
        employment = "public_employee" if chance < 0.86 else "contract_long"
        if not facility.is_public:
            employment = "contract_long" if chance < 0.7 else "contract_term"
        return Job(
            facility_code=facility.code,
            department_code=one_of(draw, departments),
            is_main=True,
            employment=employment,
            is_full_time=True,
            hours=_OFFICE_HOURS,
            days=_WORKDAYS,
            valid_from=began,
            valid_to=until,
            joined_on=began,
            left_on=until,
            leave_reason=one_of(draw, _REASONS) if until is not None else None,
        )


def _licensed(draw: Draw, began: date) -> date:
    return began - timedelta(days=whole(draw, 10, 700))


def _citizen_id(size: Size, sex: str, year: int, number: int) -> str:
    """12 digits; no patient's, whose numbers begin elsewhere."""
    century_and_sex = (0 if year < 2000 else 2) + (0 if sex == "1" else 1)
    number = (900_000 + number) % 1_000_000
    return f"0{size.province_code}{century_and_sex}{year % 100:02d}{number:06d}"


def _with_second_places(
    size: Size, found: list[Worker], facilities: Sequence[Establishment]
) -> Iterator[Worker]:
    """Each twenty-fifth doctor of a hospital also sees patients at a clinic in the evening."""
    clinics = [
        each.code
        for each in facilities
        if each.kind == "clinic_general" and each.is_active_on(size.first)
    ]
    hospitals = {each.code for each in facilities if each.kind in INPATIENT}
    seen = 0
    for worker in found:
        job = worker.jobs[0]
        if (
            not worker.is_doctor
            or job.facility_code not in hospitals
            or job.valid_to
            or not clinics
        ):
            yield worker
            continue
        seen += 1
        if seen % 25:
            yield worker
            continue
        second = replace(
            job,
            facility_code=clinics[seen // 25 % len(clinics)],
            department_code="K01",
            is_main=False,
            employment="collaborator",
            is_full_time=False,
            hours=_EVENING_HOURS,
            valid_from=max(job.valid_from, date(2025, 1, 2)),
            joined_on=max(job.valid_from, date(2025, 1, 2)),
        )
        yield replace(worker, jobs=(job, second))
