"""Rules of lists beside other lists, months and reference data: just good and just bad."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from build_steps import note_published
from expectations import registry
from feed_steps import deliver_rows, rows_of
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from rows_of_lists import GOOD

JULY = datetime(2026, 7, 3, 3, tzinfo=UTC)
Rows = list[dict[str, Any]]


def _rows(feed: str, *changes: dict[str, Any]) -> Rows:
    return [{**GOOD[feed], **one} for one in changes]


def _lists(settings: Settings, **feeds: Rows) -> None:
    for feed, rows in feeds.items():
        deliver_rows(settings, f"{feed}/{feed}_20260630.jsonl", rows, JULY)


def _found(settings: Settings) -> set[tuple[str, int]]:
    """Rules by hand and the positions at which they found something."""
    note_published(settings, build(settings))
    mine = [one.rule.id for one in registry.OF_LISTS]
    return {
        (rule, position)
        for rule, position in rows_of(
            settings,
            "select rule_id, position from quarantine.relation_findings where rule_id = any(:mine)",
            mine=mine,
        )
    }


def test_the_registry(settings: Settings) -> None:
    known = {"gln_code": "8930000000002"}  # 10 - (8·1 + 9·3 + 3·1) % 10 = 2
    _lists(
        settings,
        facility_registry=_rows(
            "facility_registry",
            known,
            {"facility_code": "96002", "gln_code": "8930000000003"},  # another check digit
            {"facility_code": "96003", **known},  # of 96001
            {"facility_code": "96004", "province_code": "95"},
            {"facility_code": "96005", "valid_from": "20250801", "valid_to": "20251231"},
            {"facility_code": "96005", "valid_from": "20260101"},
            {"facility_code": "96006", "valid_from": "20250801", "valid_to": "20251230"},
            {"facility_code": "96006", "valid_from": "20260101"},
            # malformed alike: other rules say so
            {"facility_code": "96007", "gln_code": "893"},
            {"facility_code": "96008", "gln_code": "893"},
        ),
    )
    # a facility that has got another code keeps its id: another list
    deliver_rows(
        settings,
        "facility_registry/facility_registry_20260531.jsonl",
        _rows("facility_registry", {"facility_code": "96009", **known}),
        JULY,
    )
    assert _found(settings) == {
        ("facility_registry.gln_digit", 2),
        ("facility_registry.gln_once", 1),
        ("facility_registry.gln_once", 3),
        ("facility_registry.commune_of_province", 4),
        ("facility_registry.no_gap", 8),
    }


def test_staff(settings: Settings) -> None:
    people = [
        {"citizen_id": f"0960800{number:05}", "licence_no": f"{number:06}/CM-CCHN"}
        for number in range(51)
    ]
    _lists(
        settings,
        facility_registry=_rows(
            "facility_registry",
            {},
            {"facility_code": "96002", "ownership": "private", "beds_planned": "",
             "beds_registered": "50"},
        ),
        workforce=_rows(
            "workforce",
            *people,
            {"citizen_id": "096080099999", "licence_no": "000001/CM-CCHN",
             "employment_kind": "owner"},
        ),
        posts=_rows(
            "posts",
            {"approved_posts": "40", "filled_posts": "40"},
            {"occupation": "midwife", "filled_posts": "10"},  # 50 of 51, within 1.02
            {"facility_code": "96002", "approved_posts": "1", "filled_posts": "0"},
            {"facility_code": "96002", "occupation": "midwife", "approved_posts": "0",
             "filled_posts": "0"},
        ),
        rotation=_rows(
            "rotation",
            {"planned_end": "20260708"},  # 28 days
            {"planned_end": "20260707", "citizen_id": "096080000002"},
            {"planned_end": "20270611", "citizen_id": "096080000003"},  # 366
            {"planned_end": "20270612", "citizen_id": "096080000004"},
        ),
    )  # fmt: skip
    assert _found(settings) == {
        ("workforce.one_licence_one_person", 2),
        ("workforce.one_licence_one_person", 52),
        ("posts.of_public_facilities", 3),
        ("rotation.term", 2),
        ("rotation.term", 4),
    }
    _lists(settings, posts=_rows("posts", {"occupation": "midwife", "filled_posts": "9"}))
    assert {
        ("posts.as_workforce", 1),
    } <= _found(settings)  # 49 of 51


def _people(commune: str, men: int, women: int, together: int | None = None) -> Rows:
    of = {"commune_code": commune}
    return _rows(
        "population",
        {**of, "population": str(men)},
        {**of, "sex": "2", "population": str(women)},
        {**of, "sex": "T", "population": str(men + women if together is None else together)},
    )


def test_people(settings: Settings) -> None:
    _lists(
        settings,
        population=[
            *_people("31825", 11500, 10000),
            *_people("31834", 11600, 10000),
            *_people("31840", 9000, 10000, together=19001),
        ],
        insurance_membership=[
            *_rows(
                "insurance_membership",
                {"members": "22575", "registered_here": "1"},  # 105 % of 21,500
                {"commune_code": "31834", "members": "22681", "registered_here": "1"},
                {"members": "20524", "registered_here": "1", "as_of_date": "20260430"},
                {"commune_code": "31834", "members": "20600", "registered_here": "1",
                 "as_of_date": "20260430"},
            ),
        ],
        commune_station=_rows(
            "commune_station",
            {"population_served": "22575"},  # 105 % of 21,500
            {"unit_code": "96102", "commune_code": "31834", "population_served": "22681"},
        ),
    )  # fmt: skip
    assert _found(settings) == {
        ("population.sex_ratio", 4),
        ("population.total_of_sexes", 9),
        ("insurance_membership.of_population", 2),
        ("insurance_membership.month_on_month", 2),
        ("commune_station.population_served", 2),
    }


@pytest.mark.parametrize(("visits", "is_found"), [(500, False), (499, True)])
def test_the_monthly_report(settings: Settings, visits: int, is_found: bool) -> None:
    payers = {"visits_total": str(visits), "visits_insured": str(visits), "visits_self_pay": "0",
              "visits_free": "0"}  # fmt: skip
    _lists(
        settings,
        facility_registry=_rows("facility_registry", {}, {"facility_code": "96002"}),
        hospital_activity_month=_rows(
            "hospital_activity_month",
            {},
            {**payers, "month": "2026-06"},
            {"facility_code": "96002", "beds_planned": "101"},
        ),
    )
    wanted = {("hospital_activity_month.beds_as_registered", 3)}
    if is_found:
        wanted.add(("hospital_activity_month.month_on_month", 2))
    assert _found(settings) == wanted
