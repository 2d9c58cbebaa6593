"""What each login sees of marts: its facilities, HIV or not; enforced by Postgres alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from release_star import Star, column, model
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, dsn, engine
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import create_reader
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.scopes import grant_scope, revoke_scope, scopes
from health_warehouse.release.publish import publish
from health_warehouse.release.rollback import rollback
from health_warehouse.settings import Settings
from warehouses import Cluster, new_warehouse

FACILITIES = ("95001", "96001", "96002", "01001")
PERSONS = 8
VISITS = 40  # visit v: facility v % 4, person v % 8; every tenth is of HIV; person 7 has no other

MANIFEST = {
    "nodes": {
        f"model.star.{one['name']}": one
        for one in (
            model(
                "dim_facilities",
                [
                    column("facility_key", "integer"),
                    column("facility_id", "text"),
                    column("province_code", "text"),
                ],
                ["facility_key"],
            ),
            model(
                "dim_persons",
                [column("person_key", "integer"), column("is_hiv_related", "boolean")],
                ["person_key"],
                {"visible_through": {"mart": "fct_encounters", "columns": ["person_key"]}},
            ),
            model(
                "fct_encounters",
                [
                    column("facility_key", "integer"),
                    column("encounter_key", "integer"),
                    column("person_key", "integer"),
                    column("amount_vnd", "integer"),
                    column("is_hiv_related", "boolean"),
                ],
                ["facility_key", "encounter_key"],
                {
                    "publish": {"scope": "touched", "keys": ["facility_key", "encounter_key"]},
                    "foreign_keys": [
                        {"columns": ["facility_key"], "to": "dim_facilities"},
                        {"columns": ["person_key"], "to": "dim_persons"},
                    ],
                },
            ),
            model(
                "fct_hiv_treatments",
                [column("facility_key", "integer"), column("encounter_key", "integer")],
                ["facility_key", "encounter_key"],
                {
                    "sensitivity": "hiv",
                    "foreign_keys": [
                        {
                            "columns": ["facility_key", "encounter_key"],
                            "to": "fct_encounters",
                        }
                    ],
                },
            ),
            model("dim_dates", [column("date_key", "date")], ["date_key"]),
        )
    }
}


@pytest.fixture(scope="module")
def published(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Star]:
    """A release, and three logins: of a hospital, of a province, of a hospital's HIV clinic."""
    with new_warehouse(cluster, tmp_path_factory.mktemp("rows") / "state") as settings:
        star = build_candidate(settings)
        publish(settings, star.build(is_full=True))
        create_reader(settings, "hospital")
        grant_scope(settings, "hospital", "Lan", facility_id="96001")
        create_reader(settings, "province")
        grant_scope(settings, "province", "Lan", province_code="96")
        create_reader(settings, "clinic", sees_hiv=True)
        grant_scope(settings, "clinic", "Lan", facility_id="96002")
        create_reader(settings, "newcomer")
        yield star
        for name in ("hospital", "province", "clinic", "newcomer"):
            drop_reader(settings, name, "Lan")


def build_candidate(settings: Settings) -> Star:
    star = Star(settings, MANIFEST)
    star.write_manifest()
    star.run(
        "create table candidate.dim_facilities"
        " (facility_key integer primary key, facility_id text, province_code text);"
        "create table candidate.dim_persons"
        " (person_key integer primary key, is_hiv_related boolean);"
        "create table candidate.fct_encounters (facility_key integer, encounter_key integer,"
        " person_key integer, amount_vnd integer, is_hiv_related boolean,"
        " primary key (facility_key, encounter_key));"
        "create table candidate.fct_hiv_treatments"
        " (facility_key integer, encounter_key integer, primary key (facility_key, encounter_key));"
        "create table candidate.dim_dates (date_key date primary key);"
        "create table intermediate.touched (facility_key integer, encounter_key integer);"
        "insert into candidate.dim_dates values ('2026-01-01')"
    )
    star.run(
        "insert into candidate.dim_facilities select place - 1, code,"
        " case when left(code, 1) = '9' then '96' else '01' end"
        " from unnest(cast(:codes as text[])) with ordinality as f (code, place)",
        codes=list(FACILITIES),
    )
    star.run(
        "insert into candidate.dim_persons select p, p = :last from generate_series(0, :last) as p",
        last=PERSONS - 1,
    )
    star.run(
        "insert into candidate.fct_encounters"
        " select v % 4, v, v % 8, 1000, v % 10 = 0 or v % 8 = 7"
        " from generate_series(0, :visits - 1) as v",
        visits=VISITS,
    )
    star.run(
        "insert into candidate.fct_hiv_treatments"
        " select facility_key, encounter_key from candidate.fct_encounters where is_hiv_related"
    )
    return star


