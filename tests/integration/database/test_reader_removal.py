"""A login that is dropped is dead at once, whatever it holds; what is left is said and finished."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from health_warehouse.database import reader_removal
from health_warehouse.database.connections import OWNER, dsn, engine, owner_url
from health_warehouse.database.reader_removal import drop_reader, half_dropped
from health_warehouse.database.readers import create_reader, readers
from health_warehouse.doctor import logins
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.scopes import grant_scope, scopes
from health_warehouse.settings import Settings
from warehouses import Cluster


@pytest.fixture
def hospital(settings: Settings, cluster: Cluster) -> Iterator[str]:
    """The URL of a login with a scope; whatever the test leaves of it goes."""
    create_reader(settings, "hospital")
    grant_scope(settings, "hospital", "Lan", facility_id="96001")
    yield dsn(settings, "hospital")
    with _operator(settings, cluster) as operator:
        if _exists(settings):
            operator.execute("drop owned by hospital cascade")
            operator.execute("drop role hospital")


def _operator(settings: Settings, cluster: Cluster) -> psycopg.Connection:
    url = cluster.server.url(str(owner_url(settings).database))
    return psycopg.connect(url, autocommit=True)


def _exists(settings: Settings) -> bool:
    with engine(settings, OWNER).connect() as connection:
        query = text("select exists (select from pg_roles where rolname = 'hospital')")
        return bool(connection.execute(query).scalar_one())


def _is_dead(url: str) -> bool:
    with pytest.raises(psycopg.OperationalError, match=r"authentication failed|not permit"):
        psycopg.connect(url)
    return True


def test_what_it_owns_and_was_granted_by_hand_goes_with_it(
    settings: Settings, cluster: Cluster, hospital: str
) -> None:
    """A large object made `readers drop` fail, and the old password went on working."""
    with _operator(settings, cluster) as operator:
        operator.execute("grant execute on function lo_create(oid) to public")  # as it was
        operator.execute("create schema shelf authorization hospital")
        operator.execute("grant select on ops.files to hospital")
    with psycopg.connect(hospital, autocommit=True) as session:
        session.execute("select lo_create(4711)")
        session.execute("create table shelf.mine (a integer)")
        drop_reader(settings, "hospital", by="Lan")
        with pytest.raises(psycopg.OperationalError):
            session.execute("select 1")
    assert _is_dead(hospital)
    assert not _exists(settings)
    assert scopes(settings, "hospital") == []
    with engine(settings, OWNER).connect() as connection:
        left = text(
            "select (select count(*) from pg_largeobject_metadata), to_regclass('shelf.mine')"
        )
        assert tuple(connection.execute(left).one()) == (0, None)


def test_what_cannot_be_cleared_is_said_and_the_login_is_dead(
    settings: Settings, cluster: Cluster, hospital: str
) -> None:
    with _operator(settings, cluster) as operator:
        operator.execute("create database of_hospital owner hospital")
        try:
            with pytest.raises(ConfigurationError) as refusal:
                drop_reader(settings, "hospital", by="Lan")
            assert "owner of database of_hospital" in str(refusal.value)
            assert "run `warehouse readers drop hospital` again" in str(refusal.value)
            assert _is_dead(hospital)
            assert scopes(settings, "hospital") == []
            assert "hospital" not in {one.name for one in readers(settings)}
            assert half_dropped(settings) == ["hospital"]
            (finding,) = logins.dropped(settings)
            assert finding.remedy == "warehouse readers drop hospital"
        finally:
            operator.execute("drop database of_hospital")
    drop_reader(settings, "hospital", by="Lan")
    assert not _exists(settings)
    assert half_dropped(settings) == []


def test_killed_after_any_step_it_is_finished_by_the_same_command(
    settings: Settings, hospital: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("_end_sessions", "_clear"):
        with monkeypatch.context() as patched:
            patched.setattr(reader_removal, step, _killed)
            with pytest.raises(KeyboardInterrupt):
                drop_reader(settings, "hospital", by="Lan")
        assert _is_dead(hospital)
    drop_reader(settings, "hospital", by="Lan")
    assert not _exists(settings)
    with pytest.raises(ConfigurationError, match="hospital is no reader"):
        drop_reader(settings, "hospital", by="Lan")


def test_a_login_that_somebody_else_made_is_not_touched(
    settings: Settings, cluster: Cluster
) -> None:
    with _operator(settings, cluster) as operator:
        operator.execute("create role hospital login in role bi_reader")
        try:
            with pytest.raises(ConfigurationError, match="made by somebody else"):
                drop_reader(settings, "hospital", by="Lan")
            assert "hospital" in {one.name for one in readers(settings)}
        finally:
            operator.execute("drop role hospital")


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
