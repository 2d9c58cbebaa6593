"""Facilities as registry, stations and claims tell of them, while lists come late and change."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from build_steps import Rows, candidate, row_versions
from claim_ledger import Dossier, Ledger
from feed_steps import deliver_rows, rows_of
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from rows_of_lists import GOOD, POINT

_MARTS = ("dim_facilities", "dim_facility_periods", "fct_encounters", "rpt_facility_months")
_REGISTRY = GOOD["facility_registry"]
_JULY = datetime(2026, 7, 3, 3, tzinfo=UTC)
_FIRST, _LAST = date(2025, 8, 1), date(2026, 9, 30)
_TOTALS = """
select {tier} as tier, count(*) as encounters, sum(billed_amount_vnd)::text as amount
from marts.fct_encounters as encounter {join} group by 1
"""
_AS_WAS = _TOTALS.format(
    tier="period.old_tier_code",
    join="inner join marts.dim_facility_periods as period"
    " using (facility_key, facility_period_key)",
)
_AS_IS = _TOTALS.format(
    tier="facility.old_tier_code",
    join="inner join marts.dim_facilities as facility using (facility_key)",
)


@dataclass(frozen=True)
class Story:
    """What readers see of facilities after each chapter."""

    first: dict[str, Any]
    kept_by_claims: bool
    unchanged_list: Counter[str]
    corrected: dict[str, Any]
    periods: list[tuple[Any, ...]]
    rewritten: Counter[str]
    published: dict[str, int]
    as_was: dict[str | None, tuple[int, str]]
    as_is: dict[str | None, tuple[int, str]]
    random_days: dict[tuple[str, date], Any]
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


def _rewritten(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> Counter[str]:
    """How many rows of the candidate were written, by mart."""
    return Counter({mart: (after[mart] - before[mart]).total() for mart in _MARTS[2:]})


def _lives(rolled: random.Random) -> list[dict[str, Any]]:
    """Two rows of each of some facilities, which may overlap, leave gaps or say the same."""
    rows = []
    for number in range(10, 22):
        for start in sorted(rolled.sample(range(300), 2)):
            begins = _FIRST + timedelta(days=start)
            ends = begins + timedelta(days=rolled.randrange(200))
            rows.append(
                {
                    **_REGISTRY,
                    "facility_code": f"960{number}",
                    "beds_actual": rolled.choice(("90", "91")),
                    "valid_from": f"{begins:%Y%m%d}",
                    "valid_to": rolled.choice(("", f"{ends:%Y%m%d}")),
                }
            )
    return rows


def _by_day(lists: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[tuple[str, date, int | None]]:
    """The beds of each facility on each day by lists, the newest first: what the newest says that
    speaks of the day, of two of its rows the later one."""
    codes = sorted({row["facility_code"] for rows in lists for row in rows})
    for code in codes:
        for number in range((_LAST - _FIRST).days + 1):
            day = _FIRST + timedelta(days=number)
            said = [
                sorted(
                    (row["valid_from"], row["beds_actual"])
                    for row in rows
                    if row["facility_code"] == code
                    and row["valid_from"] <= f"{day:%Y%m%d}" <= (row["valid_to"] or "99991231")
                )
                for rows in lists
            ]
            newest = next((one for one in said if one), None)
            yield code, day, int(newest[-1][1]) if newest else None


def _totals(settings: Settings, query: str) -> dict[str | None, tuple[int, str]]:
    return {row.tier: (row.encounters, row.amount) for row in rows_of(settings, query)}


_RANDOM = random.Random(20)
_LIVES_OF_MAY, _LIVES_OF_JUNE = _lives(_RANDOM), _lives(_RANDOM)


@pytest.fixture(scope="module")
def story(module_released: Settings) -> Story:
    settings = module_released
    ledger = Ledger(settings)
    later = {"ngay_vao": "202606010800", "ngay_ra": "202606030800"}
    ledger.deliver(
        "96001",
        Dossier("a"),
        Dossier("b", header={"ma_benh_chinh": "B20"}),
        Dossier("second of May", header={"ngay_vao": "202605020000"}),
        Dossier("June", person="B", header=later),
        Dossier("unknown day", person="C", header={"ngay_vao": "garbage"}),
    )
    ledger.deliver("97001", Dossier("c"))
    ledger.deliver("97002", Dossier("closed", header={"ma_benh_chinh": "B20"}))
    others = [{**_REGISTRY, "facility_code": f"9600{number}"} for number in range(2, 9)]
    first = {**_REGISTRY, "parent_code": "96009", "old_tier": "3"}
    may = [first, *others, *_LIVES_OF_MAY]
    deliver_rows(settings, "facility_registry/registry_20260531.jsonl", may)
    station = GOOD["commune_station"]
    deliver_rows(settings, "commune_station/stations.jsonl", [station, {**station, **POINT}])
    _publish(settings)
    seen_first, marks = _facilities(settings), _list_marks(settings)

    ledger.deliver("96001", Dossier("d"))
    _publish(settings)
    kept_by_claims = marks == _list_marks(settings)

    # another month: the same of 96001 to 96007, and 96008 is named no more
    before = row_versions(settings)
    june = [first, *others[:-1], *_LIVES_OF_JUNE]
    deliver_rows(settings, "facility_registry/registry_20260630.jsonl", june, _JULY)
    _publish(settings)
    unchanged_list = _rewritten(before, row_versions(settings))

    # May and June corrected: another tier from 2 May, and 96008 was none. Two builds, of which the
    # first is not published.
    before = row_versions(settings)
    second = {**first, "valid_from": "20260502", "old_tier": "2"}
    changed = [{**first, "valid_to": "20260501"}, second, *others[:-1]]
    for month, lives in (("20260531", _LIVES_OF_MAY), ("20260630", _LIVES_OF_JUNE)):
        deliver_rows(
            settings,
            f"facility_registry/corrected_{month}.jsonl",
            [*changed, *lives],
            _JULY + timedelta(days=1),
        )
    build(settings)
    rewritten = _rewritten(before, row_versions(settings))
    ledger.deliver("97001", Dossier("e"))
    _publish(settings)
    [release] = rows_of(
        settings, "select rows_inserted from ops.releases order by release_id desc limit 1"
    )
    periods = rows_of(
        settings,
        "select valid_from::text, valid_to::text, is_known, old_tier_code"
        " from marts.dim_facility_periods where facility_id = '96001' order by 1",
    )
    days = rows_of(
        settings,
        "select facility_id, day::date as day, beds_actual from marts.dim_facility_periods"
        " cross join lateral generate_series(greatest(valid_from, :first),"
        " least(valid_to - 1, :last), interval '1 day') as day"
        " where facility_id between '96010' and '96021'",
        first=_FIRST,
        last=_LAST,
    )
    as_was, as_is = _totals(settings, _AS_WAS), _totals(settings, _AS_IS)
    by_increment = candidate(settings)
    build(settings, full=True)
    return Story(
        first=seen_first,
        kept_by_claims=kept_by_claims,
        unchanged_list=unchanged_list,
        corrected=_facilities(settings),
        periods=[tuple(row) for row in periods],
        rewritten=rewritten,
        published=release.rows_inserted,
        as_was=as_was,
        as_is=as_is,
        random_days={(row.facility_id, row.day): row.beds_actual for row in days},
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


def test_a_list_that_says_the_same_rewrites_no_encounter(story: Story) -> None:
    assert story.unchanged_list == {"fct_encounters": 0, "rpt_facility_months": 0}


def test_a_corrected_registry_changes_periods_and_takes_away(story: Story) -> None:
    assert story.periods == [
        ("0001-01-01", "2025-08-01", False, None),
        ("2025-08-01", "2026-05-02", True, "3"),
        ("2026-05-02", None, True, "2"),
    ]
    assert story.corrected["96001"].old_tier_code == "2"
    assert "96008" in story.first
    assert "96008" not in story.corrected


def test_a_corrected_tier_rewrites_the_encounters_of_its_days_and_no_other(story: Story) -> None:
    """Those of 2 May and of June, of six; the months that end behind 2 May, for two audiences."""
    assert story.rewritten == {"fct_encounters": 2, "rpt_facility_months": 3}


def test_what_a_build_recut_that_nobody_published_is_published_by_the_next(story: Story) -> None:
    assert story.published["fct_encounters"] == 3, "and the one of 97001"


def test_totals_are_the_same_as_was_and_as_is_and_lie_elsewhere(story: Story) -> None:
    def total(of: Mapping[str | None, tuple[int, str]]) -> tuple[int, float]:
        return sum(count for count, _ in of.values()), sum(float(vnd) for _, vnd in of.values())

    assert total(story.as_was) == total(story.as_is)
    assert {tier: count for tier, (count, _) in story.as_was.items()} == {"3": 2, "2": 2, None: 3}
    assert {tier: count for tier, (count, _) in story.as_is.items()} == {"2": 5, None: 2}


def test_random_lives_are_what_plain_python_makes_of_the_lists(story: Story) -> None:
    expected = {(code, day): beds for code, day, beds in _by_day([_LIVES_OF_JUNE, _LIVES_OF_MAY])}
    assert len(set(expected.values())) == 3
    assert story.random_days == expected


@pytest.mark.parametrize("mart", _MARTS)
def test_increments_give_what_a_full_build_gives(story: Story, mart: str) -> None:
    assert story.by_increment[mart] == story.anew[mart]
