"""Which indicators are added up as metrics, which are answered as stored, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from health_warehouse.indicators.catalogue import indicators
from health_warehouse.indicators.semantic_models import is_added_up, metric_name, refusal

BY_CODE = {one.code: one for one in indicators()}
A_VALUE = ["metric_time", "value__calendar_code", "area"]


@pytest.mark.parametrize(
    ("code", "is_added"),
    [
        ("TRANSFER_OUT_PCT", True),
        ("ROTATION_PERSONS_N", True),  # no denominator
        ("DOCTORS_PER_10K", False),  # a stock
        ("ATTRITION_PCT", False),  # over the mean of two days
        ("INPATIENT_PER_100", False),  # over the people in the middle of the period
    ],
)
def test_what_happens_is_added_up_and_a_state_is_answered_as_stored(
    code: str, is_added: bool
) -> None:
    assert is_added_up(BY_CODE[code]) is is_added


@pytest.mark.parametrize("kind", ["stock", "distinct", "imported"])
def test_no_other_kind_is_added_up(kind: str) -> None:
    assert not is_added_up(replace(BY_CODE["TRANSFER_OUT_PCT"], kind=kind))


def test_a_year_made_of_a_month_is_not_added_up() -> None:
    assert not is_added_up(replace(BY_CODE["TRANSFER_OUT_PCT"], is_annualised=True))


@pytest.mark.parametrize("left_out", A_VALUE)
def test_a_stored_value_is_refused_without_its_area_or_period(left_out: str) -> None:
    group_by = [name for name in A_VALUE if name != left_out]
    reason = refusal(["transfer_out_pct", "doctors_per_10k"], group_by)
    assert reason is not None
    assert reason.startswith("doctors_per_10k: ")
    assert reason.endswith(f"group by {left_out} too")


@pytest.mark.parametrize("time", ["metric_time__month", "metric_time__year"])
def test_a_longer_time_is_not_the_period_of_a_stored_value(time: str) -> None:
    assert refusal(["doctors_per_10k"], [time, *A_VALUE[1:]])


@pytest.mark.parametrize("time", ["metric_time", "metric_time__day", "METRIC_TIME"])
def test_a_stored_value_is_answered_by_its_area_and_period(time: str) -> None:
    assert refusal(["doctors_per_10k"], [time, *A_VALUE[1:], "area__area_name_en"]) is None


def test_what_is_added_up_is_answered_by_any_group() -> None:
    added = [metric_name(one) for one in indicators() if is_added_up(one)]
    assert len(added) > 10
    assert refusal(added, []) is None


@pytest.mark.parametrize("time", ["metric_time", "metric_time__day"])
def test_what_is_added_up_has_no_days(time: str) -> None:
    reason = refusal(["transfer_out_pct"], [time])
    assert reason is not None
    assert reason.startswith("transfer_out_pct: group by metric_time__ and one of week, month,")


@pytest.mark.parametrize("grain", ["week", "half_admin", "year_admin"])
def test_what_is_reported_by_month_is_not_told_by_what_cuts_months(grain: str) -> None:
    """Its whole month would stand in the week of its last days."""
    assert refusal(["transfer_out_pct"], [f"metric_time__{grain}"]) is None
    assert refusal(["bed_occupancy_actual_pct"], ["metric_time__month"]) is None
    reason = refusal(["transfer_out_pct", "bed_occupancy_actual_pct"], [f"metric_time__{grain}"])
    assert reason == (
        "bed_occupancy_actual_pct: group by metric_time__ and one of"
        " month, quarter, half_cal, nine_month, year"
    )


def test_parts_of_metrics_are_refused() -> None:
    assert refusal(["component_numerator"], A_VALUE) == (
        "component_numerator: other metrics are built of these, ask for those"
    )
