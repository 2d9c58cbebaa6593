"""Every question of the project has the answer that plain Python finds in the world's truth."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from answered_provinces import AnsweredProvince, Rows
from health_warehouse.cli import app
from health_warehouse.errors import ConfigurationError
from health_warehouse.release.answers import ask
from health_warehouse.release.questions import question, questions
from health_warehouse.settings import Settings
from health_warehouse.synthetic.lists.calendar_days import month_ends
from health_warehouse.synthetic.lists.province_files import Province
from health_warehouse.synthetic.lists.rows_of_places import registry
from health_warehouse.synthetic.lists.rows_of_places import stations as reported_stations
from oracle.star import Star
from oracle.visits import Visit, moment

_NOTHING = (None, None)
_WHOLE = {"posts": "posts", "rotation": "rotation", "hospital_activity_month": "activity"}
"""Tables of the truth that hold all that lists of a feed say."""
_LEVELS = {"primary": 1, "basic_lt50": 2, "basic_50_70": 2, "specialised": 3}
_JOINED = {"95": "96"}
"""Provinces of before the merger, by the first digits of facilities' codes."""


@pytest.fixture(scope="module")
def province(half_year: AnsweredProvince) -> Province:
    return half_year.province


@pytest.fixture(scope="module")
def warehouse(half_year: AnsweredProvince) -> Settings:
    return half_year.settings


@pytest.fixture(scope="module")
def truth(half_year: AnsweredProvince) -> dict[str, Rows]:
    return half_year.truth


@pytest.fixture(scope="module")
def counted(half_year: AnsweredProvince) -> Star:
    return half_year.counted


def _answer(settings: Settings, name: str) -> Rows:
    answer = ask(settings, question(name))
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def _pct(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), "ROUND_HALF_UP")


def _opened(counted: Star) -> dict[tuple[str, ...], tuple[int, int, Decimal, Decimal]]:
    """Months of morbidity of the open audience: what a plain reader may know."""
    return {
        key[:-1]: figures for key, figures in counted.morbidity_months.items() if key[-1] == "open"
    }


def test_every_question_answers(warehouse: Settings) -> None:
    names = [one.name for one in questions()]
    assert len(names) >= 10
    for name in names:
        assert _answer(warehouse, name), f"{name}: no row"


def test_all_sources_are_in_one_place(
    half_year: AnsweredProvince, province: Province, truth: dict[str, Rows], counted: Star
) -> None:
    told = {row["source"]: row for row in half_year.answer("sources_in_one_place")}
    assert set(told) >= {*(feed for feed in province.lists.rows if feed != "facility_registry")}
    opened = sum(figures[0] for figures in _opened(counted).values())
    assert told["claims"]["row_count"] == opened
    assert told["commune_station"]["facility_count"] == len(truth["stations"])
    assert told["posts"]["facility_count"] == len({one["facility_code"] for one in truth["posts"]})
    assert told["population"]["row_count"] == province.lists.rows["population"]
    assert told["population"]["facility_count"] == 0
    for source, table in _WHOLE.items():
        assert told[source]["row_count"] == len(truth[table]), source
    members = province.lists.rows["insurance_membership"]
    assert told["insurance_membership"]["row_count"] == members
    ended = [moment(visit.value("NGAY_RA")).date() for visit in half_year.seen_by_all]
    assert (told["claims"]["first_day"], told["claims"]["last_day"]) == (min(ended), max(ended))


def _vnd(visit: Visit, *elements: str) -> Decimal:
    return sum((Decimal(visit.value(name) or 0) for name in elements), Decimal(0))


