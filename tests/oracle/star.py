"""What the facts beside encounters and lines must show, counted by other means.

Standard library only, like the recount that it goes on from: every table is gone through row by
row, every person's visits are compared with one another.

    from oracle.star import count_star
    count_star(recount(read_folder(folder))).matched_transfers
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from oracle.appointments import kept
from oracle.journeys import Name, Stay, TransferCounts, TransferMonth, stays, transfer_months
from oracle.recount import Recount
from oracle.visits import Visit, moment, visits_of
from oracle.waits import Waits, count_waits

_T = TypeVar("_T")
_MARTS_OF_TABLES = {
    "XML4": "fct_diagnostic_results",
    "XML6": "fct_hiv_treatments",
    "XML7": "fct_discharge_papers",
    "XML8": "fct_record_summaries",
    "XML9": "fct_births",
    "XML10": "fct_sick_leaves",
    "XML11": "fct_sick_leaves",
    "XML14": "fct_appointments",
    "XML15": "fct_tb_treatments",
}
_AGE_GROUPS = ((60, "60+"), (15, "15-59"), (5, "05-14"), (0, "00-04"))
# The last category of each chapter of ICD-10, in order (WHO, ICD-10, volume 1).
_LAST_CODES = (
    ("B99", "I"), ("D48", "II"), ("D89", "III"), ("E90", "IV"), ("F99", "V"), ("G99", "VI"),
    ("H59", "VII"), ("H95", "VIII"), ("I99", "IX"), ("J99", "X"), ("K93", "XI"), ("L99", "XII"),
    ("M99", "XIII"), ("N99", "XIV"), ("O99", "XV"), ("P96", "XVI"), ("Q99", "XVII"),
    ("R99", "XVIII"), ("T98", "XIX"), ("U99", "XXII"), ("Y98", "XX"), ("Z99", "XXI"),
)  # fmt: skip


ItemMonth = tuple[str, str, str, str, str, str]
"""Facility, year and month in which care ended, type and code of the item, MA_NHOM, audience."""
ItemSums = tuple[int, int, Decimal, Decimal]
"""Lines, encounters, SO_LUONG, THANH_TIEN_BV."""

MorbidityMonth = tuple[str, str, str, str, str, str]
"""Facility, year and month in which care ended, age group, sex, chapter of ICD-10, audience."""
MorbidityCounts = tuple[int, int, Decimal, Decimal]
"""Encounters, deaths, SO_NGAY_DTRI, T_TONGCHI_BV."""

AppointmentMonth = tuple[str, str, str]
"""Facility, year and month of the appointment, audience."""
AppointmentCounts = tuple[int, int, int, int]
"""Appointments, those of which the window is known, those of them kept, days to the visits."""


@dataclass
class Star:
    rows: Counter[str]
    """Rows of each mart."""
    matched_transfers: int
    hiv_encounters: int
    birth_weight_grams: Decimal
    leave_days: Decimal
    item_months: dict[ItemMonth, ItemSums]
    morbidity_months: dict[MorbidityMonth, MorbidityCounts]
    appointment_months: dict[AppointmentMonth, AppointmentCounts]
    waits: Waits
    stays: dict[str, dict[Name, Stay]]
    """Of the open audience, and of who sees closed dossiers, too; so are the next."""
    transfer_months: dict[str, dict[TransferMonth, TransferCounts]]


def count_star(counted: Recount) -> Star:
    """Count the versions that `recount` found to count."""
    visits = visits_of(counted)
    rows = Counter[str]()
    waits = count_waits(counted.files.values(), {one.name: one.version for one in visits})
    rows["fct_waiting_times"] = waits.check_ins
    for visit in visits:
        rows["bridge_encounters_diagnoses"] += len(visit.codes)
        rows["fct_transfers"] += visit.is_transfer
        for table, mart in _MARTS_OF_TABLES.items():
            rows[mart] += len(visit.version.others.get(table, ()))
    opened = [visit for visit in visits if not visit.tells_of_hiv]
    sent = [visit for visit in visits if visit.is_transfer]
    births = [row for visit in visits for row in visit.version.others.get("XML9", ())]
    weights = [Decimal(row["CAN_NANG_CON"]) for row in births]
    leaves = [row for visit in visits for row in visit.version.others.get("XML11", ())]
    return Star(
        rows=+rows,
        matched_transfers=sum(any(v.is_arrival_of(each) for v in visits) for each in sent),
        hiv_encounters=sum(visit.tells_of_hiv for visit in visits),
        birth_weight_grams=sum(filter(_is_of_newborn, weights), Decimal(0)),
        leave_days=sum((Decimal(row["SO_NGAY_NGHI"]) for row in leaves), Decimal(0)),
        item_months=_item_months(visits),
        morbidity_months=_morbidity_months(visits),
        appointment_months=_appointment_months(visits),
        waits=waits,
        stays={"open": stays(opened), "hiv": stays(visits)},
        transfer_months={"open": transfer_months(opened), "hiv": transfer_months(visits)},
    )


def _is_of_newborn(grams: Decimal) -> bool:
    """Whether a child born alive can weigh so much; 3.2 is meant in kilograms."""
    return 200 <= grams <= 10_000


def _item_months(visits: list[Visit]) -> dict[ItemMonth, ItemSums]:
    used: dict[tuple[str, ...], list[tuple[bool, tuple[int, dict[str, str]]]]] = defaultdict(list)
    for number, visit in enumerate(visits):
        place, month, flag = visit.facility_id, visit.value("NGAY_RA")[:6], visit.tells_of_hiv
        for row in visit.version.drugs:
            key = place, month, "drug", row["MA_THUOC"], row["MA_NHOM"]
            used[key].append((flag, (number, row)))
        for row in visit.version.services:
            kind = "device" if row.get("MA_VAT_TU") else "service"
            code = row.get("MA_VAT_TU") or row["MA_DICH_VU"]
            used[place, month, kind, code, row["MA_NHOM"]].append((flag, (number, row)))
    return {
        (*key, audience): (  # type: ignore[misc]
            len(rows),
            len({number for number, _ in rows}),
            sum((Decimal(row["SO_LUONG"]) for _, row in rows), Decimal(0)),
            sum((Decimal(row["THANH_TIEN_BV"]) for _, row in rows), Decimal(0)),
        )
        for key, flagged in used.items()
        for audience, rows in _for_audiences(flagged)
    }


def _morbidity_months(visits: list[Visit]) -> dict[MorbidityMonth, MorbidityCounts]:
    treated: dict[tuple[str, ...], list[tuple[bool, Visit]]] = defaultdict(list)
    for visit in visits:
        month, sex = visit.value("NGAY_RA")[:6], visit.value("GIOI_TINH")
        chapter = _chapter(visit.value("MA_BENH_CHINH"))
        key = visit.facility_id, month, _age_group(visit), sex, chapter
        treated[key].append((visit.tells_of_hiv, visit))
    return {
        (*key, audience): (  # type: ignore[misc]
            len(found),
            sum(visit.value("KET_QUA_DTRI") in ("5", "8") for visit in found),
            sum((Decimal(visit.value("SO_NGAY_DTRI")) for visit in found), Decimal(0)),
            sum((Decimal(visit.value("T_TONGCHI_BV")) for visit in found), Decimal(0)),
        )
        for key, flagged in treated.items()
        for audience, found in _for_audiences(flagged)
    }


def _for_audiences(flagged: list[tuple[bool, _T]]) -> Iterator[tuple[str, list[_T]]]:
    """The open audience has what is not flagged, the HIV one all, where anything is flagged."""
    opened = [one for flag, one in flagged if not flag]
    if opened:
        yield "open", opened
    if len(opened) < len(flagged):
        yield "hiv", [one for _, one in flagged]


def _appointment_months(visits: list[Visit]) -> dict[AppointmentMonth, AppointmentCounts]:
    """For the open audience as if closed visits were none; for the HIV one with them, in months in
    which one gives an appointment or keeps one."""
    counts: dict[AppointmentMonth, AppointmentCounts] = {}
    opened = [visit for visit in visits if not visit.tells_of_hiv]
    for audience, seen in (("open", opened), ("hiv", visits)):
        given: dict[tuple[str, str], list[tuple[bool, int | None]]] = defaultdict(list)
        told: set[tuple[str, str]] = set()
        known, known_open = _last_arrivals(seen), _last_arrivals(opened)
        for visit in seen:
            for slip in visit.version.others.get("XML14", ()):
                appointed = moment(slip["NGAY_HEN_KL"][:8] + "0000").date()
                days, keeper = kept(visit, appointed, seen)
                key = visit.facility_id, f"{appointed:%Y%m}"
                ends, place = appointed + timedelta(days=14), visit.facility_id
                is_due = ends <= known[place]
                given[key].append((is_due, days))
                if (
                    visit.tells_of_hiv
                    or (keeper is not None and keeper.tells_of_hiv)
                    or is_due != (ends <= known_open.get(place, date.min))
                ):
                    told.add(key)
        for key, found in given.items():
            if audience == "open" or key in told:
                due = [days for is_due, days in found if is_due]
                came = [days for days in due if days is not None]
                counts[(*key, audience)] = len(found), len(due), len(came), sum(came)
    return counts


def _last_arrivals(visits: list[Visit]) -> dict[str, date]:
    """By facility."""
    days: dict[str, date] = {}
    for visit in visits:
        day = moment(visit.value("NGAY_VAO")[:8] + "0000").date()
        days[visit.facility_id] = max(day, days.get(visit.facility_id, day))
    return days


def _age_group(visit: Visit) -> str:
    """The birthday of the year counts; of who is born in a year only, the year does."""
    born, arrived = visit.value("NGAY_SINH")[:8], visit.value("NGAY_VAO")[:8]
    years = int(arrived[:4]) - int(born[:4])
    if born[4:] > "0000" and arrived[4:] < born[4:]:
        years -= 1
    return next(group for least, group in _AGE_GROUPS if years >= least)


def _chapter(code: str) -> str:
    letter, number = code[0].upper(), int(code[1:3])
    return next(
        chapter for last, chapter in _LAST_CODES if (letter, number) <= (last[0], int(last[1:]))
    )
