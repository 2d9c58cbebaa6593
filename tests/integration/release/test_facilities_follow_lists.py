"""Facilities as registry, stations and claims tell of them, while lists come late and change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from build_steps import Rows, candidate
from claim_ledger import Dossier, Ledger
from feed_steps import JUNE, deliver_rows, rows_of
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from rows_of_lists import GOOD, POINT

_MARTS = ("dim_facilities", "dim_facility_periods")
_REGISTRY = GOOD["facility_registry"]


@dataclass(frozen=True)
class Story:
    """What readers see of facilities after each chapter."""

    first: dict[str, Any]
    kept_by_claims: bool
    corrected: dict[str, Any]
    periods: list[tuple[Any, ...]]
    by_increment: dict[str, Rows]
    anew: dict[str, Rows]
    closed: set[str]


def _publish(settings: Settings) -> None:
    newest = build(settings)
    audit(settings, newest.build_id)
    publish(settings, newest.build_id)


def _facilities(settings: Settings) -> dict[str, Any]:
    query = "select * from marts.dim_facilities"
    return {one.facility_id: one for one in rows_of(settings, query)}


def _list_marks(settings: Settings) -> list[Any]:
    return rows_of(
        settings,
        "select facility_id, xmin::text from intermediate.int_facilities__listed order by 1",
    )


@pytest.fixture(scope="module")
def story(module_released: Settings) -> Story:
    settings = module_released
    ledger = Ledger(settings)
    ledger.deliver("96001", Dossier("a"), Dossier("b", header={"ma_benh_chinh": "B20"}))
    ledger.deliver("97001", Dossier("c"))
    ledger.deliver("97002", Dossier("closed", header={"ma_benh_chinh": "B20"}))
    others = [{**_REGISTRY, "facility_code": f"9600{number}"} for number in range(2, 9)]
    first = {**_REGISTRY, "parent_code": "96009", "old_tier": "3"}
    deliver_rows(settings, "facility_registry/registry_20260531.jsonl", [first, *others])
    station = GOOD["commune_station"]
    deliver_rows(settings, "commune_station/stations.jsonl", [station, {**station, **POINT}])
    _publish(settings)
    seen_first, marks = _facilities(settings), _list_marks(settings)

    ledger.deliver("96001", Dossier("d"))
    _publish(settings)
    kept_by_claims = marks == _list_marks(settings)

    # the same day, corrected: another tier from 2 May, and 96008 was none
    corrected = [
        {**first, "valid_to": "20260501"},
        {**first, "valid_from": "20260502", "old_tier": "2"},
        *others[:-1],
    ]
    deliver_rows(
        settings,
        "facility_registry/corrected_20260531.jsonl",
        corrected,
        JUNE + timedelta(days=1),
    )
    _publish(settings)
    periods = rows_of(
        settings,
        "select valid_from::text, valid_to::text, is_known, old_tier_code"
        " from marts.dim_facility_periods where facility_id = '96001' order by 1",
    )
    by_increment = candidate(settings)
    build(settings, full=True)
    return Story(
        first=seen_first,
        kept_by_claims=kept_by_claims,
        corrected=_facilities(settings),
        periods=[tuple(row) for row in periods],
        by_increment=by_increment,
        anew=candidate(settings),
        closed={
            one.facility_id
            for one in rows_of(settings, "select facility_id from closed.dim_facilities")
        },
    )


def test_a_listed_facility_is_there_though_it_sends_nothing(story: Story) -> None:
    silent = story.first["96002"]
    assert (silent.is_listed, silent.is_silent, silent.known_through_date) == (True, True, None)
    assert silent.facility_kind_code == "hospital_general"


def test_a_facility_of_claims_alone_is_there_without_attributes(story: Story) -> None:
    sending = story.first["97001"]
    assert (sending.is_listed, sending.is_silent, sending.beds_actual) == (False, False, None)
    assert sending.facility_name == "97001"


def test_what_is_known_of_a_facility_by_closed_dossiers_alone_is_closed(story: Story) -> None:
    assert "97002" not in story.first
    assert {"97002", "96001", "96002"} <= story.closed


def test_units_above_lead_to_rows(story: Story) -> None:
    facilities = story.first
    assert facilities["96001"].parent_facility_key == facilities["96009"].facility_key
    assert not facilities["96009"].is_listed
    point = facilities["96101.01"]
    assert point.reporting_parent_facility_key == facilities["96101"].facility_key
    assert point.facility_kind_code == "station_point"


def test_the_unknown_facility_is_a_row(story: Story) -> None:
    assert not story.first["(unknown)"].is_known


def test_a_day_of_claims_leaves_what_lists_made(story: Story) -> None:
    assert story.kept_by_claims


def test_a_corrected_registry_changes_periods_and_takes_away(story: Story) -> None:
    assert story.periods == [
        ("0001-01-01", "2025-08-01", False, None),
        ("2025-08-01", "2026-05-02", True, "3"),
        ("2026-05-02", None, True, "2"),
    ]
    assert story.corrected["96001"].old_tier_code == "2"
    assert "96008" in story.first
    assert "96008" not in story.corrected


@pytest.mark.parametrize("mart", _MARTS)
def test_increments_give_what_a_full_build_gives(story: Story, mart: str) -> None:
    assert story.by_increment[mart] == story.anew[mart]