def test_money_is_that_of_the_claims(half_year: AnsweredProvince) -> None:
    wanted: dict[str, list[Any]] = defaultdict(lambda: [0, *[Decimal(0)] * 4])
    for visit in half_year.seen_by_all:
        month = wanted[visit.value("NGAY_RA")[:6]]
        month[0] += 1
        month[1] += _vnd(visit, "T_TONGCHI_BV")
        month[2] += _vnd(visit, "T_TONGCHI_BH")
        month[3] += _vnd(visit, "T_BHTT")
        month[4] += _vnd(visit, "T_BNCCT", "T_BNTT")
    told = half_year.answer("money_billed_and_asked")
    assert {
        f"{row['month_start_date']:%Y%m}": [
            row["encounters"], row["billed_vnd"], row["in_scope_vnd"], row["asked_from_fund_vnd"],
            row["patients_vnd"],
        ]
        for row in told
    } == wanted  # fmt: skip
    for row in told:
        share = 100 * row["asked_from_fund_vnd"] / row["billed_vnd"]
        assert row["fund_pct"] == share.quantize(Decimal("0.1"), "ROUND_HALF_UP")


def _registered(province: Province) -> dict[str, dict[str, Any]]:
    """What the newest registry says of each active facility, by code."""
    day = list(month_ends(province.world.size))[-1]
    newest: dict[str, dict[str, Any]] = {}
    for row in sorted(registry(province.world, day), key=lambda one: str(one["valid_from"])):
        if str(row["valid_from"]) <= str(day):
            newest[str(row["facility_code"])] = row
    return {code: row for code, row in newest.items() if row["status"] == "active"}


def test_the_registry_tells_kinds_beds_and_who_is_private(
    half_year: AnsweredProvince, province: Province
) -> None:
    wanted: dict[Any, list[int]] = defaultdict(lambda: [0] * 6)
    sending = {visit.facility_id for visit in half_year.seen_by_all}
    for code, row in _registered(province).items():
        kind = wanted[row["facility_type"]]
        kind[0] += 1
        kind[1] += row["ownership"] in ("private", "private_foreign")
        kind[2] += row["parent_code"] is not None
        kind[3] += row.get("beds_planned") or 0
        kind[4] += row.get("beds_actual") or 0
        kind[5] += code not in sending
    told = half_year.answer("registry_and_ownership")
    assert {
        row["facility_kind_code"]: [
            row["facilities"], row["private_facilities"], row["below_another"], row["beds_planned"],
            row["beds_actual"], row["silent"],
        ]
        for row in told
    } == wanted  # fmt: skip
    assert all(row["kind_vi"] and row["kind_en"] for row in told)
    assert 0 < len(sending) <= 6


def test_workforce_and_vacancies_are_counted_once(
    warehouse: Settings, province: Province, truth: dict[str, Rows]
) -> None:
    day = list(month_ends(province.world.size))[-1]
    persons, graduates = Counter[str](), Counter[str]()
    for worker in province.world.workers:
        job = worker.main_on(day)
        if job and province.world.by_code[job.facility_code].kind != "pharmacy":
            persons[worker.occupation] += 1
            graduates[worker.occupation] += worker.degree not in (
                "univ", "college", "secondary", "elementary", "none",
            )  # fmt: skip
    approved, filled = Counter[str](), Counter[str]()
    for one in truth["posts"]:
        approved[one["occupation"]] += one["approved_posts"]
        filled[one["occupation"]] += one["filled_posts"]
    told = {row["occupation_code"]: row for row in _answer(warehouse, "workforce_and_vacancies")}
    assert {name: row["persons"] for name, row in told.items()} == persons
    assert {name: row["postgraduates"] for name, row in told.items()} == graduates
    assert {
        name: (row["approved_posts"], row["vacant_posts"])
        for name, row in told.items()
        if row["approved_posts"] is not None
    } == {name: (approved[name], approved[name] - filled[name]) for name in approved}
    assert all(row["occupation_vi"] and row["occupation_en"] for row in told.values())
    assert told["nurse"]["vacant_pct"] == _pct(
        approved["nurse"] - filled["nurse"], approved["nurse"]
    )


