"""Every role, and a stranger, tries everything on every object; what works is in roles.yml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from health_warehouse.database import rights
from health_warehouse.database.connections import OWNER, dsn, engine
from health_warehouse.database.grants import Relation, functions, relations
from health_warehouse.database.migrate import migrate
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from warehouses import Cluster, new_warehouse

STRANGER = "stranger"
WRITING = ("insert", "update", "delete", "truncate")
TABLE_VERBS = ("select", *WRITING, "references", "trigger")


@dataclass(frozen=True)
class Place:
    """A warehouse in which every object is there: built and published, without a row."""

    settings: Settings
    relations: tuple[Relation, ...]
    functions: tuple[tuple[str, str], ...]
    tables: frozenset[tuple[str, str]]

    def login(self, role: str) -> str:
        if role != STRANGER:
            return dsn(self.settings, role)
        address = dsn(self.settings, "loader").rpartition("@")[2]
        return f"postgresql://{STRANGER}:{STRANGER}@{address}"


@pytest.fixture(scope="module")
def place(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with new_warehouse(cluster, tmp_path_factory.mktemp("access") / "state") as settings:
        built = build(settings)
        with engine(settings, OWNER).begin() as connection:
            connection.execute(text("update ops.builds set status = 'passed'"))
        publish(settings, built.build_id)
        with engine(settings, OWNER).begin() as connection:
            connection.execute(text(f"create role {STRANGER} login password '{STRANGER}'"))
            names = connection.execute(
                text("select schemaname, tablename from pg_tables where schemaname = any (:s)"),
                {"s": sorted(rights.schemas())},
            )
            yield_place = Place(
                settings,
                tuple(relations(connection)),
                tuple(functions(connection)),
                frozenset((row[0], row[1]) for row in names),
            )
        yield yield_place
        with engine(settings, OWNER).begin() as connection:
            connection.execute(text(f"drop role {STRANGER}"))


ROLES = (*rights.all_rights(), STRANGER)


def groups(role: str) -> list[rights.RoleRights]:
    """The rules that hold for a role: its own and those of its groups."""
    if role == STRANGER:
        return []
    own = rights.all_rights()[role]
    return [own, *(group for name in own.member_of for group in groups(name))]


def may(role: str, relation: Relation, verb: str) -> tuple[str, ...]:
    """The columns on which roles.yml lets a role do something; all of them for an owner."""
    if relation.owner in {one.name for one in groups(role)}:
        return relation.columns
    allowed: set[str] = set()
    for one in groups(role):
        columns = one.on(relation.schema, relation.name).get(verb, ())
        allowed |= set(rights.granted_columns(columns, relation.name, relation.columns))
    return tuple(column for column in relation.columns if column in allowed)


def test_every_schema_is_in_the_file(place: Place) -> None:
    with engine(place.settings, OWNER).connect() as connection:
        found = connection.execute(
            text(
                "select nspname from pg_namespace where nspname !~ '^pg_'"
                " and nspname not in ('information_schema', 'public')"
            )
        ).scalars()
        assert set(found) == rights.schemas()


def test_every_name_in_the_file_means_something(place: Place) -> None:
    """A rule for a table that was renamed would protect nothing."""
    there = {(one.schema, one.name) for one in place.relations}
    for role in rights.all_rights().values():
        for schema, patterns in role.tables.items():
            for pattern in patterns:
                if "*" not in pattern:
                    assert (schema, pattern) in there, f"roles.yml: {role.name}: {schema}.{pattern}"


def test_the_catalogue_says_what_the_file_says(place: Place) -> None:
    """Column by column, with the rights that come by membership and by ownership."""
    with engine(place.settings, OWNER).connect() as connection:
        rows = connection.execute(
            text(
                """
                select role, c.relnamespace::regnamespace::text, c.relname, verb, a.attname
                from pg_class as c
                inner join pg_attribute as a
                    on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                cross join unnest(cast(:roles as text[])) as role
                cross join unnest(array['select', 'insert', 'update']) as verb
                where c.relkind in ('r', 'p', 'v') and c.relnamespace::regnamespace::text = any (:s)
                    and has_column_privilege(role, c.oid, a.attnum, verb)
                union all
                select role, c.relnamespace::regnamespace::text, c.relname, verb, ''
                from pg_class as c
                cross join unnest(cast(:roles as text[])) as role
                cross join unnest(array['delete', 'truncate', 'references', 'trigger']) as verb
                where c.relkind in ('r', 'p', 'v') and c.relnamespace::regnamespace::text = any (:s)
                    and has_table_privilege(role, c.oid, verb)
                """
            ),
            {"roles": list(ROLES), "s": sorted(rights.schemas())},
        )
        found = {tuple(row) for row in rows}
    expected = set()
    for role in ROLES:
        for relation in place.relations:
            at = (role, relation.schema, relation.name)
            for verb in ("select", "insert", "update"):
                expected |= {(*at, verb, column) for column in may(role, relation, verb)}
            for verb in ("delete", "truncate"):
                if may(role, relation, verb):
                    expected.add((*at, verb, ""))
            if relation.owner in {one.name for one in groups(role)}:
                expected |= {(*at, "references", ""), (*at, "trigger", "")}
    assert len(expected) > 1000
    assert found - expected == set(), "more than roles.yml says"
    assert expected - found == set(), "less than roles.yml says"


@pytest.mark.parametrize("role", ROLES)
def test_what_a_login_tries_on_tables_ends_as_the_file_says(place: Place, role: str) -> None:
    tried = 0
    with psycopg.connect(place.login(role), autocommit=True) as connection:
        for relation in place.relations:
            table = sql.Identifier(relation.schema, relation.name)
            readable = may(role, relation, "select")
            # count(*) needs a right on any one column: when it fails, there is none
            works = _works(connection, sql.SQL("select count(*) from {}").format(table))
            assert works == bool(readable), f"{role} reads {relation.schema}.{relation.name}"
            if readable:
                for column in relation.columns if len(readable) < len(relation.columns) else ():
                    query = sql.SQL("select {} from {} limit 0").format(
                        sql.Identifier(column), table
                    )
                    assert _works(connection, query) == (column in readable), (
                        f"{role} reads {relation.schema}.{relation.name}.{column}"
                    )
            if (relation.schema, relation.name) not in place.tables:
                continue
            for verb, statement in _writing(relation).items():
                works = _works(connection, statement)
                assert works == bool(may(role, relation, verb)), (
                    f"{role}: {verb} on {relation.schema}.{relation.name}"
                )
                tried += 1
    assert tried > 100


@pytest.mark.parametrize("role", ROLES)
def test_what_a_login_tries_on_schemas_and_functions_ends_as_the_file_says(
    place: Place, role: str
) -> None:
    makes = {schema for one in groups(role) for schema in one.creates_in}
    calls = {schema for one in groups(role) for schema in one.executes}
    assert place.functions
    with psycopg.connect(place.login(role), autocommit=True) as connection:
        for schema in sorted(rights.schemas() | {"public"}):
            for statement in ("create table {} (a integer)", "create view {} as select 1 as a"):
                made = sql.SQL(statement).format(sql.Identifier(schema, "probe"))
                assert _works(connection, made) == (schema in makes), f"{role} creates in {schema}"
        for schema, signature in place.functions:
            name, _, arguments = signature.partition("(")
            nothing = sql.SQL(", ").join([sql.SQL("null")] * len(arguments.split(",")))
            call = sql.SQL("select {}({})").format(sql.Identifier(schema, name), nothing)
            assert _works(connection, call) == (schema in calls), f"{role} calls {signature}"
        for statement in ("create schema probe", "create role probe"):
            assert not _works(connection, sql.SQL(statement)), f"{role}: {statement}"


def test_what_was_granted_by_hand_is_taken_back(place: Place) -> None:
    granted = "select has_table_privilege('ops_reader', 'vault.person_identifiers', 'select')"
    with engine(place.settings, OWNER).begin() as connection:
        connection.execute(text("grant select on vault.person_identifiers to ops_reader"))
        connection.execute(text("revoke select on ops.builds from ops_reader"))
        assert connection.execute(text(granted)).scalar_one()
    migrate(place.settings)
    with engine(place.settings, OWNER).connect() as connection:
        assert not connection.execute(text(granted)).scalar_one()
        again = "select has_table_privilege('ops_reader', 'ops.builds', 'select')"
        assert connection.execute(text(again)).scalar_one()


def _writing(relation: Relation) -> dict[str, sql.Composed]:
    table = sql.Identifier(relation.schema, relation.name)
    first = sql.Identifier(relation.columns[0])
    return {
        "insert": sql.SQL("insert into {} default values").format(table),
        "update": sql.SQL("update {} set {} = default where false").format(table, first),
        "delete": sql.SQL("delete from {} where false").format(table),
        "truncate": sql.SQL("truncate {}").format(table),
    }


def _works(connection: psycopg.Connection, statement: sql.Composable) -> bool:
    """Whether Postgres lets it be done; nothing of it stays. Other errors come after the right."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.Error:
        return True
    return True
