"""Metrics of MetricFlow are the values of fct_indicator_values, for who may read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from health_warehouse import cli
from health_warehouse.database.connections import OWNER, dsn, engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.indicators.catalogue import indicators
from health_warehouse.indicators.indicator import Indicator
from health_warehouse.indicators.semantic_models import is_added_up, metric_name
from health_warehouse.privacy.scopes import grant_scope, revoke_scope
from health_warehouse.release.metrics import Asked, Table, query, run_mf
from health_warehouse.settings import Settings
from small_province import SMALL, release, take_in_province

Values = Mapping[tuple[str, str], Decimal | None]
"""By area and first day of the period."""
_CALENDARS = {"month": "month_cal", "quarter": "quarter_cal", "year": "year_cal"}
_OF_THE_LAW = {"half_admin": "half_admin"}
_AREAS = {
    "F": "facility",
    "P": "facility__province",
    "T": "facility__professional_level_code",
}
_WORLD = replace(SMALL, claims=replace(SMALL.claims, dossiers=700))
_STORED = """
    select
        coalesce(areas.area_id, facility_values.area_key::text),
        facility_values.period_start_date::text,
        facility_values.indicator_value
    from marts.fct_indicator_values as facility_values
    left join marts.dim_areas as areas
        on facility_values.area_kind = areas.area_kind
        and facility_values.area_key = areas.area_key
        and areas.area_kind = 'T'
    where facility_values.indicator_code = %s
        and facility_values.area_kind = %s
        and facility_values.calendar_code = %s
"""


@pytest.fixture(scope="module")
def published(module_released: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A province with lists and claims, closed ones too."""
    folder: Path = tmp_path_factory.mktemp("province")
    take_in_province(module_released, folder, _WORLD)
    release(module_released)
    return module_released


def _stored(settings: Settings, one: Indicator, area_kind: str, calendar: str) -> Values:
    with psycopg.connect(dsn(settings, "bi_reader")) as connection:
        rows = connection.execute(_STORED, (one.code, area_kind, calendar)).fetchall()
    return {(area, first_day): value for area, first_day, value in rows}


def _cells(answer: Table, metric: str, area: str, time: str) -> Values:
    """The cells of a metric that are not empty."""
    area_at, time_at, at = (answer.columns.index(name) for name in (area, time, metric))
    return {
        (str(row[area_at]), str(row[time_at])): Decimal(str(row[at]))
        for row in answer.rows
        if row[at] is not None
    }


def _assert_same(found: Values, stored: Values) -> int:
    """Values are stored with six digits; returns how many there are."""
    known = {key: value for key, value in stored.items() if value is not None}
    assert found.keys() == known.keys()
    for key, value in known.items():
        assert found[key] == pytest.approx(value, abs=Decimal("0.0000006"), rel=Decimal("1e-12"))
    return len(known)


_NONE_HERE = {
    "BED_OCCUPANCY_ACTUAL_PCT",
    "BED_OCCUPANCY_PLANNED_PCT",
    "CROSS_PROVINCE_PCT",
    "INSURED_VISIT_PCT",
    "TRANSFER_MATCHED_PCT",
}


@pytest.mark.parametrize(
    ("area_kind", "grain"),
    [*((area, grain) for area in "FP" for grain in _CALENDARS), ("P", "half_admin"), ("T", "year")],
)
def test_flows_are_what_is_stored(published: Settings, area_kind: str, grain: str) -> None:
    area, time, calendar = (
        _AREAS[area_kind],
        f"metric_time__{grain}",
        (_CALENDARS | _OF_THE_LAW)[grain],
    )
    flows = [
        one
        for one in indicators()
        if is_added_up(one) and area_kind in one.areas and calendar in one.calendars
    ]
    answer = query(published, Asked([metric_name(one) for one in flows], [area, time]))
    counts = {
        one.code: _assert_same(
            _cells(answer, metric_name(one), area, time),
            _stored(published, one, area_kind, calendar),
        )
        for one in flows
    }
    assert counts["TRANSFER_OUT_PCT"] > 0
    # a month of a small province has few transfers; monthly reports hold closed cases
    assert area_kind != "P" or {code for code, count in counts.items() if not count} <= _NONE_HERE


