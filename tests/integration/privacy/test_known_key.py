"""A lost or another person key is refused by all that would hash with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from claim_files import claim_file, dossier
from health_warehouse.database.connections import OWNER, engine, store_secrets, stored_secrets
from health_warehouse.doctor.person_key import person_key
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import load_deliveries
from health_warehouse.landing.read_again import read_again
from health_warehouse.privacy.known_key import agreed_person_key, require_key_of
from health_warehouse.privacy.person_key import key_file
from health_warehouse.settings import Settings
from landing_steps import deliver, query

CHECKS = "select count(*) from ops.person_key_check"


@pytest.fixture
def loaded(settings: Settings) -> Settings:
    """A warehouse with a patient, whose key is the file."""
    settings = settings.model_copy(update={"person_key": None})
    deliver(settings, "a.xml", claim_file([dossier("A1")]))
    assert load_deliveries(settings, list_new(settings)).outcomes == {"loaded": 1}
    assert key_file(settings).exists()
    return settings


def _load(settings: Settings) -> None:
    deliver(settings, "b.xml", claim_file([dossier("A2")]))
    load_deliveries(settings, list_new(settings))


def _read_again(settings: Settings) -> None:
    read_again(settings, [(1, "0" * 64)])


@pytest.mark.parametrize("work", [_load, _read_again])
def test_a_lost_key_is_not_replaced(loaded: Settings, work: Callable[[Settings], None]) -> None:
    content = key_file(loaded).read_text()
    key_file(loaded).unlink()
    with pytest.raises(ConfigurationError, match=r"person_key is not there.*bring it back from a"):
        work(loaded)
    assert not key_file(loaded).exists()
    assert query(loaded, "select count(*) from ops.files") == [(1,)]
    (finding,) = person_key(loaded)
    assert (finding.check, finding.level) == ("person key", "error")
    assert "docs/operations/secrets.md" in finding.remedy
    key_file(loaded).write_text(content)
    assert list(person_key(loaded)) == []
    work(loaded)


@pytest.mark.parametrize("work", [_load, _read_again])
def test_another_key_is_refused(loaded: Settings, work: Callable[[Settings], None]) -> None:
    other = loaded.model_copy(update={"person_key": SecretStr("11" * 32)})
    with pytest.raises(ConfigurationError, match="WAREHOUSE_PERSON_KEY is not the person key"):
        work(other)
    (finding,) = person_key(other)
    assert "1111" not in finding.what
    key_file(loaded).write_text("22" * 32)
    with pytest.raises(ConfigurationError, match=r"secrets/person_key is not the person key"):
        work(loaded)


def test_the_same_key_may_move_from_the_file_to_the_environment(loaded: Settings) -> None:
    moved = SecretStr(key_file(loaded).read_text())
    key_file(loaded).unlink()
    _load(loaded.model_copy(update={"person_key": moved}))


def test_the_first_load_after_an_upgrade_settles_the_key(loaded: Settings) -> None:
    _run(loaded, "delete from ops.person_key_check")
    assert list(person_key(loaded)) == []
    _load(loaded)
    assert query(loaded, CHECKS) == [(1,)]


def test_no_key_is_made_for_patients_of_a_lost_one_after_an_upgrade(loaded: Settings) -> None:
    _run(loaded, "delete from ops.person_key_check")
    key_file(loaded).unlink()
    with pytest.raises(ConfigurationError, match="the person key is missing"):
        _load(loaded)
    assert len(list(person_key(loaded))) == 1
    assert query(loaded, CHECKS) == [(0,)]


def test_an_empty_inbox_settles_no_key(settings: Settings) -> None:
    load_deliveries(settings, list_new(settings))
    assert query(settings, CHECKS) == [(0,)]


def test_first_loaders_at_once_agree(settings: Settings) -> None:
    without = settings.model_copy(update={"person_key": None})
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: agreed_person_key(without), range(8)))
    assert len(keys) == 1
    assert query(settings, CHECKS) == [(1,)]


def test_of_two_machines_without_a_key_one_makes_it_and_the_other_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    here = settings.model_copy(update={"person_key": None})
    there = here.model_copy(update={"state": tmp_path / "there"})
    store_secrets(there, stored_secrets(here))
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(agreed_person_key, one) for one in (here, there)]
    errors = [one.exception() for one in asked]
    assert [type(one) for one in errors if one is not None] == [ConfigurationError]
    assert key_file(here).exists() != key_file(there).exists()


def test_the_database_holds_no_key(loaded: Settings) -> None:
    [(kept,)] = query(loaded, "select check_value from ops.person_key_check")
    assert len(kept) == 64
    assert kept != key_file(loaded).read_text()


def test_a_restored_database_must_be_of_the_key_that_came_with_it(loaded: Settings) -> None:
    with engine(loaded, OWNER).connect() as connection:
        require_key_of(connection, bytes.fromhex(key_file(loaded).read_text()), "kept")
        with pytest.raises(ConfigurationError, match="kept is not the person key"):
            require_key_of(connection, bytes(32), "kept")


def _run(settings: Settings, statement: str) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.exec_driver_sql(statement)
