"""The facts of lists hold what the lists of a province say, and are written when a list changed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from build_steps import MARTS_OF_LISTS
from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.settings import Settings
from health_warehouse.synthetic.lists.calendar_days import half_year_end, month_ends, quarter_end
from health_warehouse.synthetic.lists.province_files import Province
from health_warehouse.synthetic.lists.rows_of_places import population, stations
from health_warehouse.synthetic.lists.rows_of_staff import posts, rotation, workforce
from health_warehouse.synthetic.world.membership import members
from small_province import release, take_in_province


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("province")


@pytest.fixture(scope="module")
def province(module_released: Settings, folder: Path) -> Province:
    """All of it is published but the lists of posts."""
    made = take_in_province(module_released, folder, without=("posts",))
    release(module_released)
    return made


@pytest.fixture(scope="module")
def warehouse(module_released: Settings, province: Province) -> Settings:
    return module_released


def _rows(settings: Settings, query: str, role: str = "bi_reader") -> list[Any]:
    with engine(settings, role).connect() as connection:
        return list(connection.execute(text(query)).all())


def _versions(settings: Settings) -> dict[str, Counter[str]]:
    """Where each row of a fact lies in the candidate: another place after each write."""
    return {
        mart: Counter(
            one.place
            for one in _rows(
                settings,
                f"select concat(xmin, ' ', ctid) as place from candidate.{mart}",
                "transformer",
            )
        )
        for mart in MARTS_OF_LISTS
    }


def _models(settings: Settings) -> set[str]:
    """Those that the newest build ran."""
    newest = (
        "select model from ops.model_runs where build_id = (select max(build_id) from ops.builds)"
    )
    return {one.model for one in _rows(settings, newest, "ops_reader")}


def test_people_and_members_are_counted_by_commune(warehouse: Settings, province: Province) -> None:
    told = {
        (one.commune_code, one.sex_code, one.age_band): one.population
        for one in _rows(warehouse, "select * from marts.fct_population where is_latest")
    }
    day = max(date(province.world.size.first.year - 1, 7, 1), date(2025, 7, 1))
    assert told == {
        (row["commune_code"], row["sex"], row["age_band"]): row["population"]
        for row in population(province.world, day)
    }
    found = Counter[tuple[str, date]]()
    for one in _rows(warehouse, "select * from marts.fct_insurance_membership"):
        found[one.commune_code, one.as_of_date] += one.members
    first, wanted = province.world.size.first, Counter[tuple[str, date]]()
    for day in month_ends(province.world.size, before=1):
        months = (day.year - first.year) * 12 + day.month - first.month
        for each in members(province.world.size, province.world.communes, months):
            wanted[each.commune_code, day] += each.count
    assert found == wanted
    unknown = (
        "select * from marts.fct_population join marts.dim_communes using (commune_key)"
        " where not is_known"
    )
    assert _rows(warehouse, unknown) == []


def test_stations_and_their_staff_are_those_reported(
    warehouse: Settings, province: Province
) -> None:
    told = {
        (one.facility_id, one.unit_kind_code, one.doctors_own, one.has_doctor, one.midwives)
        for one in _rows(warehouse, "select * from marts.fct_stations where is_latest")
    }
    assert told == {
        tuple(
            row[name]
            for name in ("unit_code", "unit_kind", "doctors_own", "has_doctor", "midwives")
        )
        for row in stations(province.world, quarter_end(province.world.size))
    }


def test_the_workforce_is_that_of_the_newest_lists(warehouse: Settings, province: Province) -> None:
    day = list(month_ends(province.world.size))[-1]
    wanted = Counter(
        (code, row["department_code"], row["occupation"], row["degree"], _after(row["valid_to"]))
        for code, rows in workforce(province.world, day).items()
        if province.world.by_code[code].kind != "pharmacy"
        for row in rows
    )
    told = _rows(warehouse, "select * from marts.fct_workforce")
    assert wanted == Counter(
        (one.facility_id, one.department_code, one.occupation_code, one.degree_code, one.valid_to)
        for one in told
    )
    several = Counter(one.staff_key for one in told if one.valid_to is None)
    assert max(several.values()) > 1, "a person at several places has one key"


def _after(day: Any) -> date | None:
    return day + timedelta(days=1) if day else None


def test_rotations_have_the_levels_of_their_first_day(
    warehouse: Settings, province: Province
) -> None:
    day = list(month_ends(province.world.size))[-1]
    wanted = Counter(
        (row["from_facility"], row["to_facility"], row["started_on"], row["staff_group"])
        for row in rotation(province.world, day)
    )
    told = _rows(warehouse, "select * from marts.fct_rotations")
    assert wanted == Counter(
        (one.from_facility_id, one.to_facility_id, one.started_on, one.staff_group_code)
        for one in told
    )
    by_code = province.world.by_code
    for one in told:
        periods = by_code[one.from_facility_id].periods
        held = [
            each.level
            for each in periods
            if each.valid_from <= one.started_on <= (each.valid_to or date.max)
        ]
        assert [one.from_level_code] == (held or [None])


def test_what_claims_count_too_the_report_tells_readers_of_the_class_only(
    warehouse: Settings,
) -> None:
    query = (
        "select surgeries, visits_total, visits_insured, visits_self_pay, inpatients_insured,"
        " admissions, discharges, bed_days"
        " from {}.fct_hospital_activity_months"
    )
    openly = _rows(warehouse, query.format("marts"))
    assert openly
    assert any(one.surgeries is not None for one in openly)
    assert {tuple(one[1:]) for one in openly} == {(None,) * 7}
    closed = _rows(warehouse, query.format("hiv"), "hiv_reader")
    assert len(closed) == len(openly)
    assert all(one.visits_insured is not None for one in closed)


@pytest.fixture(scope="module")
def after_claims(warehouse: Settings) -> tuple[dict[str, Counter[str]], set[str]]:
    """The rows before a day of nothing but claims, and which models its build ran."""
    before = _versions(warehouse)
    Ledger(warehouse).deliver("01001", Dossier("a"), Dossier("b"))
    release(warehouse)
    return before, _models(warehouse)


def test_a_day_of_claims_leaves_what_follows_lists_alone(
    warehouse: Settings, after_claims: tuple[dict[str, Counter[str]], set[str]]
) -> None:
    before, ran = after_claims
    assert {"fct_encounters", "int_lists__changed_feeds"} <= ran
    assert not ran & {*MARTS_OF_LISTS, "int_facilities__periods"}
    assert _versions(warehouse) == before


def test_a_list_that_comes_writes_its_own_fact_and_indicators_only(
    warehouse: Settings,
    province: Province,
    folder: Path,
    after_claims: tuple[dict[str, Counter[str]], set[str]],
) -> None:
    before, _ = after_claims
    ingest(warehouse, list_new(warehouse, [str(folder / "posts")]))
    published = release(warehouse)
    wanted = [
        row
        for rows in posts(province.world, half_year_end(province.world.size)).values()
        for row in rows
    ]
    told = _rows(warehouse, "select * from marts.fct_posts where is_latest")
    assert sorted((one.facility_id, one.occupation_code, one.filled_posts) for one in told) == (
        sorted((row["facility_code"], row["occupation"], row["filled_posts"]) for row in wanted)
    )
    after = _versions(warehouse)
    assert {mart for mart in MARTS_OF_LISTS if after[mart] != before[mart]} == {"fct_posts"}
    written = {mart for mart, rows in published.rows_inserted.items() if rows}
    assert written == {"fct_posts", "fct_indicator_components", "fct_indicator_values"}
