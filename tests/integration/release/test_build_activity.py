"""Transfers by level, beds, private shares and the comparison with monthly reports follow claims,
registry and reports, whichever comes last.

Each chapter is built as an increment; in the end increments have given what a full build gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from build_steps import Rows, candidate, note_published
from claim_ledger import Dossier, Ledger
from feed_steps import deliver_rows, rows_of
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from rows_of_lists import GOOD

_HERE, _ABOVE = "96001", "96002"
_REGISTERED = GOOD["facility_registry"]
_NOTHING = {
    name: "0"
    for name, value in GOOD["hospital_activity_month"].items()
    if value.isdigit() and "beds" not in name and name != "facility_code"
}
_DID = {
    "visits_total": "1", "visits_insured": "1", "inpatients_insured": "3", "admissions": "3",
    "bed_days": "6", "discharges": "3", "transfers_out_inpatient": "1",
}  # fmt: skip
MARTS = (
    "fct_transfers", "rpt_transfer_months", "rpt_bed_months", "rpt_concordance_months",
    "rpt_private_shares",
)  # fmt: skip
_WAYS = """
select from_level_code, to_level_code, direction_code, sum(transfer_count)::integer
from candidate.rpt_transfer_months where audience = 'open' group by 1, 2, 3
"""
_GAPS = """
select figure_code, claims_count, report_count from candidate.rpt_concordance_months
where audience = 'hiv' and facility_id = '96001' and month_start_date = '2026-05-01'
    and gap_count <> 0
order by 1
"""
_BEDS = """
select claimed_inpatient_days, reported_inpatient_days, actual_bed_count
from candidate.rpt_bed_months where audience = 'hiv' and facility_id = '96001'
    and month_start_date = '2026-05-01'
"""
_SHARES = """
select month_start_date::text, private_facility_count, private_reporting_count, private_visit_count
from candidate.rpt_private_shares order by 1
"""


def _report(**figures: str) -> dict[str, Any]:
    return GOOD["hospital_activity_month"] | _NOTHING | _DID | figures


def _registry(settings: Settings, day: str, **of_sender: str) -> None:
    above = {
        "facility_code": _ABOVE, "ownership": "private", "beds_planned": "",
        "professional_level": "specialised", "level_points": "80",
    }  # fmt: skip
    deliver_rows(
        settings,
        f"facility_registry/facility_registry_{day}.jsonl",
        [{**_REGISTERED, **of_sender}, {**_REGISTERED, **above}],
    )


@dataclass(frozen=True)
class Told:
    """What the marts tell after a chapter."""

    ways: list[tuple[Any, ...]]
    gaps: list[tuple[Any, ...]]
    beds: list[tuple[Any, ...]]
    shares: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Story:
    told: list[Told]
    incremental: dict[str, Rows]
    full: dict[str, Rows]


@pytest.fixture(scope="module")
def story(module_released: Settings) -> Story:
    settings, ledger = module_released, Ledger(module_released)
    told = []

    def turn() -> None:
        built = build(settings)
        assert not built.is_full
        note_published(settings, built)
        told.append(Told(*(_asked(settings, query) for query in (_WAYS, _GAPS, _BEDS, _SHARES))))

    sent = {"ma_loai_rv": "2", "ma_noi_den": _ABOVE}
    outside = {"ma_loai_kcb": "01", "ngay_ra": "202605010900"}
    ledger.deliver(_HERE, Dossier("sent", "A", sent), Dossier("inside", "B"))
    ledger.deliver(_HERE, Dossier("closed", "C", {"ma_benh_chinh": "B24"}))
    ledger.deliver(_HERE, Dossier("outside", "D", outside))
    turn()  # claims alone
    _registry(settings, "20260531")
    deliver_rows(settings, "hospital_activity_month/96001_202605.jsonl", [_report()])
    turn()  # the lists come
    late = Dossier("late", "E", outside)
    ledger.deliver(_HERE, late, Dossier("inside", "B", {"ngay_ra": "202605040900"}))
    turn()  # claims come late, and are corrected
    _registry(settings, "20260630", professional_level="specialised", level_points="75",
              beds_actual="120")  # fmt: skip
    deliver_rows(
        settings,
        "hospital_activity_month/96001_202605_again.jsonl",
        [_report(visits_total="2", visits_insured="2", bed_days="7")],
    )
    deliver_rows(
        settings,
        "hospital_activity_month/96002_202606.jsonl",
        [_report(facility_code=_ABOVE, month="2026-06", visits_total="9", visits_insured="9")],
    )
    turn()  # lists are corrected, and another one reports
    incremental = candidate(settings)
    build(settings, full=True)
    return Story(told, incremental, candidate(settings))


def _asked(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rows_of(settings, query)]


def test_levels_are_those_that_the_registry_says_at_last(story: Story) -> None:
    assert [told.ways for told in story.told] == [
        [("(unknown)", "(unknown)", "unknown", 1)],
        [("basic_50_70", "specialised", "up", 1)],
        [("basic_50_70", "specialised", "up", 1)],
        [("specialised", "specialised", "same", 1)],
    ]


def test_claims_and_report_agree_again_when_either_is_corrected(story: Story) -> None:
    assert [told.gaps for told in story.told] == [
        [],
        [],
        [("inpatient_days", 7, 6), ("insured_visits", 2, 1)],
        [],
    ]


def test_beds_are_of_the_last_day_of_the_month(story: Story) -> None:
    assert [told.beds for told in story.told] == [
        [(6, None, None)],
        [(6, 6, 90)],
        [(7, 6, 90)],
        [(7, 7, 120)],
    ]


def test_a_private_share_says_who_reported(story: Story) -> None:
    assert [told.shares for told in story.told] == [
        [],
        [("2026-05-01", 1, 0, 0)],
        [("2026-05-01", 1, 0, 0)],
        [("2026-05-01", 1, 0, 0), ("2026-06-01", 1, 1, 9)],
    ]


@pytest.mark.parametrize("mart", MARTS)
def test_increments_give_what_a_full_build_gives(story: Story, mart: str) -> None:
    assert story.incremental[mart] == story.full[mart]
    assert story.full[mart]
