"""What others hang on the marts outlives every publication, roll-back and resumption."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from release_star import Star

from health_warehouse.release.publish import publish
from health_warehouse.release.rollback import rollback

if TYPE_CHECKING:
    from tests.conftest import Cluster

CATALOGUE = {
    "relations": "select oid::int8, relname, relkind, relacl::text, relrowsecurity,"
    " relforcerowsecurity, relowner::regrole::text from pg_class"
    " where relnamespace = 'marts'::regnamespace order by oid",
    "columns": "select attrelid::int8, attname, attacl::text, attnotnull,"
    " format_type(atttypid, atttypmod) from pg_attribute join pg_class as c on c.oid = attrelid"
    " where c.relnamespace = 'marts'::regnamespace and attnum > 0 order by attrelid, attnum",
    "constraints": "select conname, pg_get_constraintdef(oid), convalidated from pg_constraint"
    " where connamespace = 'marts'::regnamespace order by conrelid, conname",
    "policies": "select * from pg_policies where schemaname = 'marts'"
    " order by tablename, policyname",
    "comments": "select objoid::int8, objsubid, description from pg_description"
    " join pg_class as c on c.oid = objoid where c.relnamespace = 'marts'::regnamespace"
    " order by objoid, objsubid",
    "schema": "select nspacl::text from pg_namespace where nspname = 'marts'",
    "dependents": "select classid::int8, objid::int8, objsubid, refobjid::int8, refobjsubid,"
    " deptype::text from pg_depend join pg_class as c on c.oid = refobjid"
    " where c.relnamespace = 'marts'::regnamespace order by objid, objsubid, refobjid, refobjsubid",
    "views": "select viewname, definition from pg_views where schemaname = 'analyst'",
}


@pytest.fixture
def superuser(star: Star, cluster: Cluster) -> Iterator[psycopg.Connection]:
    database = star.settings.dsn.get_secret_value().rsplit("/", 1)[1]
    with psycopg.connect(cluster.server.url(database), autocommit=True) as connection:
        yield connection
        connection.execute("drop owned by analyst cascade; drop role analyst")


def catalogue(connection: psycopg.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: connection.execute(query).fetchall() for name, query in CATALOGUE.items()}


def test_grants_keys_policies_comments_and_views_are_kept(
    star: Star, superuser: psycopg.Connection
) -> None:
    publish(star.settings, star.build(is_full=True))
    superuser.execute(
        "create role analyst; create schema analyst authorization analyst;"
        "grant usage on schema marts to analyst;"
        "grant select (shop_key, visit_key, amount_vnd) on marts.fct_visits to analyst;"
        "grant select on marts.dim_shops to analyst;"
        "create policy analyst_shop on marts.fct_visits for select to analyst using (shop_key = 1);"
        "create view analyst.sales as select shop_name, sum(amount_vnd) as amount_vnd"
        " from marts.fct_visits join marts.dim_shops using (shop_key) group by shop_name;"
        "comment on constraint fct_lines_pkey on marts.fct_lines is 'kept'"
    )
    before = catalogue(superuser)
    assert all(before.values())
    star.change_visits([1, 2], stamp=1)
    star.add_visits([50], stamp=1)
    star.build()
    publish(star.settings)
    assert catalogue(superuser) == before
    rollback(star.settings, "wrong", "Lan")
    assert catalogue(superuser) == before
    star.change_visits([2], stamp=2)
    star.build(is_full=True)
    publish(star.settings, resume=True)
    assert catalogue(superuser) == before
    sold = superuser.execute("select sum(amount_vnd) from analyst.sales").fetchone()
    assert sold == (star.value("select sum(amount_vnd) from candidate.fct_visits"),)
