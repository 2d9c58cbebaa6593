"""What a correction of the project rebuilds: nothing for a text, the changed models for code."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from build_steps import candidate, row_versions
from claim_ledger import Dossier, Ledger
from corrected_project import CorrectedProject
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build, finish, prepare, run_layer
from health_warehouse.release.due import decide, is_up_to_date, situation
from health_warehouse.release.publish import publish
from health_warehouse.release.releases import Release
from health_warehouse.release.steps import LAYERS
from health_warehouse.settings import Settings

_PERSONS, _MONTHS = "models/marts/claims/dim_persons", "models/marts/claims/rpt_facility_months"
_BORN = "latest.birth_year\nfrom persons"
_BORN_LATER = "1 + latest.birth_year as birth_year\nfrom persons"
_DEATHS = "sum(figures.death_count)::integer as death_count"


def _publish(settings: Settings) -> Release:
    newest = build(settings)
    audit(settings, newest.build_id)
    return publish(settings, newest.build_id)


def _one(settings: Settings, query: str) -> object:
    with engine(settings, OWNER).connect() as connection:
        return connection.execute(text(query)).scalar_one()


@pytest.fixture
def project(
    released: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> CorrectedProject:
    """Of a warehouse that published two dossiers."""
    project = CorrectedProject(monkeypatch, tmp_path)
    Ledger(released).deliver("01001", Dossier("a"), Dossier("b"))
    _publish(released)
    assert is_up_to_date(released)
    return project


def test_corrected_texts_rebuild_nothing_and_reach_readers(
    released: Settings, project: CorrectedProject
) -> None:
    before = _one(released, "select max(release_id) from ops.releases")
    corrected = [
        project.correct(f"{_PERSONS}.sql", "-- read twice, it would", "-- Read twice it would"),
        project.correct(f"{_PERSONS}.yml", "One row per person with", "One row per human with"),
    ]
    due = decide(situation(released), full=False, by_person=False)
    steps: list[str] = []

    newest = build(released, progress=steps.append)
    audit(released, newest.build_id)
    release = publish(released, newest.build_id)

    assert (due.is_due, due.reason) == (
        True,
        f"changed since the last build: {', '.join(corrected)}",
    )
    assert (newest.is_full, newest.reason, newest.texts) == (False, None, ", ".join(corrected))
    assert steps[1] == f"no model makes other rows: {', '.join(corrected)}"
    assert not [step for step in steps if "view" in step or "seed" in step]
    assert release.release_id == before, "nothing was published"
    comment = _one(released, "select obj_description('marts.dim_persons'::regclass)")
    assert str(comment).startswith("One row per human with")
    assert is_up_to_date(released)
    assert build(released).texts is None, "it is said once"


def test_a_changed_model_is_made_anew_and_the_others_by_increment(
    released: Settings, project: CorrectedProject
) -> None:
    born = "select min(birth_year) from marts.dim_persons"
    before, born_before = row_versions(released), _one(released, born)
    assert isinstance(born_before, int)
    text_file = project.correct(f"{_MONTHS}.yml", "One row per", "One row for each")
    model = project.correct(f"{_PERSONS}.sql", _BORN, _BORN_LATER)
    Ledger(released).deliver("01002", Dossier("c"))

    newest = build(released)

    assert newest.is_full
    assert newest.reason == f"changed: {model}, {text_file}; other rows in dim_persons"
    after = row_versions(released)
    kept = {mart for mart in before if before[mart] and before[mart] <= after[mart]}
    assert {"fct_encounters", "fct_claim_lines", "dim_dates", "rpt_facility_months"} <= kept
    assert before["dim_persons"]
    assert not before["dim_persons"] & after["dim_persons"]
    report = audit(released, newest.build_id)
    assert report.status == "passed"
    publish(released, newest.build_id)
    assert _one(released, born) == born_before + 1, "of a person whose dossiers did not change"
    assert _one(released, "select count(*) from marts.fct_encounters") == 3
    assert is_up_to_date(released)

    parts = candidate(released)
    build(released, full=True)
    assert candidate(released) == parts


def test_a_macro_makes_anew_all_that_comes_from_it(
    released: Settings, project: CorrectedProject
) -> None:
    before = row_versions(released)
    model = project.correct("macros/values.sql", "then '60+'", "then '60 +'")
    Ledger(released).deliver("01002", Dossier("c"))

    newest = build(released)

    assert newest.is_full
    assert str(newest.reason).startswith(f"changed: {model}; other rows in ")
    after = row_versions(released)
    assert not before["rpt_morbidity_months"] & after["rpt_morbidity_months"]
    assert before["dim_dates"] == after["dim_dates"]
    parts = candidate(released)
    build(released, full=True)
    assert candidate(released) == parts


def test_layer_by_layer_and_tried_again_it_comes_to_the_same(
    released: Settings, project: CorrectedProject
) -> None:
    """As Airflow does it: a task per layer, and one that failed runs again."""
    project.correct(f"{_PERSONS}.sql", _BORN, _BORN_LATER)
    Ledger(released).deliver("01002", Dossier("c"))

    opened = prepare(released)
    for layer in (*LAYERS, "marts"):
        run_layer(released, opened.build_id, layer)
    done = finish(released, opened.build_id)

    assert (done.status, done.is_full) == ("built", True)
    parts = candidate(released)
    build(released, full=True)
    assert candidate(released) == parts


def test_not_completed_it_is_followed_by_one_that_makes_everything_anew(
    released: Settings, project: CorrectedProject
) -> None:
    project.correct(f"{_PERSONS}.sql", _BORN, _BORN_LATER)
    opened = prepare(released)
    for layer in LAYERS:
        run_layer(released, opened.build_id, layer)  # and the process was killed
    project.correct(f"{_PERSONS}.sql", _BORN_LATER, _BORN)
    before = row_versions(released)

    newest = build(released)

    assert newest.reason == "the last full build was not completed"
    after = row_versions(released)
    assert not [mart for mart in before if before[mart] & after[mart]]
    audit(released, newest.build_id)
    born = _one(released, "select min(birth_year) from marts.dim_persons")
    publish(released, newest.build_id)
    assert _one(released, "select min(birth_year) from marts.dim_persons") == born


def test_a_changed_list_is_read_by_the_models_that_are_made_anew(
    released: Settings, project: CorrectedProject
) -> None:
    project.correct("seeds/ref_result_units.csv", "\n", "\nnew unit\n")

    newest = build(released)

    assert str(newest.reason).endswith("other rows in fct_diagnostic_results, ref_result_units")
    assert _one(released, "select count(*) from staging.ref_result_units where unit = 'new unit'")


def test_killed_before_it_is_published_the_next_build_is_full_again(
    released: Settings, project: CorrectedProject
) -> None:
    project.correct(f"{_MONTHS}.sql", _DEATHS, "1 + " + _DEATHS)
    assert build(released).is_full  # and whoever built it was killed
    project.correct(f"{_MONTHS}.sql", "1 + " + _DEATHS, _DEATHS)
    project.correct(f"{_PERSONS}.yml", "One row per person", "One row per human")

    newest = build(released)
    assert (newest.is_full, newest.reason) == (
        True,
        "the last full build is not what readers see",
    )
    audit(released, newest.build_id)
    publish(released, newest.build_id)

    assert _one(released, "select sum(death_count) from marts.rpt_facility_months") == 0
    assert is_up_to_date(released)
    Ledger(released).deliver("01002", Dossier("c"))
    assert not build(released).is_full


def test_what_models_that_went_left_goes_with_the_next_full_build(
    released: Settings, project: CorrectedProject
) -> None:
    with engine(released, "transformer").begin() as connection:
        for statement in (
            "create table intermediate.int_claims__touched_persons (a int)",
            "create table intermediate.int_claims__touched_items (a int)",
            "create view staging.stg_former as table intermediate.int_claims__touched_items",
        ):
            connection.execute(text(statement))
    there = "select count(*) from pg_class where relname ~ '^int_claims__touched|^stg_former'"
    build(released)
    assert _one(released, there) == 3, "an increment looks for nothing"

    build(released, full=True)

    assert _one(released, there) == 0
    assert _one(released, "select to_regclass('intermediate.dim_items__affected') is not null")
