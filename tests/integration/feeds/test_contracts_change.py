"""`warehouse migrate` after a contract was changed: what is there stays, the rest is said."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Thread

import pytest

from feed_steps import STAFF, deliver_rows, listed, province, rows_of, staff
from health_warehouse.database import feed_tables
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.migrate import migrate
from health_warehouse.doctor.feeds import feeds as examine_feeds
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

MORE = "  ward: {meaning: {vi: Khoa, en: ward}}\n"
WITH_MORE = STAFF.replace("  staff_no:", MORE + "  staff_no:")
TITLE = STAFF[STAFF.index("  title_code:") : STAFF.index("  as_of_date:")]
WITHOUT_TITLE = STAFF.replace(TITLE, "")
RETYPED = STAFF.replace(TITLE, "  title_code: {meaning: {vi: x, en: x}, type: integer}\n")


@pytest.fixture
def filled(settings: Settings) -> Settings:
    own = province(settings, STAFF)
    deliver_rows(own, "96001/staff.jsonl", staff("A", "B", title_code="BS", ward="K1"))
    return own


@pytest.fixture
def reader(filled: Settings) -> Iterator[str]:
    """A login of somebody else."""
    name = f"reads_{filled.state.parent.name.lower().replace('-', '_')}"[:60]
    run(filled, f"create role {name}")
    yield name
    run(filled, f"revoke all on feeds.staff from {name}", f"drop role {name}")


def change(settings: Settings, contract: str) -> None:
    assert settings.feeds is not None
    (settings.feeds / "staff.yml").write_text(contract, encoding="utf-8")
    migrate(settings)


def run(settings: Settings, *statements: str) -> None:
    with engine(settings, OWNER).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def columns(settings: Settings, relation: str) -> list[str]:
    statement = (
        "select attname::text from pg_attribute where attrelid = to_regclass(:name) and attnum > 0"
        " and not attisdropped order by attnum"
    )
    return [row.attname for row in rows_of(settings, statement, name=relation)]


def test_a_column_that_is_added_is_there_for_what_comes_and_readers_keep_the_view(
    filled: Settings, reader: str
) -> None:
    run(
        filled,
        f"grant select on feeds.staff to {reader} with grant option",
        "create view public.of_people as select staff_no from feeds.staff",
    )
    before = columns(filled, "feeds.staff")
    change(filled, WITH_MORE)
    assert columns(filled, "raw.staff")[-1] == "ward"
    assert columns(filled, "feeds.staff") == [*before, "ward"]
    deliver_rows(filled, "96001/staff2.jsonl", staff("C", ward="K2"))
    found = rows_of(filled, "select staff_no, ward from feeds.staff order by 1")
    assert [tuple(row) for row in found] == [("C", "K2")]
    assert rows_of(filled, "select * from public.of_people")[0].staff_no == "C"
    assert _grants(filled, reader) == [True]
    change(filled, WITH_MORE)
    run(filled, "drop view public.of_people")


def test_rows_of_before_are_unchanged_by_a_column_that_is_added(filled: Settings) -> None:
    change(filled, WITH_MORE)
    rows = staff("A", "B", title_code="BS")
    deliver_rows(filled, "96001/staff3.jsonl", rows)
    deliver_rows(filled, "96001/staff4.jsonl", [*rows, *staff("C")])
    found = rows_of(
        filled, "select standing, count(*) as n from ops.document_versions group by 1 order by 1"
    )
    assert ("duplicate", 2) in {(row.standing, row.n) for row in found}


@pytest.mark.parametrize("contract", [WITHOUT_TITLE, RETYPED])
def test_a_view_that_must_be_made_anew_keeps_its_grants(
    filled: Settings, reader: str, contract: str
) -> None:
    run(
        filled,
        f"grant select on feeds.staff to {reader} with grant option",
        "grant select (staff_no, title_code) on feeds.staff to public",
    )
    change(filled, contract)
    assert _grants(filled, reader) == [True]
    assert listed(filled) == {"96001/2026-06-30": ["A", "B"]}
    assert "title_code" in columns(filled, "raw.staff")
    assert ("title_code" in columns(filled, "feeds.staff")) is (contract == RETYPED)


def test_a_column_that_goes_is_said_and_its_values_stay(
    filled: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger=feed_tables.__name__):
        change(filled, WITHOUT_TITLE)
    assert "has title_code no more; raw.staff keeps what was loaded there" in caplog.text
    assert [row.title_code for row in rows_of(filled, "select title_code from raw.staff")] == [
        "BS",
        "BS",
    ]
    deliver_rows(filled, "96001/staff5.jsonl", staff("D", title_code="DD"))
    [row] = rows_of(filled, "select _extra from raw.staff where staff_no = 'D'")
    assert row._extra == {"title_code": "DD"}


def test_views_of_others_in_the_way_are_named_and_nothing_is_changed(filled: Settings) -> None:
    run(
        filled,
        'create view public."of People" as select title_code from feeds.staff',
        "create materialized view public.also as select count(*) from feeds.staff",
    )
    before = columns(filled, "feeds.staff")
    with pytest.raises(ConfigurationError) as error:
        change(filled, RETYPED)
    assert 'public."of People", public.also read it' in str(error.value)
    assert columns(filled, "feeds.staff") == before
    run(filled, 'drop view public."of People"', "drop materialized view public.also")
    migrate(filled)


def test_another_mode_is_refused_with_what_to_write(filled: Settings) -> None:
    upsert = STAFF.replace("mode: snapshot", "mode: upsert").replace(
        "partition: [facility_code, as_of]\n", ""
    )
    with pytest.raises(ConfigurationError, match="write `mode: snapshot`, or give the feed"):
        change(filled, upsert)
    assert listed(filled) == {"96001/2026-06-30": ["A", "B"]}
    [finding] = examine_feeds(filled)
    assert "`mode: upsert`" in finding.what


def test_what_names_a_document_changes_and_that_is_said_once(
    filled: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    other = STAFF.replace("document: [staff_no]", "document: [staff_no, title_code]")
    with caplog.at_level(logging.WARNING, logger=feed_tables.__name__):
        change(filled, other)
        assert "run `warehouse reingest`" in caplog.text
        caplog.clear()
        change(filled, other)
        assert caplog.text == ""


@pytest.mark.parametrize("relation", ["raw.staff", "feeds.staff"])
def test_a_name_that_is_taken_is_told(settings: Settings, relation: str) -> None:
    run(settings, f"create table {relation} (a integer)")
    with pytest.raises(ConfigurationError, match=f"{relation} is there already"):
        province(settings, STAFF)
    assert rows_of(settings, "select * from ops.feeds where feed = 'staff'") == []


def test_two_migrations_at_once_make_one_table(settings: Settings) -> None:
    folder = settings.state / "feeds"
    folder.mkdir()
    (folder / "staff.yml").write_text(STAFF, encoding="utf-8")
    own = settings.model_copy(update={"feeds": folder})
    failed: list[Exception] = []

    def one() -> None:
        try:
            migrate(own)
        except Exception as error:
            failed.append(error)

    both = [Thread(target=one), Thread(target=one)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert failed == []
    deliver_rows(own, "96001/staff.jsonl", staff("A"))
    assert listed(own) == {"96001/2026-06-30": ["A"]}


def test_the_doctor_tells_of_contracts_and_tables_that_do_not_meet(filled: Settings) -> None:
    assert list(examine_feeds(filled)) == []
    assert filled.feeds is not None
    (filled.feeds / "staff.yml").write_text(WITH_MORE, encoding="utf-8")
    [finding] = examine_feeds(filled)
    assert "staff; their deliveries wait" in finding.what
    assert finding.remedy == "`warehouse migrate`"
    migrate(filled)
    (filled.feeds / "staff.yml").unlink()
    [finding] = examine_feeds(filled)
    assert finding.what.startswith("feeds whose contract is gone: staff;")


def _grants(settings: Settings, reader: str) -> list[bool]:
    statement = (
        "select is_grantable from pg_class, aclexplode(relacl) as acl"
        " where oid = 'feeds.staff'::regclass and grantee = to_regrole(:reader)"
    )
    return [row.is_grantable for row in rows_of(settings, statement, reader=reader)]