def test_rotation_counts_people_stations_and_days(
    warehouse: Settings, truth: dict[str, Rows]
) -> None:
    stations = {one["unit_code"] for one in truth["stations"]}
    wanted: dict[str, list[Any]] = defaultdict(lambda: [0, 0, 0, Decimal(0), 0])
    receivers: dict[str, set[str]] = defaultdict(set)
    for one in truth["rotation"]:
        if one["to_facility"] in stations:
            month = wanted[one["started_on"][:7]]
            month[0] += 1
            month[1] += one["staff_group"] == "preventive"
            month[3] += Decimal(one["days"]) * Decimal(one["time_share"])
            month[4] += one["is_doctor"] and one["staff_group"] == "clinical"
            receivers[one["started_on"][:7]].add(one["to_facility"])
    for name, places in receivers.items():
        wanted[name][2] = len(places)
        wanted[name][3] = wanted[name][3].quantize(Decimal("0.1"), "ROUND_HALF_UP")
    told = _answer(warehouse, "rotation_to_stations")
    assert {
        f"{row['month_start_date']:%Y-%m}": [
            row["persons"], row["preventive_staff"], row["stations"], row["days_of_work"],
            row["doctors"],
        ]
        for row in told
    } == wanted  # fmt: skip
    assert sum(row["doctors"] for row in told) > 0


def test_stations_with_a_doctor_are_those_of_the_quarter(
    warehouse: Settings, province: Province, truth: dict[str, Rows]
) -> None:
    stations = [one for one in truth["stations"] if one["unit_kind"] == "station"]
    with_doctor = sum(one["has_doctor"] for one in stations)
    [row] = _answer(warehouse, "stations_with_a_doctor")
    assert str(row["as_of_date"]) == stations[0]["day"]
    assert (row["stations"], row["with_doctor"]) == (len(stations), with_doctor)
    assert row["points"] == len(truth["stations"]) - len(stations)
    assert row["with_own_doctor"] == sum(one["doctors_own"] > 0 for one in stations)
    assert row["with_doctor_pct"] == _pct(with_doctor, len(stations))
    reported = reported_stations(province.world, date.fromisoformat(stations[0]["day"]))
    with_midwife = sum(one["unit_kind"] == "station" and bool(one["midwives"]) for one in reported)
    assert row["with_midwife"] == with_midwife > 0
    assert row["with_midwife_pct"] == _pct(with_midwife, len(stations))


def test_beds_and_doctors_stand_against_their_targets(
    warehouse: Settings, province: Province, truth: dict[str, Rows]
) -> None:
    day = list(month_ends(province.world.size))[-1]
    doctors = 0
    for worker in province.world.workers:
        job = worker.main_on(day)
        sends = job and province.world.by_code[job.facility_code].kind != "pharmacy"
        doctors += bool(worker.is_doctor and sends)
    people = sum(one["population"] for one in truth["population"])
    told = _answer(warehouse, "beds_and_doctors_against_targets")
    assert [(row["resource"], row["target_year"], row["target_per_10000"]) for row in told] == [
        ("beds", 2025, 33), ("beds", 2025, 30), ("beds", 2030, 35), ("beds", 2050, 45),
        ("doctors", 2025, 15), ("doctors", 2025, 10), ("doctors", 2030, 19),
    ]  # fmt: skip
    assert {row["target_scope"] for row in told} == {"nation"}
    assert all(row["target_source"] for row in told)
    stations = ("commune_station", "station_point", "agency_station")
    beds = sum(
        row.get("beds_actual") or 0
        for row in _registered(province).values()
        if row["facility_type"] not in stations
    )
    assert told[0]["counted"] == beds
    last = told[-1]
    assert (last["counted"], last["people"]) == (doctors, people)
    density = Decimal(10_000 * doctors) / people
    assert last["per_10000"] == density.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert last["difference"] == (density - 19).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_coverage_is_of_the_newest_day_and_of_the_whole_province(
    warehouse: Settings, truth: dict[str, Rows]
) -> None:
    newest = max(one["day"] for one in truth["coverage"])
    wanted = {
        one["commune_code"]: (one["members"], one["population"])
        for one in truth["coverage"]
        if one["day"] == newest
    }
    *told, province = _answer(warehouse, "insurance_coverage")
    assert {row["commune_code"]: (row["members"], row["people"]) for row in told} == wanted
    members, people = (sum(part) for part in zip(*wanted.values(), strict=True))
    assert (province["commune_code"], province["commune_name"]) == _NOTHING
    assert (province["members"], province["people"]) == (members, people)
    assert province["coverage_pct"] == _pct(members, people)
    assert {row["as_of_date"] for row in told} == {date.fromisoformat(newest)}