def encounters(star: Star, login: str) -> set[int]:
    return {row[0] for row in star.rows("select encounter_key from marts.fct_encounters", login)}


def expected(facilities: set[int], with_hiv: bool) -> set[int]:
    return {
        v for v in range(VISITS) if v % 4 in facilities and (with_hiv or (v % 10 and v % 8 != 7))
    }


@pytest.mark.parametrize(
    ("login", "facilities", "with_hiv"),
    [
        ("bi_reader", {0, 1, 2, 3}, False),
        ("hiv_reader", {0, 1, 2, 3}, True),
        ("hospital", {1}, False),
        ("province", {0, 1, 2}, False),  # 95001 by the merger, which dim_facilities knows
        ("clinic", {2}, True),
        ("newcomer", set(), False),
    ],
)
def test_a_login_sees_the_rows_of_its_scopes(
    published: Star, login: str, facilities: set[int], with_hiv: bool
) -> None:
    wanted = expected(facilities, with_hiv)
    assert encounters(published, login) == wanted
    seen = published.rows("select facility_key from marts.dim_facilities", login)
    assert {row[0] for row in seen} == facilities
    persons = published.rows("select person_key from marts.dim_persons", login)
    assert {row[0] for row in persons} == {v % 8 for v in wanted}
    assert len(published.rows("select date_key from marts.dim_dates", login)) == 1
    total = published.value("select coalesce(sum(amount_vnd), 0) from marts.fct_encounters", login)
    assert total == 1000 * len(wanted)


def test_a_person_known_by_hiv_only_is_not_there_for_others(published: Star) -> None:
    """A row without any visible encounter would tell what its encounters are."""
    query = "select count(*) from marts.dim_persons where person_key = 7"
    assert published.value(query, "bi_reader") == 0
    assert published.value(query, "hiv_reader") == 1


def test_a_table_of_hiv_is_for_its_readers_only(published: Star) -> None:
    query = "select encounter_key from marts.fct_hiv_treatments"
    assert {row[0] for row in published.rows(query, "clinic")} == (
        expected({2}, with_hiv=True) - expected({2}, with_hiv=False)
    )
    for login in ("bi_reader", "hospital", "province"):
        with pytest.raises(Exception, match="permission denied"):
            published.rows(query, login)


def test_a_member_cannot_become_the_group(published: Star) -> None:
    for login, group in (("hospital", "bi_reader"), ("clinic", "hiv_reader")):
        with (
            psycopg.connect(dsn(published.settings, login)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="set role"),
        ):
            connection.execute(f"set role {group}")


def test_a_view_of_somebody_who_sees_all_shows_each_reader_his_own(published: Star) -> None:
    with engine(published.settings, OWNER).begin() as connection:
        connection.execute(text("create schema shared; grant usage on schema shared to bi_reader"))
        connection.execute(text("grant create on schema shared to bi_reader"))
    published.run("create view shared.counts as select * from marts.fct_encounters", "bi_reader")
    published.run("grant select on shared.counts to public", "bi_reader")
    try:
        seen = published.value("select count(*) from shared.counts", "hospital")
        assert seen == len(expected({1}, with_hiv=False))
    finally:
        published.run("drop view shared.counts", "bi_reader")
        with engine(published.settings, OWNER).begin() as connection:
            connection.execute(text("drop schema shared"))


def test_a_login_sees_its_own_scopes_only(published: Star) -> None:
    rows = published.rows("select role_name, facility_id from ops.reader_scopes", "hospital")
    assert rows == [("hospital", "96001")]


