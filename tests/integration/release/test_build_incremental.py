"""An increment after a crash: the candidate is always what a full build would make."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from build_steps import MARTS, Rows, candidate, kill_builder_in, note_published, row_versions
from claim_ledger import PAPERS, Dossier, Ledger
from health_warehouse.database.connections import engine
from health_warehouse.release.build import Build, build
from health_warehouse.release.pending import pending_changes
from health_warehouse.settings import Settings

# What no delivery of the story changes: the calendar, the reference lists, who ordered.
UNMOVED = {
    "bridge_atoms_periods",
    "dim_age_groups",
    "dim_areas",
    "dim_atoms",
    "dim_code_lists",
    "dim_communes",
    "dim_dates",
    "dim_indicator_targets",
    "dim_indicators",
    "dim_periods",
    "dim_practitioners",
    "dim_provinces",
}
OF_REPORTS = {"rpt_concordance_months", "rpt_private_shares"}
"""Empty without monthly reports; `test_build_activity` compares them."""


@dataclass(frozen=True)
class Story:
    """What the candidate held after each chapter. Told once, for each chapter is a few dbt runs."""

    first: dict[str, Rows]
    after_crash: dict[str, Rows]
    increment: Build
    rebuilt: dict[str, Rows]
    untouched_before: dict[str, Rows]
    untouched_after: dict[str, Rows]
    pending: list[int]
    steps: list[str]
    models: set[str]


@pytest.fixture(scope="module")
def story(module_settings: Settings) -> Story:
    settings = module_settings
    ledger = Ledger(settings)
    pending = [pending_changes(settings)]
    _first_deliveries(ledger)
    pending.append(pending_changes(settings))
    steps: list[str] = []
    note_published(settings, build(settings, progress=steps.append))
    first = candidate(settings)
    pending.append(pending_changes(settings))

    _changes_half_built_by_a_killed_builder(ledger)
    kill_builder_in(settings, "candidate.fct_claim_lines")
    _changes_on_top(ledger)
    increment = build(settings)
    after_crash = candidate(settings)
    note_published(settings, increment)

    untouched_before = row_versions(settings)
    build(settings)
    untouched_after = row_versions(settings)

    build(settings, full=True)
    return Story(
        first=first,
        after_crash=after_crash,
        increment=increment,
        rebuilt=candidate(settings),
        untouched_before=untouched_before,
        untouched_after=untouched_after,
        pending=pending,
        steps=steps,
        models=_recorded_models(settings, increment),
    )


def _recorded_models(settings: Settings, of: Build) -> set[str]:
    query = text("select model from ops.model_runs where build_id = :id and status = 'success'")
    with engine(settings, "transformer").connect() as connection:
        return set(connection.execute(query, {"id": of.build_id}).scalars())


def _first_deliveries(ledger: Ledger) -> None:
    ledger.deliver(
        "01001",
        Dossier("stays", check_in={"ngay_vao": "202605010730"}),
        Dossier("replaced", person="B", drugs=[{"ma_thuoc": "only here"}], check_in={}),
        Dossier("withdrawn", person="C", header={"ma_benh_chinh": "B20"}, papers=PAPERS),
        Dossier("moves month", person="A", header={"ngay_ra": "202606010000"}, papers=PAPERS),
        Dossier("quarantined", verdict="quarantined", check_in={}),
        Dossier("unchanged"),
        Dossier("unchanged, too", check_in={}),
    )
    ledger.deliver("01002", Dossier("stays"), Dossier("withdrawn later", person="B", check_in={}))
    ledger.check_in("01002", {"stays": {}, "comes later": {}})
    ledger.deliver("01003", Dossier("the only one", person="D"))


def _changes_half_built_by_a_killed_builder(ledger: Ledger) -> None:
    ledger.deliver(
        "01001",
        Dossier("replaced", person="E", drugs=[{"ma_thuoc": "between"}, {}]),
        Dossier("withdrawn", is_withdrawal=True),
        Dossier(
            "moves month",
            header={"ngay_ra": "202607010000", "gioi_tinh": "2", "ma_benh_kt": "Z21;I10"},
            papers=PAPERS,
        ),
        Dossier("new", header={"ma_benh_chinh": None, "ngay_ra": "garbage"}, services=[]),
    )
    ledger.deliver("01003", Dossier("the only one", is_withdrawal=True))
    # of dossiers that do not change
    ledger.check_in("01002", {"stays": {"ngay_vao": "202605010800"}})
    ledger.check_in("01001", {"unchanged": {"ten_thuoc": "Dolutegravir"}, "unchanged, too": {}})


def _changes_on_top(ledger: Ledger) -> None:
    ledger.deliver(
        "01001",
        Dossier("replaced", person="B", drugs=[], services=[{"ma_vat_tu": "V1", "ma_nhom": "10"}]),
        Dossier("stays", verdict="quarantined", header={"t_bhtt": "1"}),
    )
    ledger.deliver("01002", Dossier("withdrawn later", is_withdrawal=True))
    ledger.deliver("01002", Dossier("comes later"))
    ledger.check_in("01002", {"stays": {"ngay_vao": "202605010845"}})
    ledger.check_in("01001", {"unchanged, too": None})
    ledger.deliver(
        "01004", Dossier("stays", person="C", header={"ngay_ra": "209912310000"}, drugs=[{}] * 30)
    )


@pytest.mark.parametrize("mart", MARTS)
def test_increments_and_a_crash_give_what_a_full_build_gives(story: Story, mart: str) -> None:
    assert story.after_crash[mart] == story.rebuilt[mart]
    assert bool(story.rebuilt[mart]) == (mart not in OF_REPORTS)


def test_the_story_changes_what_it_compares(story: Story) -> None:
    changed = {mart for mart in MARTS if story.first[mart] != story.rebuilt[mart]}

    assert changed == set(MARTS) - UNMOVED - OF_REPORTS
    assert not story.increment.is_full


def test_what_nobody_uses_any_more_disappears(story: Story) -> None:
    def absent(mart: str, word: str) -> bool:
        return not any(word in row for row in story.after_crash[mart])

    assert any("01003" in row for row in story.first["dim_facilities"])
    assert absent("dim_facilities", "01003")
    assert absent("rpt_facility_months", "01003")
    assert absent("dim_diagnoses", "B20")
    assert absent("dim_items", "only here")
    assert absent("dim_items", "between")
    assert absent("fct_encounters", "withdrawn")


@pytest.mark.parametrize("mart", MARTS)
def test_a_build_without_changes_writes_no_row(story: Story, mart: str) -> None:
    assert story.untouched_before[mart] == story.untouched_after[mart]


def test_pending_changes_are_the_dossiers_changed_since_the_release(story: Story) -> None:
    assert story.pending == [0, 9, 0]


def test_progress_and_models_are_told(story: Story) -> None:
    assert story.steps[0] == "build 1 opened (nothing is published yet)"
    begun = {step.rpartition(".")[2] for step in story.steps[1:]}
    assert set(MARTS) <= begun
    assert set(MARTS) <= story.models


def test_an_increment_makes_no_view_anew(story: Story) -> None:
    assert not [name for name in story.models if name.startswith(("stg_", "ref_"))]
    assert not [name for name in story.models if name.endswith("_conformed")]