def test_transfers_are_told_by_need_and_wish(half_year: AnsweredProvince) -> None:
    """As a plain reader may know them: of closed visits none is counted, and none is an arrival."""
    seen, registry_of = half_year.seen_by_all, half_year.told().registry
    wanted: dict[str, list[int]] = defaultdict(lambda: [0] * 7)
    for visit in seen:
        ended = moment(visit.value("NGAY_RA")).date()
        month, way = wanted[f"{ended:%Y%m}"], visit.value("MA_LOAI_RV")
        month[0] += 1
        if way in ("2", "5"):
            is_wish = way == "5"
            month[1 + is_wish] += 1
            sender, receiver = (
                _LEVELS.get(registry_of.on(code, ended).get("professional_level"), 0)
                for code in (visit.facility_id, visit.sent_to)
            )
            month[3 + is_wish] += 0 < sender < receiver
            month[5] += bool(visit.sent_to) and _province(visit.sent_to) != _province(
                visit.facility_id
            )
            month[6] += any(other.is_arrival_of(visit) for other in seen)
    told = half_year.answer("transfers_by_need_and_wish")
    assert {
        f"{row['month_start_date']:%Y%m}": [
            row["encounters"], row["by_need"], row["by_wish"], row["up_by_need"],
            row["up_by_wish"], row["out_of_province"], row["found"],
        ]
        for row in told
    } == wanted  # fmt: skip
    assert all(sum(month[place] for month in wanted.values()) for place in (1, 2, 3, 6))
    for row in told:
        assert row["by_need_pct"] == _pct(row["by_need"], row["encounters"])
        assert row["by_wish_pct"] == _pct(row["by_wish"], row["encounters"])


def _province(facility_code: str) -> str:
    """Of today."""
    return _JOINED.get(facility_code[:2], facility_code[:2])


def test_the_burden_of_disease_is_that_of_the_claims(warehouse: Settings, counted: Star) -> None:
    wanted: dict[tuple[str, ...], list[Any]] = defaultdict(lambda: [0, 0, Decimal(0)])
    for (_, _, age_group, sex, chapter), figures in _opened(counted).items():
        cell = wanted[chapter, age_group, sex]
        cell[0] += figures[0]
        cell[1] += figures[1]
        cell[2] += figures[3]
    told = _answer(warehouse, "disease_burden")
    assert {
        (row["chapter_code"], row["age_group"], row["sex_code"]): [
            row["encounters"], row["deaths"], row["billed_vnd"],
        ]
        for row in told
    } == wanted  # fmt: skip
    assert all(row["chapter_vi"] and row["chapter_en"] for row in told)


def test_the_command_lists_and_answers(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("health_warehouse.commands.ask.get_settings", lambda: warehouse)
    run = CliRunner().invoke
    listed = run(app, ["ask", "--lang", "vi"]).stdout
    assert all(one.name in listed and one.title["vi"] in listed for one in questions())
    said = run(app, ["ask", "stations_with_a_doctor"]).stdout
    assert "How many commune stations have a doctor" in said
    assert f"Release {ask(warehouse, question('stations_with_a_doctor')).release_id}, " in said
    told = json.loads(run(app, ["ask", "insurance_coverage", "--json"]).stdout)
    assert told["release_id"] > 0
    assert told["rows"][-1]["coverage_pct"] == str(
        _answer(warehouse, "insurance_coverage")[-1]["coverage_pct"]
    )
    wrong = run(app, ["ask", "weather"]).exception
    assert isinstance(wrong, ConfigurationError)
    assert "stations_with_a_doctor" in str(wrong)
