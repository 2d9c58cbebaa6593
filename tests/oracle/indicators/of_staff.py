"""Indicators of people who work in health: who is there, who left, posts, who is sent elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from oracle.indicators.calendars import Period
from oracle.indicators.meaning import Meaning, Part, Parts
from oracle.indicators.of_people import people_at_end
from oracle.indicators.told import Row, Told

_HALF = Decimal("0.5")
_Counts = Callable[[Row], bool]


def _at_main_place(told: Told, day: date) -> Iterator[Row]:
    """Persons at their main place of work, each once: nobody has two in these lists."""
    seen = set()
    for row in told.holding("workforce", "facility_code", day):
        if row["is_main_place"] and _works(row, day) and row["citizen_id"] not in seen:
            seen.add(row["citizen_id"])
            yield row


def _works(row: Row, day: date) -> bool:
    """First and last day of work included."""
    begun = [row["valid_from"], row["joined_on"]]
    ended = [row["valid_to"], row["left_on"]]
    return all(one is None or one <= day for one in begun) and all(
        one is None or day <= one for one in ended
    )


def _staff(counts: _Counts) -> Parts:
    """At the end of the period; who does not count is told of all the same."""

    def parts(told: Told, period: Period) -> Iterator[Part]:
        for row in _at_main_place(told, period.last):
            yield Part("facility", row["facility_code"], period.last, counts(row))

    return parts


def _is_doctor(row: Row) -> bool:
    return str(row["occupation"]).startswith("doctor")


def _is_postgraduate(row: Row) -> bool:
    below = ("univ", "college", "secondary", "elementary", "none")
    return _is_doctor(row) and row["degree"] not in below


def _is_nurse(row: Row) -> bool:
    return bool(row["occupation"] == "nurse")


def _nurses(row: Row) -> bool:
    return row["occupation"] in ("nurse", "midwife")


def _practises(row: Row) -> bool:
    """Titles 1 to 7 need a licence."""
    return row["title_code"] in set("1234567")


def _public_doctors(told: Told, period: Period) -> Iterator[Part]:
    for part in _staff(_is_doctor)(told, period):
        place = told.registry.on(part.code, period.last)
        is_public = str(place.get("ownership", "")).startswith("public")
        yield part._replace(amount=part.amount if is_public else 0)


def _licensed(told: Told, period: Period) -> Iterator[Part]:
    """With a licence on the day, and a scope of practice."""
    for row in _at_main_place(told, period.last):
        since = row["licence_date"]
        is_valid = since is not None and since <= period.last and bool(row["scope"])
        counts = _practises(row) and is_valid
        yield Part("facility", row["facility_code"], period.last, counts)


def _leavers(told: Told, period: Period) -> Iterator[Part]:
    """Who resigned or went to the private sector; others who left are told of."""
    named = "facility_code", "citizen_id", "left_on"
    for row in told.newest("workforce", *named):
        if row["left_on"] is not None and period.has(row["left_on"]):
            counts = row["is_main_place"] and row["leave_reason"] in ("resigned", "moved_private")
            yield Part("facility", row["facility_code"], row["left_on"], counts)


def _mean_staff(told: Told, period: Period) -> Iterator[Part]:
    """Half of who is there before the first day, half of who is there on the last."""
    for day in (period.before, period.last):
        for row in _at_main_place(told, day):
            yield Part("facility", row["facility_code"], day, _HALF)


def _posts(amount: Callable[[Row], int]) -> Parts:
    def parts(told: Told, period: Period) -> Iterator[Part]:
        for row in told.holding("posts", "facility_code", period.last):
            yield Part("facility", row["facility_code"], period.last, amount(row))

    return parts


def _sent(told: Told) -> Iterator[tuple[Row, date]]:
    """Who is sent to a lower level, and the last day of it as far as months are over."""
    over = told.today.replace(day=1) - timedelta(days=1)
    for row in told.newest("rotation", "decision_no", "citizen_id", "started_on"):
        yield row, row["ended_on"] or min(row["planned_end"], over)


def _starts(told: Told, period: Period) -> Iterator[Part]:
    """Who is still there is told of."""
    for row, last in _sent(told):
        if row["started_on"] <= period.last and last >= period.first:
            counts = row["programme"] != "pull_up" and period.has(row["started_on"])
            day = max(row["started_on"], period.first)
            yield Part("facility", row["to_facility"], day, counts)


def _days_there(told: Told, period: Period) -> Iterator[Part]:
    for row, last in _sent(told):
        first = max(row["started_on"], period.first)
        days = (min(last, period.last) - first).days + 1
        if days > 0 and row["programme"] != "pull_up":
            yield Part("facility", row["to_facility"], first, days * row["time_share"])


def _of_people(counts: _Counts) -> Meaning:
    return Meaning(_staff(counts), people_at_end, 10_000)


OF_STAFF = {
    "DOCTORS_PER_10K": _of_people(_is_doctor),
    "DOCTORS_PER_10K_PUBLIC": Meaning(_public_doctors, people_at_end, 10_000),
    "NURSES_PER_10K": _of_people(_is_nurse),
    "PHARMACISTS_PER_10K": _of_people(lambda row: row["occupation"] == "pharmacist_univ"),
    "DENTISTS_PER_10K": _of_people(lambda row: row["occupation"] == "doctor_dental"),
    "NURSE_DOCTOR_RATIO": Meaning(_staff(_nurses), _staff(_is_doctor), least=30),
    "DOCTORS_POSTGRAD_PCT": Meaning(_staff(_is_postgraduate), _staff(_is_doctor), 100, least=30),
    "LICENCE_VALID_PCT": Meaning(_licensed, _staff(_practises), 100, least=30),
    "ATTRITION_PCT": Meaning(
        _leavers, _mean_staff, 100, least=30, is_zero_unless_told=True, is_mean=True
    ),
    "VACANCY_PCT": Meaning(
        _posts(lambda row: max(row["approved_posts"] - row["filled_posts"], 0)),
        _posts(lambda row: int(row["approved_posts"])),
        100,
        least=30,
    ),
    "ROTATION_PERSONS_N": Meaning(_starts),
    "ROTATION_PERSON_DAYS_N": Meaning(_days_there),
}
