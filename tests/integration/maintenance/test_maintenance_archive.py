"""Bytes leave the archive only when nothing counts of them, and whoever is killed meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from upkeep import NOON, age, archived, keeping, run, send, step

from claim_files import claim_file, dossier
from health_warehouse.backup import contents
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import SourceUnavailable
from health_warehouse.landing import archive
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ledger import entries
from health_warehouse.maintenance.names import StepName
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, load_one, query

NAME = StepName.REMOVE_ARCHIVED_FILES


@pytest.fixture
def kept(settings: Settings) -> Settings:
    """Two files: of the first nothing counts any more. Ten days old; a day is the bound."""
    send(settings, "old.xml", 1, "A1")
    send(settings, "new.xml", 2, "A1", "A2")
    age(settings)
    return keeping(settings, archive=1)


def _hash(settings: Settings, name: str) -> str:
    return next(
        str(one["sha256"]) for one in entries(settings, with_names=True) if one["file"] == name
    )


def test_only_files_of_which_nothing_counts_leave(kept: Settings) -> None:
    before = entries(kept)
    result = step(kept, NAME)
    assert result.state == "done"
    assert result.removed.count == 1
    assert result.removed.byte_count == len(claim_file([dossier("A1", GHI_CHU="old.xml")]))
    assert archived(kept) == {_hash(kept, "new.xml")}
    assert entries(kept) == before, "the ledger still tells of the file"
    assert step(kept, NAME).removed.count == 0


def test_a_young_file_stays(settings: Settings) -> None:
    send(settings, "old.xml", 1, "A1")
    send(settings, "new.xml", 2, "A1")
    assert step(keeping(settings, archive=1), NAME).removed.count == 0
    assert len(archived(settings)) == 2


def test_by_default_nothing_leaves(kept: Settings) -> None:
    default = keeping(kept, archive=0)
    assert step(default, NAME).state == "off"
    assert len(archived(kept)) == 2


def test_a_dry_run_says_what_would_leave(kept: Settings) -> None:
    told = step(kept, NAME, dry_run=True)
    assert (told.state, told.removed.count) == ("would", 1)
    assert len(archived(kept)) == 2
    assert query(kept, "select count(*) from ops.maintenance_runs") == [(0,)]
    assert told.removed == step(kept, NAME).removed


def test_a_run_goes_on_where_the_last_one_was_killed(
    kept: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove_and_die(settings: Settings, sha256: str) -> int:
        remove(settings, sha256)
        raise KeyboardInterrupt

    remove = archive.remove
    with monkeypatch.context() as patch:
        patch.setattr(archive, "remove", remove_and_die)
        with pytest.raises(KeyboardInterrupt):
            step(kept, NAME)
    assert archived(kept) == {_hash(kept, "new.xml")}
    leaving = "select archive_state from ops.files order by file_id"
    assert query(kept, leaving) == [("leaving",), ("kept",)]
    assert step(kept, NAME).removed.count == 1
    assert query(kept, leaving) == [("removed",), ("kept",)]


def test_bytes_that_come_again_are_kept_again(kept: Settings) -> None:
    step(kept, NAME)
    sha256 = _hash(kept, "old.xml")
    again = claim_file([dossier("A1", GHI_CHU="old.xml")])
    deliver(kept, "again.xml", again, NOON + timedelta(hours=5))
    (result,) = load_all(kept)
    assert result.outcome == "duplicate"
    assert archive.is_kept(kept, sha256)
    assert query(kept, "select archive_state from ops.files where file_name = 'old.xml'") == [
        ("kept",)
    ]


def test_bytes_removed_between_copy_and_receipt_are_asked_for_again(
    kept: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loader found them in the archive, maintenance removed them, the loader goes on."""
    content = claim_file([dossier("A1", GHI_CHU="old.xml")])
    deliver(kept, "again.xml", content, NOON + timedelta(hours=5))
    (delivery,) = list_new(kept)
    found = archive.store(kept, delivery)
    step(kept, NAME)
    with monkeypatch.context() as patch:
        patch.setattr("landing_steps.store", lambda *_: found)
        with pytest.raises(SourceUnavailable, match="copied there again"):
            load_one(kept, delivery)
    assert load_one(kept, delivery).outcome == "duplicate"
    assert archive.is_kept(kept, found.sha256)


def test_a_file_whose_dossier_counts_again_stays(kept: Settings) -> None:
    """Its newer version turns out to be older: an earlier receipt of it is found."""
    newer = claim_file([dossier(one, GHI_CHU="new.xml") for one in ("A1", "A2")])
    deliver(kept, "found.xml", newer, NOON - timedelta(hours=1))
    load_all(kept)
    assert step(kept, NAME).removed.count == 0


def test_a_bundle_leaves_after_its_files(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    with ZipFile(path, "w") as bundle:
        bundle.writestr("one.xml", claim_file([dossier("A1")]))
        bundle.writestr("two.xml", claim_file([dossier("A2")]))
    deliver(settings, "bundle.zip", path.read_bytes(), NOON)
    load_all(settings)
    judge(settings)
    send(settings, "a.xml", 1, "A1")
    age(settings)
    old = keeping(settings, archive=1)
    assert step(old, NAME).removed.count == 1, "the other file of the bundle counts"
    send(settings, "b.xml", 2, "A2")
    assert step(old, NAME).removed.count == 2, "the file, then the bundle"
    assert archived(settings) == {_hash(settings, "a.xml"), _hash(settings, "b.xml")}


def test_a_backup_does_not_miss_what_left(kept: Settings) -> None:
    step(kept, NAME)
    with engine(kept, OWNER).connect() as connection:
        _, wanted = contents.archived_names(connection)
    assert wanted == {_hash(kept, "new.xml")}


def test_files_that_nobody_reads_yet_and_unjudged_ones_stay(kept: Settings) -> None:
    run(kept, "update ops.files set kind = 'births' where file_name = 'old.xml'")
    assert step(kept, NAME).removed.count == 0
    run(kept, "update ops.files set kind = 'claims', judged_at = null")
    assert step(kept, NAME).removed.count == 0
