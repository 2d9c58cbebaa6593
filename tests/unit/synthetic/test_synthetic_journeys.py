"""People on their way: check-ins, transfers that arrive, seasons, nobody in two places at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from health_warehouse.synthetic import diagnoses
from health_warehouse.synthetic.encounters import build
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.moments import at, day_of
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.people import person
from health_warehouse.synthetic.schedule import Origin, Schedule, Slot
from health_warehouse.synthetic.stays import arrival
from health_warehouse.synthetic.streams import stream
from oracle.claims_files import Version, read_file, read_folder
from oracle.claims_rules import Row, moment

_OPTIONS = Options(facilities=11, days=21, dossiers=1500, seed=4)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("journeys")
    generate(out, _OPTIONS)
    return out


@pytest.fixture(scope="module")
def visits(province: Path) -> dict[tuple[str, str], Version]:
    """The visits as first sent: (facility, MA_LK) → dossier."""
    found: dict[tuple[str, str], Version] = {}
    for delivery in sorted(read_folder(province), key=lambda each: each.received_at):
        file = read_file(delivery.content)
        for version in file.versions:
            version.header = defaultdict(str, version.header)  # some leave empty elements out
            found.setdefault((file.facility_id, version.dossier_id), version)
    return found


@pytest.fixture(scope="module")
def check_ins(province: Path) -> list[Row]:
    rows = []
    for path in province.rglob("*_0.xml"):
        for element in ElementTree.fromstring(path.read_bytes()).iter("TRANG_THAI_KCB"):
            rows.append({child.tag: child.text or "" for child in element})
    return rows


def test_each_visit_but_emergencies_has_one_check_in_that_agrees(
    visits: dict[tuple[str, str], Version], check_ins: list[Row]
) -> None:
    seen = Counter((row["MA_CSKCB"], row["MA_LK"]) for row in check_ins)
    assert max(seen.values()) == 1
    emergencies = 0
    for key, visit in visits.items():
        is_emergency = visit.header["MA_DOITUONG_KCB"] == "2"
        emergencies += is_emergency
        if visit.header["MA_DOITUONG_KCB"] != "8":
            assert (key in seen) != is_emergency
    assert emergencies > 10
    for row in check_ins:
        header = visits[row["MA_CSKCB"], row["MA_LK"]].header
        assert row["NGAY_VAO"] == header["NGAY_VAO"]
        assert row.get("MA_DICH_VU") or row.get("MA_THUOC")


def _transfers(visits: dict[tuple[str, str], Version]) -> list[tuple[str, Row]]:
    known = {facility for facility, _ in visits}
    return [
        (facility, visit.header)
        for (facility, _), visit in visits.items()
        if visit.header["MA_LOAI_RV"] in ("2", "5") and visit.header["MA_NOI_DEN"] in known
    ]


def _arrives(left: str, header: Row, visits: dict[tuple[str, str], Version]) -> bool:
    ended = moment(header["NGAY_RA"])
    return any(
        there == header["MA_NOI_DEN"]
        and visit.header["MA_NOI_DI"] == left
        and visit.header["MA_BN"] == header["MA_BN"]
        and timedelta(0) <= moment(visit.header["NGAY_VAO"]) - ended <= timedelta(hours=72)
        for (there, _), visit in visits.items()
    )


def test_most_transfers_meet_their_arrival_within_72_hours(
    visits: dict[tuple[str, str], Version],
) -> None:
    transfers = _transfers(visits)
    arrived = sum(_arrives(left, header, visits) for left, header in transfers)
    assert len(transfers) > 30
    assert 0.7 < arrived / len(transfers) < 1


def test_arrivals_keep_person_and_disease_and_name_the_slip(
    visits: dict[tuple[str, str], Version],
) -> None:
    found = 0
    for left, header in _transfers(visits):
        slip = f"{header['MA_LK']}/GCT"
        for (there, _), visit in visits.items():
            if there == header["MA_NOI_DEN"] and visit.header["GIAY_CHUYEN_TUYEN"] == slip:
                if visit.header["MA_NOI_DI"] != left:
                    continue
                found += 1
                assert visit.header["HO_TEN"] == header["HO_TEN"]
                assert visit.header["MA_BENH_CHINH"] == header["MA_BENH_CHINH"]
    assert found > 20


def test_some_go_on_from_where_they_were_sent(visits: dict[tuple[str, str], Version]) -> None:
    known = {facility for facility, _ in visits}
    assert any(
        visit.header["MA_NOI_DI"] in known - {facility} and visit.header["MA_LOAI_RV"] in ("2", "5")
        for (facility, _), visit in visits.items()
    )


def test_who_is_sent_on_late_in_the_evening_arrives_a_day_later() -> None:
    schedule = Schedule(_OPTIONS)
    origin = Origin(schedule.facilities[0], schedule.first, place=0, lag_days=0, nights=4)
    slot = Slot(0, schedule.first + 4, None, origin)
    stay = arrival(lambda: 0.9, slot, left=at(schedule.first, 23, 0))
    assert day_of(stay.arrived) == schedule.first + 1
    assert (stay.nights, stay.days) == (3, day_of(stay.ended) - day_of(stay.arrived) + 1)


@pytest.mark.parametrize(
    ("facilities", "days", "dossiers", "returning"),
    [(11, 21, 1500, 300), (2, 3, 1000, 10), (40, 20, 3000, 700), (3, 60, 2000, 600)],
)
def test_nobody_is_in_two_visits_at_once(
    facilities: int, days: int, dossiers: int, returning: int
) -> None:
    schedule = Schedule(Options(facilities, days, dossiers, seed=4))
    visits = defaultdict(list)
    for facility in schedule.facilities:
        for day in range(schedule.first, schedule.last + 1):
            for slot in schedule.slots(facility, day):
                dossier = build(schedule, facility, slot)
                stay = dossier.stay
                visits[dossier.who.number].append((stay.arrived, stay.seen_until))
    assert sum(len(spans) > 1 for spans in visits.values()) > returning
    for spans in visits.values():
        spans.sort()
        assert all(ended <= arrived for (_, ended), (arrived, _) in pairwise(spans))


def test_beds_and_surgeons_are_never_shared_unknowingly(
    visits: dict[tuple[str, str], Version],
) -> None:
    beds: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for (facility, _), visit in visits.items():
        for row in visit.services:
            if row["MA_NHOM"] in ("14", "15", "16"):
                beds[facility, row["MA_GIUONG"]].append((row["NGAY_YL"], row["NGAY_KQ"]))
    assert len(beds) > 100
    assert all(len(uses) == 1 for uses in beds.values())


def test_all_types_of_care_occur(visits: dict[tuple[str, str], Version]) -> None:
    types = Counter(visit.header["MA_LOAI_KCB"] for visit in visits.values())
    assert set(types) == {f"{number:02d}" for number in range(1, 17)}
    assert types.most_common(1)[0][0] == "01"


def test_types_of_2026_and_the_communes_are_those_of_the_day() -> None:
    schedule = Schedule(Options(facilities=4, days=3, dossiers=200, seed=1, start=date(2025, 6, 1)))
    headers = [
        build(schedule, facility, slot).header
        for facility in schedule.facilities
        for slot in schedule.slots(facility, schedule.first + 1)
    ]
    assert {header["MA_LOAI_KCB"] for header in headers} <= {f"{n:02d}" for n in range(1, 10)}
    assert {header["MATINH_CU_TRU"] for header in headers} == {"95", "96"}
    assert all(header["MAHUYEN_CU_TRU"] for header in headers)


def test_dengue_has_its_season() -> None:
    def share(month: int) -> float:
        draw = stream(1, "season", month)
        found = [
            diagnoses.diagnosis(draw, "inpatient", "regional centre", person(1, n), 2026, month)
            for n in range(600)
        ]
        return sum(each.code.startswith("A97") for each in found) / len(found)

    assert share(9) > 1.8 * share(3) > 0


def test_sundays_are_quiet() -> None:
    schedule = Schedule(Options(facilities=1, days=28, dossiers=2800, seed=1))
    days: Counter[int] = Counter()
    for day in range(schedule.first, schedule.last + 1):
        days[day % 7] += len(schedule.slots(schedule.facilities[0], day))
    assert min(days.values()) < max(days.values()) / 2


def test_tiers_differ_in_what_they_see() -> None:
    """Heart attacks are not treated at commune stations."""
    draw = stream(1, "tiers")
    old = [who for n in range(400) if (who := person(1, n)).year < 1970]
    seen = {
        tier: {
            diagnoses.diagnosis(draw, "inpatient", tier, who, 2026, 7).code
            for who in old
            for _ in range(5)
        }
        for tier in ("provincial hospital", "commune station")
    }
    assert "I21.9" in seen["provincial hospital"] - seen["commune station"]
