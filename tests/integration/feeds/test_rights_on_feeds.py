"""A province's table in a real Postgres: rights follow from what its contract calls personal."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from health_warehouse.database import grants
from health_warehouse.database.connections import OWNER, driver_connection, dsn, engine
from health_warehouse.feeds.catalogue import contract_of
from health_warehouse.feeds.ddl import create_table
from health_warehouse.settings import Settings

_CONTRACT = """\
feed: nurses
title: {vi: Điều dưỡng, en: Nurses}
owner: o'neil
match: "*.jsonl"
reader: json_lines
mode: append
sender: folder
identity: {domain: staff, name: full_name}
grain: {vi: "điều dưỡng: 50% ; '", en: "nurse: 50% of 'all' \\\\ {x}"}
columns:
  licence: {meaning: {vi: Số, en: Number}, unique: true}
  full_name: {meaning: {vi: Tên, en: Name}, personal: personal}
  phone: {meaning: {vi: Điện thoại, en: Phone}, personal: sensitive}
"""


@pytest.fixture
def nurses(settings: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "nurses.yml").write_text(_CONTRACT)
    with_feeds = settings.model_copy(update={"feeds": folder})
    with engine(with_feeds, OWNER).begin() as connection:
        driver_connection(connection).execute(create_table(contract_of(with_feeds, "nurses").table))
        grants.apply(connection, with_feeds)
    return with_feeds


def test_transformer_reads_what_is_not_personal_and_the_loader_writes(nurses: Settings) -> None:
    with psycopg.connect(dsn(nurses, "loader")) as session:
        session.execute(
            "insert into raw.nurses (file_id, position, licence, full_name) values (1, 1, 'L', 'N')"
        )
    with psycopg.connect(dsn(nurses, "transformer")) as session:
        found = session.execute("select file_id, position, licence from raw.nurses").fetchall()
        assert found == [(1, 1, "L")]
        for column in ("full_name", "phone", "_extra"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
                session.execute(f"select {column} from raw.nurses")


def test_a_table_whose_contract_is_gone_is_read_by_nobody(nurses: Settings) -> None:
    without = nurses.model_copy(update={"feeds": None})
    with engine(without, OWNER).begin() as connection:
        grants.apply(connection, without)
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(dsn(without, "transformer")) as session, refused:
        session.execute("select licence from raw.nurses")


def test_a_row_has_its_place_and_a_comment_says_what_it_is(nurses: Settings) -> None:
    with engine(nurses, OWNER).connect() as connection:
        columns = connection.execute(
            text(
                "select column_name::text, data_type::text, is_nullable::text"
                " from information_schema.columns"
                " where table_schema = 'raw' and table_name = 'nurses' order by ordinal_position"
            )
        ).all()
        comment = connection.execute(
            text("select obj_description('raw.nurses'::regclass, 'pg_class')")
        ).scalar_one()
    assert [tuple(row) for row in columns] == [
        ("file_id", "bigint", "NO"),
        ("position", "integer", "NO"),
        ("licence", "text", "YES"),
        ("full_name", "text", "YES"),
        ("phone", "text", "YES"),
        ("_extra", "jsonb", "YES"),
        ("_person_key", "uuid", "YES"),
    ]
    assert comment == "One row per nurse: 50% of 'all' \\ {x}."
