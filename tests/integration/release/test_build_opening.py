"""When a build is full, and who may write: the decisions, without running dbt."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from threading import Event

import pytest
from sqlalchemy import text

from build_steps import note_published
from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import BuildFailed
from health_warehouse.release import build as build_module
from health_warehouse.release import dbt
from health_warehouse.release.build import Build, build, finish, prepare, run_layer
from health_warehouse.release.turns import is_at_work
from health_warehouse.settings import Settings


def _status(settings: Settings, opened: Build) -> str:
    query = text("select status from ops.builds where build_id = :id")
    with engine(settings, OWNER).connect() as connection:
        return str(connection.execute(query, {"id": opened.build_id}).scalar_one())


def _manifest(settings: Settings, *relations: str) -> None:
    """As if dbt had run: it left its manifest, and the tables named are incremental ones."""
    nodes = {
        name: {
            "resource_type": "model",
            "schema": name.split(".")[0],
            "alias": name.split(".")[1],
            "config": {"materialized": "replaced_by_key"},
        }
        for name in relations
    }
    path = settings.state / "dbt" / "target" / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nodes": nodes}))


@pytest.fixture(autouse=True)
def _without_relations(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model runs here, so there are no tables that rules on other dossiers could look at."""
    monkeypatch.setattr(build_module, "replace_findings", lambda *_args, **_named: ())


@pytest.fixture
def published(settings: Settings) -> Build:
    """A first build, complete and published, over two changes."""
    Ledger(settings).deliver("01001", Dossier("a"), Dossier("b"))
    _manifest(settings)
    first = prepare(settings)
    finish(settings, first.build_id)
    note_published(settings, first)
    return first


def test_the_first_build_covers_everything(settings: Settings) -> None:
    Ledger(settings).deliver("01001", Dossier("a"), Dossier("b"))

    first = prepare(settings)

    assert (first.is_full, first.from_change_id, first.to_change_id) == (True, 0, 2)
    assert first.base_release_id is None
    assert first.reason == "nothing is published yet"


def test_the_next_build_covers_what_changed_since_the_release(
    settings: Settings, published: Build
) -> None:
    Ledger(settings).deliver("01002", Dossier("c"))

    held = prepare(settings)
    after_held = prepare(settings)

    for opened in (held, after_held):
        assert (opened.is_full, opened.from_change_id, opened.to_change_id) == (False, 2, 3)
        assert opened.base_release_id is not None


def test_a_person_can_ask_for_a_full_build(settings: Settings, published: Build) -> None:
    asked = prepare(settings, full=True)

    assert (asked.is_full, asked.from_change_id, asked.reason) == (True, 0, "asked for")


def test_an_unfinished_full_build_is_followed_by_a_full_one(
    settings: Settings, published: Build
) -> None:
    prepare(settings, full=True)

    assert prepare(settings).reason == "the last full build was not completed"


