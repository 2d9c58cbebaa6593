"""What truth.json says is what the lists and the claims of the same folder come to."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from health_warehouse.errors import ConfigurationError
from health_warehouse.synthetic.lists.province_files import Province, write_province
from health_warehouse.synthetic.lists.sending import sheets
from health_warehouse.synthetic.lists.sheets import Row
from health_warehouse.synthetic.lists.truth import TRUTH, Fact, truth
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.world.sizes import Beds, Size
from oracle.claims_files import read_file, read_folder

_SIZE = Size(
    Options(facilities=6, days=31, dossiers=500, seed=9),
    people=200_000,
    points=10,
    provincial_hospitals=1,
    specialised_hospitals=1,
    regional_centres=2,
    preventive_units=1,
    private_hospitals=1,
    private_clinics=2,
    beds=Beds(public=80, private=40),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("province")


@pytest.fixture(scope="module")
def province(folder: Path) -> Province:
    return write_province(folder, _SIZE)


@pytest.fixture(scope="module")
def tables(province: Province) -> dict[str, list[Fact]]:
    return truth(province.world, province.claims.activity)


@pytest.fixture(scope="module")
def rows(province: Province) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for sheet in sheets(province.world, province.claims.activity):
        found.setdefault(sheet.feed, []).extend(sheet.rows)
    return found


def test_doctors_of_a_facility_are_those_of_its_list(
    tables: dict[str, list[Fact]], rows: dict[str, list[Row]]
) -> None:
    listed = Counter(
        str(row["facility_code"])
        for row in rows["workforce"]
        if str(row["occupation"]).startswith("doctor") and row["valid_to"] is None
    )
    told = {
        str(fact["facility_code"]): fact["doctors"]
        for fact in tables["doctors"]
        if fact["day"] == str(_SIZE.last)
    }
    assert told == listed
    assert min(int(str(count)) for count in told.values()) > 0


def test_persons_count_once_though_some_work_at_two_places(tables: dict[str, list[Fact]]) -> None:
    persons = sum(
        int(str(fact["persons"]))
        for fact in tables["persons"]
        if str(fact["occupation"]).startswith("doctor")
    )
    last = [fact for fact in tables["doctors"] if fact["day"] == str(_SIZE.last)]
    assert persons == sum(int(str(fact["doctors_main"])) for fact in last)
    assert persons < sum(int(str(fact["doctors"])) for fact in last)


def test_stations_with_a_doctor_are_those_of_the_list(
    tables: dict[str, list[Fact]], rows: dict[str, list[Row]]
) -> None:
    listed = {row["unit_code"]: row["has_doctor"] for row in rows["commune_station"]}
    assert {fact["unit_code"]: fact["has_doctor"] for fact in tables["stations"]} == listed
    assert len(set(listed.values())) == 2


def test_people_and_members_are_those_of_the_lists(
    tables: dict[str, list[Fact]], rows: dict[str, list[Row]]
) -> None:
    people: Counter[str] = Counter()
    for row in rows["population"]:
        if row["sex"] == "T":
            people[str(row["commune_code"])] += int(str(row["population"]))
    assert {fact["commune_code"]: fact["population"] for fact in tables["population"]} == people
    insured: Counter[tuple[str, str]] = Counter()
    for row in rows["insurance_membership"]:
        insured[str(row["commune_code"]), str(row["as_of_date"])] += int(str(row["members"]))
    told = {(fact["commune_code"], fact["day"]): fact["members"] for fact in tables["coverage"]}
    assert told == insured
    assert all(count <= people[code] for (code, _), count in insured.items())


def test_visits_and_stays_are_those_of_the_claims(
    folder: Path, tables: dict[str, list[Fact]]
) -> None:
    latest: dict[tuple[str, str], dict[str, str]] = {}
    for delivery in sorted(read_folder(folder), key=lambda each: each.received_at):
        file = read_file(delivery.content)
        for version in file.versions:
            latest[file.facility_id, version.dossier_id] = version.header
    ended: Counter[tuple[str, str]] = Counter()
    died: Counter[str] = Counter()
    beds = {
        str(fact["facility_code"]) for fact in tables["facilities"] if int(str(fact["beds_actual"]))
    }
    for (facility, _), header in latest.items():
        is_stay = header["MA_LOAI_KCB"] in ("03", "04", "09") and facility in beds
        if header["MA_DOITUONG_KCB"] == "8" or not is_stay:
            continue
        month = f"{header['NGAY_RA'][:4]}-{header['NGAY_RA'][4:6]}"
        ended[facility, month] += 1
        died[facility] += header["KET_QUA_DTRI"] == "5"
    told = {
        (str(fact["facility_code"]), str(fact["month"])): fact["discharges"]
        for fact in tables["activity"]
        if fact["discharges"]
    }
    assert told == ended
    deaths = {str(f["facility_code"]): f["deaths_inpatient"] for f in tables["activity"]}
    assert {code: count for code, count in deaths.items() if count} == +died


def test_truth_is_written_as_json_and_as_csv(folder: Path, tables: dict[str, list[Fact]]) -> None:
    written = json.loads((folder / TRUTH).read_text("utf-8"))
    assert written["size"]["people"] == _SIZE.people
    for name, facts in tables.items():
        assert written[name] == facts
        with (folder / f"truth_{name}.csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == len(facts) > 0


def test_a_folder_with_another_province_is_refused(folder: Path, province: Province) -> None:
    assert province.lists.files.total() > 20
    with pytest.raises(ConfigurationError, match="choose an empty folder"):
        write_province(folder, replace(_SIZE, people=_SIZE.people + 1))
