"""Values of indicators are those of a sheet that plain Python makes of what was delivered."""

from __future__ import annotations

from collections import Counter

import pytest

from answered_provinces import AnsweredProvince
from health_warehouse.indicators.catalogue import indicators
from oracle.indicators.sheet import MEANINGS, Cell, Figure, sheet
from sheet_differences import differences

_ASKED = {one.code: (one.areas, one.calendars) for one in indicators()}
_NOT_SHOWN = {
    "BED_OCCUPANCY_ACTUAL_PCT",
    "BED_OCCUPANCY_PLANNED_PCT",
    "INPATIENT_PER_100",
    "INSURED_VISIT_PCT",
    "OUTPATIENT_PER_CAPITA",
}
"""What a report counts with closed dossiers among the others."""
_ELSEWHERE = {
    "COMMUNES_CRITERIA_PCT",
    "CROSS_PROVINCE_PCT",
    "HOSPITAL_DEATH_PCT",
    "READMISSION_30D_PCT",
    "STATIONS_4_DOCTORS_PCT",
    "STATIONS_WITH_MIDWIFE_PCT",
    "TRANSFER_MATCHED_PCT",
}
"""Zero, few or not told here; test_published_figures has worlds where they are not."""


@pytest.fixture(scope="module")
def expected(half_year: AnsweredProvince) -> dict[Cell, Figure]:
    return sheet(half_year.told(), _ASKED)


def test_every_shipped_indicator_has_a_sheet() -> None:
    assert set(_ASKED) == set(MEANINGS)


def test_values_equal_the_sheet_in_every_area_and_period(
    half_year: AnsweredProvince, expected: dict[Cell, Figure]
) -> None:
    assert differences(half_year.cells(), expected) == {}


def test_values_of_who_sees_closed_dossiers_equal_the_sheet_with_these(
    half_year: AnsweredProvince,
) -> None:
    wanted = sheet(half_year.told(is_for_closed=True), _ASKED)
    found = half_year.cells("hiv", "hiv_reader")
    assert differences(found, wanted) == {}
    assert found != half_year.cells()


def test_the_sheet_has_values_of_every_indicator_and_kind_of_area(
    half_year: AnsweredProvince, expected: dict[Cell, Figure]
) -> None:
    """So that being equal says something."""
    wanted = {
        (code, area)
        for code, (areas, _) in _ASKED.items()
        for area in areas
        if code not in _NOT_SHOWN | _ELSEWHERE
    }
    valued = Counter((cell.indicator, cell.area) for cell, one in expected.items() if one.value)
    assert wanted - set(valued) == set()
    closed = sheet(half_year.told(is_for_closed=True), {code: _ASKED[code] for code in _NOT_SHOWN})
    assert {cell.indicator for cell, one in closed.items() if one.value} == _NOT_SHOWN
    assert {one.state for one in expected.values()} == {
        "final", "inputs_missing", "not_defined", "provisional", "suppressed",
    }  # fmt: skip


def test_a_figure_that_is_off_by_one_is_noticed(expected: dict[Cell, Figure]) -> None:
    cell, figure = next((cell, one) for cell, one in expected.items() if one.value)
    assert figure.numerator is not None
    wrong = {**expected, cell: figure._replace(numerator=figure.numerator + 1)}
    assert differences(wrong, expected) == {cell: (wrong[cell], figure)}
    fewer = {other: one for other, one in expected.items() if other != cell}
    assert differences(fewer, expected) == {cell: (None, figure)}