def test_readers_cannot_change_their_scopes(published: Star) -> None:
    for statement in (
        "insert into ops.reader_scopes (role_name) values ('hospital')",
        "update ops.reader_scopes set facility_id = null",
        "delete from ops.reader_scopes",
    ):
        with pytest.raises(Exception, match="permission denied"):
            published.run(statement, "hospital")


def test_scopes_are_granted_ended_and_remembered(published: Star) -> None:
    settings = published.settings
    grant_scope(settings, "newcomer", "Lan", facility_id="01001", reason="contract 7")
    grant_scope(settings, "newcomer", "Hoa", facility_id="01001")  # holds already
    assert encounters(published, "newcomer") == expected({3}, with_hiv=False)
    revoke_scope(settings, "newcomer", "Minh", facility_id="01001")
    assert encounters(published, "newcomer") == set()
    with pytest.raises(ConfigurationError, match="no such scope"):
        revoke_scope(settings, "newcomer", "Minh", facility_id="01001")
    (scope,) = scopes(settings, "newcomer", ended=True)
    assert (scope.granted_by, scope.reason, scope.revoked_by) == ("Lan", "contract 7", "Minh")
    assert scopes(settings, "newcomer") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"facility_id": "9600'1"}, "not a facility code"),
        ({"province_code": "99"}, "no province"),
        ({"province_code": "95"}, "a part of 96 now"),
        ({"province_code": "96", "facility_id": "96001"}, "grant two scopes"),
    ],
)
def test_a_scope_that_is_none_is_refused(
    published: Star, arguments: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        grant_scope(published.settings, "newcomer", "Lan", **arguments)
    with pytest.raises(ConfigurationError, match="no reader"):
        grant_scope(published.settings, "loader", "Lan")


@pytest.mark.parametrize("login", ["bi_reader", "hospital", "clinic"])
def test_what_depends_on_the_login_is_computed_once_per_query(published: Star, login: str) -> None:
    """A sub-plan that runs for each row would make every report pay for row security."""
    query = "select count(*) from marts.fct_encounters join marts.dim_persons using (person_key)"
    rows = published.rows(f"explain (costs off) {query}", login)
    plan = "\n".join(row[0] for row in rows)
    conditions = "\n".join(line for line in plan.splitlines() if "Filter:" in line)
    assert "InitPlan" in conditions or "$" in conditions  # $0 before Postgres 17
    assert "hashed SubPlan" in conditions
    assert not re.search(r"(?<!hashed )SubPlan", conditions), plan


def test_rows_stay_hidden_through_publication_and_rollback(published: Star) -> None:
    star = published
    star.run("update candidate.fct_encounters set amount_vnd = 1 where encounter_key in (1, 2)")
    star.run("insert into intermediate.touched values (1, 1), (2, 2)")
    star.build()
    publish(star.settings)
    assert encounters(star, "hospital") == expected({1}, with_hiv=False)
    rollback(star.settings, "wrong", "Lan")
    assert encounters(star, "hospital") == expected({1}, with_hiv=False)
    star.build()
    publish(star.settings, resume=True)


@pytest.mark.parametrize(
    ("tampering", "message"),
    [
        ("alter policy bi_reader_select on marts.fct_encounters using (true)", "not as it was"),
        ("comment on policy bi_reader_select on marts.fct_encounters is null", "renewed"),
        (
            "create policy all_rows on marts.fct_encounters for select to bi_reader using (true)",
            "shows more rows",
        ),
    ],
)
def test_a_policy_loosened_by_hand_stops_a_publication(
    published: Star, tampering: str, message: str
) -> None:
    star = published
    star.run(
        "update candidate.fct_encounters set amount_vnd = amount_vnd + 1 where encounter_key = 1"
    )
    star.build()
    star.run(tampering, "publisher")
    try:
        if message == "renewed":  # of an older version: made anew, without a question
            publish(star.settings)
        else:
            with pytest.raises(ConfigurationError, match=message):
                publish(star.settings)
    finally:
        star.run("drop policy if exists all_rows on marts.fct_encounters", "publisher")
        star.run("comment on policy bi_reader_select on marts.fct_encounters is null", "publisher")
        star.build()
        publish(star.settings)
    assert encounters(star, "hospital") == expected({1}, with_hiv=False)
