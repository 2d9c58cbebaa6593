"""The marts as the project builds them, read by logins with scopes: dossiers of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from planted import Planted
from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import create_reader
from health_warehouse.privacy.scopes import grant_scope
from standard_dossiers import FACILITY

TABLES = text("select tablename from pg_tables where schemaname = 'marts' order by 1")


@pytest.fixture(scope="module")
def counts(planted: Planted) -> Iterator[dict[str, dict[str, int]]]:
    """Rows of every mart that each login sees: by login and mart."""
    settings = planted.settings
    for login, facility_id, sees_hiv in (
        ("hospital", FACILITY, False),
        ("elsewhere", "01001", False),
        ("clinic", FACILITY, True),
    ):
        create_reader(settings, login, sees_hiv)
        grant_scope(settings, login, "Lan", facility_id=facility_id)
    logins = ("bi_reader", "hiv_reader", "hospital", "elsewhere", "clinic")
    seen: dict[str, dict[str, int]] = {}
    for login in logins:
        with engine(settings, login).connect() as connection:
            names = connection.execute(TABLES).scalars().all()
            may = text("select has_table_privilege(:name, 'select')")
            seen[login] = {
                name: connection.execute(text(f"select count(*) from marts.{name}")).scalar_one()
                for name in names
                if connection.execute(may, {"name": f"marts.{name}"}).scalar_one()
            }
    yield seen
    for login in ("hospital", "elsewhere", "clinic"):
        drop_reader(settings, login, "Lan")


def test_hiv_readers_see_every_row_and_others_fewer(counts: dict[str, dict[str, int]]) -> None:
    everything, others = counts["hiv_reader"], counts["bi_reader"]
    assert everything["fct_hiv_treatments"] > 0
    assert set(everything) - set(others) == {"fct_hiv_treatments"}
    for mart in ("fct_encounters", "fct_claim_lines", "dim_persons", "bridge_encounters_diagnoses"):
        assert 0 < others[mart] < everything[mart], mart
    assert all(others[mart] <= everything[mart] for mart in others)


def test_a_hospital_sees_what_is_its_own(counts: dict[str, dict[str, int]]) -> None:
    """All dossiers here are of one facility."""
    assert counts["hospital"] == counts["bi_reader"]
    assert counts["clinic"] == counts["hiv_reader"]


def test_somebody_else_sees_lists_only(counts: dict[str, dict[str, int]]) -> None:
    seen = {mart for mart, count in counts["elsewhere"].items() if count}
    assert seen == {
        "current_release",
        "dim_communes",
        "dim_dates",
        "dim_diagnoses",
        "dim_items",
        "dim_practitioners",
        "dim_provinces",
    }


def test_what_a_reader_joins_is_all_there(planted: Planted) -> None:
    """No row of a fact that a login sees loses its dimension, or sums would shrink in a join."""
    with engine(planted.settings, "bi_reader").connect() as connection:
        keys = connection.execute(
            text(
                """
                select
                    c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
                    array(
                        select attname::text from unnest(c.conkey) with ordinality as k (n, o)
                        join pg_attribute on attrelid = c.conrelid and attnum = n order by o
                    ) as own,
                    array(
                        select attname::text from unnest(c.confkey) with ordinality as k (n, o)
                        join pg_attribute on attrelid = c.confrelid and attnum = n order by o
                    ) as theirs
                from pg_constraint as c
                where c.contype = 'f' and c.connamespace = 'marts'::regnamespace
                    and has_table_privilege(c.conrelid, 'select')
                """
            )
        ).all()
        assert len(keys) > 20
        for key in keys:
            same = " and ".join(
                f"child.{own} = parent.{theirs}"
                for own, theirs in zip(key.own, key.theirs, strict=True)
            )
            there = " and ".join(f"child.{own} is not null" for own in key.own)
            orphans = connection.execute(
                text(
                    f"select count(*) from {key.child} as child where {there}"
                    f" and not exists (select from {key.parent} as parent where {same})"
                )
            ).scalar_one()
            assert orphans == 0, f"{key.child} → {key.parent}"