def test_changed_models_force_full_builds_until_one_is_published(
    settings: Settings, published: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = dbt.project_files() | {"dbt_project/models/marts/corrected.sql": "0"}
    monkeypatch.setattr(dbt, "project_files", lambda: files)

    changed = prepare(settings)
    finish(settings, changed.build_id)
    again = prepare(settings)
    finish(settings, again.build_id)
    note_published(settings, again)

    assert changed.reason == "changed: dbt_project/models/marts/corrected.sql"
    assert again.reason == "the last full build is not what readers see"
    assert not prepare(settings).is_full


def test_a_missing_table_forces_a_full_build(settings: Settings, published: Build) -> None:
    _manifest(settings, "ops.builds", "candidate.fct_gone", "candidate.dim_gone")

    assert prepare(settings).reason == "missing: candidate.dim_gone, candidate.fct_gone"


def test_a_lost_manifest_forces_a_full_build(settings: Settings, published: Build) -> None:
    (settings.state / "dbt" / "target" / "manifest.json").unlink()

    assert prepare(settings).reason == "no manifest of an earlier build"


def test_a_newer_build_ends_an_open_one(settings: Settings) -> None:
    orphan = prepare(settings)
    newer = prepare(settings)

    assert (_status(settings, orphan), _status(settings, newer)) == ("superseded", "building")
    with pytest.raises(BuildFailed, match=f"build {orphan.build_id} was overtaken"):
        run_layer(settings, orphan.build_id, "marts")
    with pytest.raises(BuildFailed, match="was overtaken"):
        finish(settings, orphan.build_id)


def test_a_build_that_is_overtaken_at_work_says_so_in_one_line(settings: Settings) -> None:
    Ledger(settings).deliver("01001", Dossier("a"))
    assert not is_at_work(settings)
    has_begun = Event()
    steps: list[str] = []

    def note(step: str) -> None:
        steps.append(step)
        if len(steps) > 5:
            has_begun.set()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(build, settings, progress=note)
        assert has_begun.wait(60)
        assert is_at_work(settings)
        newer = prepare(settings)
        with pytest.raises(BuildFailed, match="was overtaken") as failure:
            running.result(timeout=120)

    assert "\n" not in str(failure.value)
    assert "Database Error" not in str(failure.value)
    assert _status(settings, newer) == "building"
    assert not is_at_work(settings)


def test_a_newer_build_waits_for_the_model_being_written(settings: Settings) -> None:
    orphan = prepare(settings)
    writing = text("select 1 from ops.builds where build_id = :id for share")
    with ThreadPoolExecutor(1) as pool:
        with engine(settings, "transformer").begin() as model:  # macros/build.sql takes this lock
            model.execute(writing, {"id": orphan.build_id})
            newer = pool.submit(prepare, settings)
            with pytest.raises(NotYet):
                newer.result(timeout=0.5)
        newer.result(timeout=10)

    assert _status(settings, orphan) == "superseded"


def test_an_orphan_cannot_write_a_model_after_a_newer_build_began(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    orphan = prepare(settings)
    newer = prepare(settings)
    command = ["run", "--select", "stg_claims__encounters"]

    (run,) = dbt.invoke(settings, command, orphan.build_id)

    assert run.is_failed
    assert f"build {orphan.build_id} is not open" in str(run.message)
    with engine(settings, "transformer").connect() as connection:
        written = "select to_regclass('staging.stg_claims__encounters') is not null"
        assert not connection.execute(text(written)).scalar_one()

    caplog.clear()
    caplog.set_level("INFO")
    (run,) = dbt.invoke(settings, command, newer.build_id)

    assert not run.is_failed
    assert "stg_claims__encounters" in caplog.text
    assert "partial parsing" not in caplog.text, "each build parses the whole project anew"


def test_a_failing_model_is_named_and_fails_the_build(settings: Settings) -> None:
    Ledger(settings).deliver("01001", Dossier("a"))
    opened = prepare(settings)

    with pytest.raises(BuildFailed, match=r"model dim_persons: ") as failure:
        run_layer(settings, opened.build_id, "marts")  # before the layers that it reads

    assert _status(settings, opened) == "failed"
    assert "password" not in str(failure.value)
    with engine(settings, OWNER).connect() as connection:
        query = text("select count(*) from ops.model_runs where status = 'error' and message <> ''")
        assert connection.execute(query).scalar_one() > 0


def test_finishing_twice_is_finishing_once(settings: Settings) -> None:
    opened = prepare(settings)

    assert finish(settings, opened.build_id).status == "built"
    assert finish(settings, opened.build_id).status == "built"


def test_an_unknown_build_or_layer_is_refused(settings: Settings) -> None:
    with pytest.raises(BuildFailed, match="there is no build 99"):
        run_layer(settings, 99, "staging")
    with pytest.raises(ValueError, match="unknown layer"):
        run_layer(settings, 1, "raw")  # type: ignore[arg-type]
