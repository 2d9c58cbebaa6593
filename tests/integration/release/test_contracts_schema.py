"""`marts` follows the contracts: new tables and columns arrive, nothing is taken from readers."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from release_star import Star, column, model

from health_warehouse.database.connections import dsn
from health_warehouse.errors import ConfigurationError, PublishConflict
from health_warehouse.marts.contracts import Column
from health_warehouse.release.publish import plan, publish
from health_warehouse.release.rollback import rollback
from health_warehouse.release.schema import Widening, widen

WARD = Widening("fct_visits", Column("ward", "text", "", is_required=False))


@pytest.fixture
def published(star: Star) -> Star:
    publish(star.settings, star.build(is_full=True))
    return star


def add_ward_to_contract(star: Star) -> None:
    columns = star.manifest["nodes"]["model.star.fct_visits"]["columns"]
    columns["ward"] = column("ward", "text", is_required=False)
    star.write_manifest()
    star.run("alter table candidate.fct_visits add column ward text")


def test_a_new_column_arrives_with_a_full_build(published: Star) -> None:
    add_ward_to_contract(published)
    published.run("update candidate.fct_visits set ward = 'A'")
    published.build(is_full=True)
    publish(published.settings)
    assert published.content("marts") == published.content("candidate")
    comment = published.value(
        "select col_description('marts.fct_visits'::regclass, attnum) from pg_attribute"
        " where attrelid = 'marts.fct_visits'::regclass and attname = 'ward'",
        "bi_reader",
    )
    assert comment == "Column ward, it's documented."


def test_a_dry_run_tells_of_the_rows_that_a_new_column_changes(published: Star) -> None:
    add_ward_to_contract(published)
    published.run("update candidate.fct_visits set ward = 'A' where visit_key <= 7")
    published.build(is_full=True)
    planned = {
        one.mart: (one.rows_to_delete, one.rows_to_insert) for one in plan(published.settings)
    }
    assert planned.pop("fct_visits") == (7, 7)  # the others stay null
    assert set(planned.values()) == {(0, 0)}
    release = publish(published.settings)
    assert release.rows_inserted["fct_visits"] == 7


def test_a_new_column_is_refused_with_an_incremental_build(published: Star) -> None:
    add_ward_to_contract(published)
    published.build()
    for act in (plan, publish):
        with pytest.raises(ConfigurationError, match=r"fct_visits\.ward\) need a full build"):
            act(published.settings)
    columns = {
        row[0]
        for row in published.rows(
            "select attname from pg_attribute where attrelid = 'marts.fct_visits'::regclass",
            "bi_reader",
        )
    }
    assert "ward" not in columns


def test_a_new_mart_arrives_and_can_be_rolled_back(published: Star) -> None:
    star = published
    star.manifest["nodes"]["model.star.dim_days"] = model(
        "dim_days", [column("day_key", "date"), column("label", "text")], ["day_key"]
    )
    star.write_manifest()
    star.run(
        "create table candidate.dim_days"
        " (day_key date primary key, label text not null, audience text default 'open')"
    )
    star.run("insert into candidate.dim_days values ('2026-01-01', 'a'), ('2026-01-02', 'b')")
    star.build()
    release = publish(star.settings)
    assert release.rows_inserted["dim_days"] == 2
    assert star.value("select count(*) from marts.dim_days", "bi_reader") == 2
    rollback(star.settings, "not yet", "Lan")
    assert star.value("select count(*) from marts.dim_days", "bi_reader") == 0


def test_removing_a_column_is_refused_with_a_plan(published: Star) -> None:
    del published.manifest["nodes"]["model.star.fct_visits"]["columns"]["visit_date"]
    published.manifest["nodes"]["model.star.fct_visits"]["config"]["meta"]["indexes"] = []
    published.write_manifest()
    published.build(is_full=True)
    with pytest.raises(ConfigurationError, match=r"visit_date would be removed: .* drop column"):
        publish(published.settings)


def test_retyping_a_column_is_refused_with_a_plan(published: Star) -> None:
    columns = published.manifest["nodes"]["model.star.fct_visits"]["columns"]
    columns["stamp"] = column("stamp", "bigint")
    published.write_manifest()
    published.run("alter table candidate.fct_visits alter column stamp type bigint")
    published.build(is_full=True)
    with pytest.raises(ConfigurationError, match="from integer to bigint: add a column of a new"):
        publish(published.settings)


def test_a_changed_comment_is_published_even_when_no_row_differs(published: Star) -> None:
    published.manifest["nodes"]["model.star.dim_goods"]["description"] = "One row per good thing."
    published.write_manifest()
    published.build()
    publish(published.settings)
    comment = "select obj_description('marts.dim_goods'::regclass)"
    assert published.value(comment, "bi_reader") == "One row per good thing."


def test_foreign_keys_are_deferred_and_every_one_has_an_index(published: Star) -> None:
    keys = published.rows(
        "select conrelid::regclass::text, condeferrable, condeferred, convalidated, exists ("
        " select from pg_index where indrelid = conrelid and indpred is null"
        " and (indkey::int2[])[0:cardinality(conkey) - 1] = conkey) as is_indexed"
        " from pg_constraint where contype = 'f' and connamespace = 'marts'::regnamespace"
        " order by 1",
        "publisher",
    )
    assert [row[0] for row in keys] == ["marts.fct_lines", "marts.fct_lines", "marts.fct_visits"]
    assert {tuple(row)[1:] for row in keys} == {(True, True, True, True)}


def test_indexes_and_room_on_pages_follow_the_contract(published: Star) -> None:
    meta = published.manifest["nodes"]["model.star.fct_visits"]["config"]["meta"]
    meta["indexes"].append({"columns": ["shop_key", "stamp"], "include": ["amount_vnd"]})
    meta["fill_percent"] = 80
    published.write_manifest()
    for _ in range(2):  # the second time nothing is left to do
        published.build(is_full=True)
        publish(published.settings)
        indexes = published.rows(
            "select pg_get_indexdef(indexrelid) from pg_index"
            " where indrelid = 'marts.fct_visits'::regclass order by indexrelid",
            "publisher",
        )
        assert [row[0].partition(" USING btree ")[2] for row in indexes] == [
            "(shop_key, visit_key)",
            "(visit_date)",
            "(shop_key, stamp) INCLUDE (amount_vnd)",
        ]
        options = "select reloptions from pg_class where oid = 'marts.fct_visits'::regclass"
        assert published.value(options, "publisher") == ["fillfactor=80"]


def test_adding_a_column_gives_way_to_readers(published: Star) -> None:
    """A waiting ALTER TABLE makes every later reader wait behind it: it must not wait."""
    release_reader = threading.Event()
    waits: list[float] = []
    with psycopg.connect(dsn(published.settings, "bi_reader")) as long_reader:
        long_reader.execute("select count(*) from marts.fct_visits")  # the lock stays to the end
        adding = threading.Thread(target=widen, args=(published.settings, [WARD]))
        adding.start()
        with psycopg.connect(dsn(published.settings, "bi_reader"), autocommit=True) as other:
            other.execute("set statement_timeout = '2s'")
            for _ in range(40):
                started = time.monotonic()
                other.execute("select count(*) from marts.fct_visits")
                waits.append(time.monotonic() - started)
                release_reader.wait(0.02)
        assert adding.is_alive()
        assert max(waits) < 1.0
    adding.join(timeout=30)
    assert not adding.is_alive()
    assert published.rows("select ward from marts.fct_visits limit 1", "bi_reader")[0][0] is None


def test_a_column_that_cannot_be_added_in_time_is_a_conflict(published: Star) -> None:
    with psycopg.connect(dsn(published.settings, "bi_reader")) as reader:
        reader.execute("select count(*) from marts.fct_visits")
        with pytest.raises(PublishConflict, match="LockNotAvailable"):
            widen(published.settings, [WARD], patience_seconds=0.3)
