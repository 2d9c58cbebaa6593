"""A warehouse at work is saved, its database and state are lost, and it comes back as it was."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from saved import Content, content, receive, release, silent
from sqlalchemy import text

from health_warehouse.backup.manifest import Manifest, read
from health_warehouse.backup.restore import examine, restore
from health_warehouse.backup.take import backup
from health_warehouse.database import grants
from health_warehouse.database.connections import OWNER, dispose_engines, engine, role_url
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import create_reader
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.scopes import grant_scope
from health_warehouse.release import dbt
from health_warehouse.release.pending import pending_changes
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from warehouses import Cluster, new_warehouse

HOSPITAL = "hospital_of_the_backup"
_RECEIPTS = "ops.file_receipts"


@dataclass(frozen=True)
class Restored:
    """`was` and `came_back`: all rows before the loss and after; `later` was not delivered yet."""

    settings: Settings
    folder: Path
    manifest: Manifest
    was: Content
    came_back: Content
    hospital_password: str | None
    sent: list[Path]
    later: list[Path]


@pytest.fixture(scope="module")
def restored(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restored]:
    place = tmp_path_factory.mktemp("backup")
    generate(place / "sent", Options(facilities=2, days=3, dossiers=32, seed=174, defects=0.15))
    files = sorted(place.glob("sent/**/*.xml"), key=lambda path: path.stat().st_mtime_ns)
    sent, later = files[: len(files) * 2 // 3], files[len(files) * 2 // 3 :]
    with new_warehouse(cluster, place / "state", is_released=True) as lost:
        receive(lost, sent)
        release(lost)
        create_reader(lost, HOSPITAL)
        grant_scope(lost, HOSPITAL, "test", facility_id=_a_facility(lost))
        was, password = content(lost), role_url(lost, HOSPITAL).password
        backup(lost, place / "kept", silent)
        _lose(cluster, lost)
        settings = Settings(state=place / "again", dsn=lost.dsn, inbox_quiet_seconds=0)
        shutil.copytree(dbt.work_folder(lost), dbt.work_folder(settings))  # spares dbt 5 s
        manifest = restore(settings, place / "kept", silent)
        came_back = content(settings)
        yield Restored(
            settings, place / "kept", manifest, was, came_back, str(password), sent, later
        )
        drop_reader(settings, HOSPITAL, "test")


def _not_in_manifest(row: str) -> str:
    """A receipt is written beside the bytes anew: the archive may be another."""
    return re.sub(r",[tf],([^,]*)\)$", r",f,\1)", row)


def _a_facility(settings: Settings) -> str:
    with engine(settings, OWNER).connect() as connection:
        query = text("select min(facility_id) from marts.rpt_facility_months")
        return str(connection.execute(query).scalar_one())


def _lose(cluster: Cluster, settings: Settings) -> None:
    """The database, and what the server knew of the hospital's login."""
    database = sql.Identifier(str(role_url(settings, OWNER).database))
    dispose_engines()
    with psycopg.connect(cluster.server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(database))
        connection.execute(sql.SQL("create database {} owner wh_owner").format(database))
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(HOSPITAL)))


def test_every_row_of_every_table_comes_back(restored: Restored) -> None:
    assert restored.came_back.keys() == restored.was.keys()
    for table, rows in restored.was.items():
        wanted = [_not_in_manifest(row) for row in rows] if table == _RECEIPTS else rows
        assert restored.came_back[table] == wanted, table
    filled = {table.partition(".")[0] for table, rows in restored.was.items() if rows}
    assert filled >= {"raw", "ops", "vault", "quarantine", "marts", "candidate"}
    counted = {table: len(rows) for table, rows in restored.was.items()}
    assert restored.manifest.rows == counted, "row security hid nothing from the dump"


def test_rights_and_owners_come_back(restored: Restored) -> None:
    with engine(restored.settings, OWNER).connect() as connection:
        found = grants.drift(connection, restored.settings)
        owners = {f"{one.schema}.{one.name}": one.owner for one in grants.relations(connection)}
    assert not found.lacking
    assert not found.surplus
    assert owners["marts.fct_encounters"] == "publisher"
    assert owners["candidate.fct_encounters"] == "transformer"


def test_readers_log_in_with_their_passwords_and_see_their_rows(restored: Restored) -> None:
    assert role_url(restored.settings, HOSPITAL).password == restored.hospital_password
    query = "select count(distinct facility_key), count(*) from {}.fct_encounters"
    seen = {}
    schemas = {"hiv_reader": "hiv", "bi_reader": "marts", HOSPITAL: "facility"}
    for login, schema in schemas.items():
        with engine(restored.settings, login).connect() as connection:
            seen[login] = connection.execute(text(query.format(schema))).one()
    stores = ("marts.fct_encounters", "closed.fct_encounters")
    assert seen["hiv_reader"][1] == sum(len(restored.was[table]) for table in stores)
    assert seen["bi_reader"][0] == 2
    assert seen[HOSPITAL][0] == 1


def test_the_archive_and_the_person_key_come_back(restored: Restored) -> None:
    state = restored.settings.state
    kept = {path.name for path in (state / "archive").glob("*/*.xml")}
    assert len(kept) > 3
    assert restored.manifest.not_archived == []
    assert kept == {path.name for path in (restored.folder / "archive").glob("*/*.xml")}
    assert (state / "secrets" / "person_key").read_text() == "00" * 32
    modes = {path.stat().st_mode & 0o077 for path in (state / "secrets").iterdir()}
    assert modes == {0}


def test_a_backup_is_for_its_owner_only(restored: Restored) -> None:
    assert restored.folder.stat().st_mode & 0o777 == 0o700
    assert read(restored.folder) == restored.manifest


def test_a_restored_warehouse_is_not_overwritten(restored: Restored) -> None:
    with pytest.raises(ConfigurationError, match="not empty, it has schemas"):
        restore(restored.settings, restored.folder, silent)


def test_secrets_of_another_warehouse_are_not_overwritten(
    restored: Restored, settings: Settings
) -> None:
    other = settings.secrets_dir / "person_key"
    other.write_text("11" * 32)
    with pytest.raises(ConfigurationError, match="is of another warehouse"):
        restore(settings, restored.folder, silent)
    assert other.read_text() == "11" * 32


@pytest.mark.parametrize("pattern", ["warehouse.dump/toc.dat", "archive/*/*.xml", "secrets/*key"])
def test_a_changed_or_missing_file_is_refused(
    restored: Restored, tmp_path: Path, pattern: str
) -> None:
    copy = Path(shutil.copytree(restored.folder, tmp_path / "copy"))
    file = next(copy.glob(pattern))
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(ConfigurationError, match="is not as it was written"):
        examine(restored.settings, copy)
    file.unlink()
    with pytest.raises(ConfigurationError, match="is missing"):
        examine(restored.settings, copy)


def test_work_goes_on_where_it_stopped(restored: Restored) -> None:
    """Last in this file: it changes the warehouse that the others look at."""
    settings = restored.settings
    again = [Path(shutil.copy(path, path.with_stem(f"{path.stem}_2"))) for path in restored.sent]
    assert set(receive(settings, again)) == {"duplicate"}
    assert not pending_changes(settings)
    assert "loaded" in receive(settings, restored.later)
    release(settings)
    query = text("select base_release_id, status from ops.releases order by release_id")
    with engine(settings, OWNER).connect() as connection:
        releases = [tuple(row) for row in connection.execute(query)]
    assert releases == [(None, "replaced"), (1, "replaced"), (2, "current")]