def test_flows_with_a_state_below_are_answered_as_stored(published: Settings) -> None:
    """And every stock, of every area and calendar."""
    asked = [one for one in indicators() if not is_added_up(one)]
    group_by = ["metric_time", "value__calendar_code", "area"]
    answer = query(published, Asked([metric_name(one) for one in asked], group_by))
    found = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    with psycopg.connect(dsn(published, "bi_reader")) as connection:
        rows = connection.execute(
            "select indicator_code, period_start_date::text, calendar_code,"
            " area_kind || ' ' || area_key, indicator_value from marts.fct_indicator_values"
            " where indicator_value is not null"
        ).fetchall()
    compared = 0
    for one in asked:
        cells = {
            (row["metric_time__day"], row["value__calendar_code"], row["area"]): Decimal(cell)
            for row in found
            if (cell := row[metric_name(one)]) is not None
        }
        wanted = {tuple(row[1:4]): row[4] for row in rows if row[0] == one.code}
        assert {key: round(value, 6) for key, value in cells.items()} == wanted, one.code
        compared += bool(wanted)
    assert compared > 5


@pytest.mark.parametrize("group_by", [[], ["metric_time__year", "value__calendar_code", "area"]])
def test_a_stored_value_is_not_told_for_other_groups(
    published: Settings, group_by: list[str]
) -> None:
    with pytest.raises(ConfigurationError, match="insurance_coverage_pct: it is not added up"):
        query(published, Asked(["insurance_coverage_pct"], group_by))


def test_the_database_refuses_to_merge_stored_values_whoever_asks(published: Settings) -> None:
    asked = ["query", "--metrics", "insurance_coverage_pct", "--group-by", "metric_time__year"]
    done = run_mf(published, asked)
    assert done.returncode == 1
    assert "stored values would be merged: group by metric_time" in done.stdout


def test_closed_figures_are_in_no_answer(published: Settings) -> None:
    """Days in beds are counted by senders with closed dossiers among the others."""
    with engine(published, OWNER).connect() as connection:
        closed = connection.execute(
            text(
                "select count(*) from closed.fct_indicator_components"
                " where indicator_code = 'BED_OCCUPANCY_ACTUAL_PCT'"
            )
        ).scalar_one()
    assert closed
    asked = Asked(["bed_occupancy_actual_pct"], ["facility", "metric_time__month"])
    assert not query(published, asked).rows
    shown = run_mf(published, ["query", "--explain", "--metrics", "bed_occupancy_actual_pct"])
    assert '"marts"."fct_indicator_components"' in shown.stdout


def test_who_sees_nothing_is_told_nothing(published: Settings) -> None:
    """The answer is that of the reader's login, whose scope is taken away for the moment."""
    asked = Asked(["transfer_out_pct"], ["metric_time__month"])
    assert query(published, asked).rows
    revoke_scope(published, "bi_reader", "test")
    try:
        assert not query(published, asked).rows
    finally:
        grant_scope(published, "bi_reader", "test")


def test_a_name_that_nobody_knows_is_told(published: Settings) -> None:
    with pytest.raises(ConfigurationError, match="no answer: Got error") as told:
        query(published, Asked(["transfer_out_pct"], ["facility__colour"]))
    assert "github.com" not in str(told.value)
    assert "metricflow.log" not in str(told.value)


def test_the_configuration_is_valid_and_lists_every_indicator(published: Settings) -> None:
    checked = run_mf(published, ["validate-configs"])
    assert checked.returncode == 0, checked.stdout
    assert "ERRORS: 0, FUTURE_ERRORS: 0, WARNINGS: 0" in checked.stdout
    listed = run_mf(published, ["list", "metrics"])
    assert not [one.code for one in indicators() if f"• {metric_name(one)}:" not in listed.stdout]


def test_the_command_answers_as_rows_and_as_json(
    published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("health_warehouse.commands.metrics.get_settings", lambda: published)
    options = ["--metrics", "transfer_out_pct", "--group-by", "facility__province__province_code"]
    command = ["metrics", "query", *options, "--order", "-metric_time__month", "--limit", "1"]
    command[5] += ", metric_time__month"
    shown = CliRunner().invoke(cli.app, command)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.split()[:2] == ["metric_time__month", "facility__province__province_code"]
    rows = json.loads(CliRunner().invoke(cli.app, [*command, "--json"]).stdout)
    assert len(rows) == 1
    assert rows[0].keys() == {*shown.stdout.split()[:3]}
    filtered = "{{ Dimension('facility__facility_id') }} = 'none'"
    nothing = CliRunner().invoke(cli.app, [*command, "--where", filtered])
    assert "(no row)" in nothing.stdout


def test_there_is_nothing_to_ask_before_the_first_release(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="nothing is published yet"):
        query(settings, Asked(["transfer_out_pct"]))
