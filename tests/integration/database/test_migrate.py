from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from health_warehouse.database.connections import (
    OWNER,
    dispose_engines,
    dsn,
    engine,
    store_secrets,
    stored_secrets,
)
from health_warehouse.database.migrate import migrate
from health_warehouse.database.roles import ROLES
from health_warehouse.settings import Settings
from warehouses import Cluster


def test_every_role_logs_in_after_migration(settings: Settings) -> None:
    for role in ROLES:
        with engine(settings, role).connect() as connection:
            assert connection.execute(text("select current_user")).scalar_one() == role


def test_migrating_twice_changes_nothing(settings: Settings) -> None:
    def catalogue() -> list[tuple[str, ...]]:
        with engine(settings, OWNER).connect() as connection:
            rows = connection.execute(
                text(
                    "select relnamespace::regnamespace::text, relname, relacl::text from pg_class "
                    "where relnamespace in (select oid from pg_namespace where nspname !~ '^pg_') "
                    "order by 1, 2"
                )
            )
            return [tuple(row) for row in rows]

    before = catalogue()
    assert len(before) > 20
    migrate(settings)
    assert catalogue() == before


def test_sessions_begin_as_roles_yml_says(settings: Settings) -> None:
    def shown(role: str, setting: str) -> str:
        with psycopg.connect(dsn(settings, role)) as session:
            row = session.execute(f"show {setting}").fetchone()
            assert row is not None
            return str(row[0])

    assert shown("transformer", "wal_compression") == "off"
    assert shown("publisher", "wal_compression") == "pglz"
    assert shown("bi_reader", "default_transaction_isolation") == "repeatable read"


def test_a_setting_that_the_owner_may_not_make_is_left_as_it_is(
    cluster: Cluster, tmp_path: Path
) -> None:
    database = cluster.create_empty_database()
    owner = SecretStr(cluster.owner_url(database))
    settings = Settings(state=tmp_path, dsn=owner, role_prefix="strict_")
    with psycopg.connect(cluster.server.url(), autocommit=True) as operator:
        operator.execute("revoke set on parameter wal_compression from wh_owner")
        try:
            migrate(settings)
        finally:
            operator.execute("grant set on parameter wal_compression to wh_owner")
    with psycopg.connect(dsn(settings, "transformer")) as session:
        assert session.execute("show wal_compression").fetchone() == ("pglz",)
    with psycopg.connect(dsn(settings, "bi_reader")) as session:
        assert session.execute("show work_mem").fetchone() == ("64MB",)
    dispose_engines()
    cluster.drop_database(database)


def test_transformer_cannot_read_a_personal_column(settings: Settings) -> None:
    with engine(settings, "transformer").connect() as connection:
        allowed = text(
            "select has_column_privilege('raw.claims_xml1', 'ma_loai_kcb', 'select'), "
            "has_column_privilege('raw.claims_xml1', 'ho_ten', 'select')"
        )
        assert tuple(connection.execute(allowed).one()) == (True, False)


def test_a_role_whose_entry_was_removed_gets_a_new_password(
    cluster: Cluster, tmp_path: Path
) -> None:
    database = cluster.create_empty_database()
    owner = SecretStr(cluster.owner_url(database))
    settings = Settings(state=tmp_path, dsn=owner, role_prefix="rotated_")
    migrate(settings)
    old, kept = dsn(settings, "loader"), dsn(settings, "bi_reader")
    secrets = stored_secrets(settings)
    store_secrets(settings, {name: secrets[name] for name in secrets if name != "loader"})
    migrate(settings)
    assert dsn(settings, "bi_reader") == kept
    with psycopg.connect(dsn(settings, "loader")) as session:
        assert session.execute("select current_user::text").fetchone() == ("rotated_loader",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(old)
    dispose_engines()
    cluster.drop_database(database)
