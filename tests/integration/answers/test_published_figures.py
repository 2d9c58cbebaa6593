"""What provinces published of themselves comes out of the warehouse, each in its own world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from answered_provinces import AnsweredProvince, answered
from health_warehouse.indicators.catalogue import indicators
from health_warehouse.synthetic.world.published import published
from oracle.indicators.calendars import periods
from oracle.indicators.sheet import Cell, Figure, sheet
from sheet_differences import differences
from warehouses import Cluster

_WORLDS = ("ca_mau", "dien_bien", "khanh_hoa", "quang_ninh")


def _province(
    name: str, cluster: Cluster, folders: pytest.TempPathFactory
) -> Iterator[AnsweredProvince]:
    with answered(cluster, folders.mktemp(name), published(name)) as province:
        yield province


@pytest.fixture(scope="module")
def dien_bien(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnsweredProvince]:
    yield from _province("dien_bien", cluster, tmp_path_factory)


@pytest.fixture(scope="module")
def ca_mau(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnsweredProvince]:
    yield from _province("ca_mau", cluster, tmp_path_factory)


@pytest.fixture(scope="module")
def khanh_hoa(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnsweredProvince]:
    yield from _province("khanh_hoa", cluster, tmp_path_factory)


@pytest.fixture(scope="module")
def quang_ninh(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnsweredProvince]:
    yield from _province("quang_ninh", cluster, tmp_path_factory)


def _figure(province: AnsweredProvince, code: str, calendar: str, first: date) -> Figure:
    """The indicator of the whole province in a period."""
    place = province.province.world.size.province_code
    return province.cells()[Cell(code, "P", place, calendar, first)]


def _kinds(province: AnsweredProvince) -> dict[str, dict[str, Any]]:
    """The registry by kind of facility; `public` are those that are not private."""
    return {
        row["facility_kind_code"]: row | {"public": row["facilities"] - row["private_facilities"]}
        for row in province.answer("registry_and_ownership")
    }


def test_dien_bien_has_a_doctor_at_45_of_45_stations(dien_bien: AnsweredProvince) -> None:
    [row] = dien_bien.answer("stations_with_a_doctor")
    assert (row["as_of_date"], row["stations"], row["with_doctor"]) == (date(2025, 12, 31), 45, 45)
    assert row["with_doctor_pct"] == 100
    assert row["with_own_doctor"] == 45 - published("dien_bien").stations_without_doctor
    found = _figure(dien_bien, "STATIONS_WITH_DOCTOR_PCT", "year_cal", date(2025, 1, 1))
    assert found == (45, 45, 100, "final")


def test_dien_bien_sent_55_doctors_and_53_preventive_officers_to_45_stations(
    dien_bien: AnsweredProvince,
) -> None:
    [row] = dien_bien.answer("rotation_to_stations")
    assert row["month_start_date"] == date(2025, 12, 1)
    assert (row["persons"], row["doctors"], row["preventive_staff"]) == (108, 55, 53)
    assert row["stations"] == 45
    found = _figure(dien_bien, "ROTATION_PERSONS_N", "month_cal", date(2025, 12, 1))
    assert (found.numerator, found.value) == (108, 108)
    sent_after_15_december = _figure(
        dien_bien, "ROTATION_PERSONS_N", "half_admin", date(2025, 12, 15)
    )
    assert sent_after_15_december.value == 108


def test_dien_bien_has_98_percent_insured(dien_bien: AnsweredProvince) -> None:
    *_, province = dien_bien.answer("insurance_coverage")
    assert province["coverage_pct"] == 98
    found = _figure(dien_bien, "INSURANCE_COVERAGE_PCT", "year_cal", date(2025, 1, 1))
    assert found.denominator == 673_091
    assert round(found.value or 0, 2) == 98


def test_ca_mau_has_64_stations_and_100_points(ca_mau: AnsweredProvince) -> None:
    [row] = ca_mau.answer("stations_with_a_doctor")
    assert (row["stations"], row["points"]) == (64, 100)
    sources = {one["source"]: one for one in ca_mau.answer("sources_in_one_place")}
    assert sources["commune_station"]["facility_count"] == 164


def test_ca_mau_has_38_units_and_its_private_facilities(ca_mau: AnsweredProvince) -> None:
    kinds = _kinds(ca_mau)
    assert sum(kinds[kind]["private_facilities"] for kind in kinds if "hospital" in kind) == 4
    assert kinds["clinic_general"]["private_facilities"] == 30
    assert kinds["pharmacy"]["private_facilities"] > 1_200
    stations = ("commune_station", "station_point")
    assert sum(one["public"] for kind, one in kinds.items() if kind not in stations) == 38


def test_khanh_hoa_has_its_network(khanh_hoa: AnsweredProvince) -> None:
    kinds = _kinds(khanh_hoa)
    assert kinds["hospital_general"]["public"] == 3
    specialised = ("hospital_specialised", "hospital_traditional")
    assert sum(kinds[kind]["public"] for kind in specialised if kind in kinds) == 6
    preventive = ("cdc", "population_office", "prevention_other")
    assert sum(kinds[kind]["public"] for kind in preventive) == 9
    assert kinds["regional_centre"]["public"] == 8
    assert kinds["clinic_regional"]["public"] == kinds["clinic_regional"]["below_another"] == 14
    [row] = khanh_hoa.answer("stations_with_a_doctor")
    assert (row["stations"], row["points"]) == (136, 15)


def test_khanh_hoa_has_10_doctors_and_33_beds_and_a_half_for_10000_people(
    khanh_hoa: AnsweredProvince,
) -> None:
    """These are its own targets of 2025: nothing lacks."""
    own = {
        (row["resource"], row["target_year"]): row
        for row in khanh_hoa.answer("beds_and_doctors_against_targets")
        if row["target_scope"] == "56"
    }
    assert own["doctors", 2025]["counted"] == 1_380
    assert own["doctors", 2025]["per_10000"] == own["doctors", 2025]["target_per_10000"] == 10
    assert own["beds", 2025]["target_per_10000"] == Decimal("33.5")
    assert own["beds", 2025]["per_10000"] == Decimal("33.50")
    assert [own[what, 2030]["target_per_10000"] for what in ("beds", "doctors")] == [34, 11]
    year = "year_cal", date(2024, 1, 1)
    assert _figure(khanh_hoa, "DOCTORS_PER_10K", *year)[:3] == (1_380, 1_380_000, 10)
    assert round(_figure(khanh_hoa, "BEDS_PER_10K_GSO", *year).value or 0, 1) == Decimal("33.5")


def test_khanh_hoa_has_49_percent_of_doctors_with_a_postgraduate_degree(
    khanh_hoa: AnsweredProvince,
) -> None:
    doctors = [
        row
        for row in khanh_hoa.answer("workforce_and_vacancies")
        if row["occupation_code"].startswith("doctor")
    ]
    assert sum(row["persons"] for row in doctors) == 1_380
    postgraduates = sum(row["postgraduates"] for row in doctors)
    found = _figure(khanh_hoa, "DOCTORS_POSTGRAD_PCT", "year_cal", date(2024, 1, 1))
    assert found[:2] == (postgraduates, 1_380)
    assert round(found.value or 0) == 49


def test_khanh_hoa_has_95_percent_insured(khanh_hoa: AnsweredProvince) -> None:
    found = _figure(khanh_hoa, "INSURANCE_COVERAGE_PCT", "year_cal", date(2024, 1, 1))
    assert round(found.value or 0, 2) == 95
    assert khanh_hoa.answer("insurance_coverage")[-1]["coverage_pct"] == 95


def test_in_quang_ninh_requests_to_be_transferred_fell_from_8_to_1_percent(
    quang_ninh: AnsweredProvince,
) -> None:
    may, june = (
        _figure(quang_ninh, "TRANSFER_REQUEST_PCT", "month_cal", date(2026, month, 1))
        for month in (5, 6)
    )
    assert (round(may.value or 0), round(june.value or 0)) == (8, 1)
    told = quang_ninh.answer("transfers_by_need_and_wish")[:2]
    assert [(row["by_wish"], row["encounters"]) for row in told] == [may[:2], june[:2]]
    assert [round(row["by_wish_pct"]) for row in told] == [8, 1]


@pytest.mark.parametrize("world", _WORLDS)
def test_every_indicator_of_a_published_world_equals_the_sheet(
    world: str, request: pytest.FixtureRequest
) -> None:
    province: AnsweredProvince = request.getfixturevalue(world)
    asked = {one.code: (one.areas, one.calendars) for one in indicators()}
    found, expected = province.cells(), sheet(province.told(), asked)
    if province.province.world.size.is_before_merger:
        found, expected = _before_merger(found), _before_merger(expected)
    assert expected
    assert differences(found, expected) == {}


def _before_merger(figures: dict[Cell, Figure]) -> dict[Cell, Figure]:
    """Of periods that were over when its communes were joined: the lists say nothing of later."""
    over = {(one.calendar, one.first) for one in periods() if one.last < date(2025, 7, 1)}
    return {cell: one for cell, one in figures.items() if (cell.calendar, cell.first) in over}


def test_sheets_of_published_worlds_have_what_half_a_year_of_cases_has_not(
    dien_bien: AnsweredProvince, quang_ninh: AnsweredProvince
) -> None:
    """Deaths, many transfers, and what is told of stations at the end of a year."""
    asked = {one.code: (one.areas, one.calendars) for one in indicators()}
    sheets = [sheet(province.told(), asked) for province in (dien_bien, quang_ninh)]
    valued = {cell.indicator for one in sheets for cell, figure in one.items() if figure.value}
    assert valued >= {
        "COMMUNES_CRITERIA_PCT",
        "CROSS_PROVINCE_PCT",
        "HOSPITAL_DEATH_PCT",
        "READMISSION_30D_PCT",
        "STATIONS_4_DOCTORS_PCT",
        "STATIONS_WITH_MIDWIFE_PCT",
        "TRANSFER_MATCHED_PCT",
    }
