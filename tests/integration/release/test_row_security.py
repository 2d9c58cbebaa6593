"""What each login reads: by its group a schema, by its scopes rows; enforced by Postgres alone."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from release_star import Star
from scoped_star import PERSONS, VISITS, build_candidate, encounters, expected, is_closed
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, dsn, engine
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import create_reader, find_reader
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.scopes import grant_scope, revoke_scope, scopes
from health_warehouse.release.publish import publish
from health_warehouse.release.rollback import rollback
from warehouses import Cluster, new_warehouse

LOGINS = ("hospital", "province", "clinic", "newcomer", "analyst", "manager")


@pytest.fixture(scope="module")
def published(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Star]:
    """A release, and a login of each kind."""
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
        create_reader(settings, "analyst")
        grant_scope(settings, "analyst", "Lan")
        create_reader(settings, "manager", reads_reports=True)
        grant_scope(settings, "manager", "Lan")
        yield star
        for name in LOGINS:
            drop_reader(settings, name, "Lan")


@pytest.mark.parametrize(
    ("login", "schema", "facilities", "with_hiv"),
    [
        ("bi_reader", "marts", {0, 1, 2, 3}, False),
        ("analyst", "marts", {0, 1, 2, 3}, False),
        ("hiv_reader", "hiv", {0, 1, 2, 3}, True),
        ("hospital", "facility", {1}, False),
        ("province", "facility", {0, 1, 2}, False),  # 95001 by the merger
        ("clinic", "facility_hiv", {2}, True),
        ("newcomer", "facility", set(), False),
    ],
)
def test_a_login_reads_the_rows_of_its_scopes_in_the_schema_of_its_group(
    published: Star, login: str, schema: str, facilities: set[int], with_hiv: bool
) -> None:
    wanted = expected(facilities, with_hiv)
    assert encounters(published, login, schema) == wanted
    seen = published.rows(f"select facility_key from {schema}.dim_facilities", login)
    assert {row[0] for row in seen} == facilities
    dates = f"select date_key from {schema}.dim_dates"
    assert len(published.rows(dates, login)) == 1
    assert len(published.rows(f"select * from {schema}.current_release", login)) == 1
    total = f"select coalesce(sum(amount_vnd), 0) from {schema}.fct_encounters"
    assert published.value(total, login) == 1000 * len(wanted)


@pytest.mark.parametrize("login", ["bi_reader", "hiv_reader", *LOGINS])
def test_a_login_reads_no_other_schema(published: Star, login: str) -> None:
    own = {
        "bi_reader": {"marts"},
        "analyst": {"marts"},
        "hiv_reader": {"hiv", "marts"},
        "clinic": {"facility_hiv"},
        "manager": {"report"},
    }.get(login, {"facility"})
    for schema in {"marts", "closed", "hiv", "facility", "facility_hiv", "report"} - own:
        with pytest.raises(Exception, match="permission denied"):
            published.rows(f"select * from {schema}.rpt_visits", login)


def test_a_dimension_is_for_each_audience_what_its_documents_say(published: Star) -> None:
    """Of person 7 all visits are closed; person 0 has closed visits beside open ones."""
    query = "select visit_count from {}.dim_persons where person_key = {}"
    assert published.rows(query.format("marts", 7), "bi_reader") == []
    assert published.value(query.format("hiv", 7), "hiv_reader") == 5
    assert published.value(query.format("marts", 0), "bi_reader") == 4
    assert published.value(query.format("hiv", 0), "hiv_reader") == 5
    assert published.value("select count(*) from hiv.dim_persons", "hiv_reader") == PERSONS


def test_who_may_see_closed_rows_sees_which_they_are(published: Star) -> None:
    rows = published.rows("select encounter_key, is_closed from hiv.fct_encounters", "hiv_reader")
    assert {row[0] for row in rows if row[1]} == {v for v in range(VISITS) if is_closed(v)}


def test_views_of_facilities_hold_no_key_of_a_person(published: Star) -> None:
    for login, schema in (("hospital", "facility"), ("clinic", "facility_hiv")):
        with pytest.raises(Exception, match='column "person_key" does not exist'):
            published.rows(f"select person_key from {schema}.fct_encounters", login)
        with pytest.raises(Exception, match="does not exist"):
            published.rows(f"select * from {schema}.dim_persons", login)


def test_records_of_hiv_care_are_for_its_readers_only(published: Star) -> None:
    rows = published.rows("select encounter_key from facility_hiv.fct_hiv_treatments", "clinic")
    assert {row[0] for row in rows} == expected({2}, True) - expected({2}, False)
    for login, schema in (("bi_reader", "marts"), ("hospital", "facility")):
        with pytest.raises(Exception, match="does not exist"):
            published.rows(f"select * from {schema}.fct_hiv_treatments", login)


def test_reports_hold_closed_cases_and_suppress_cells_with_few(published: Star) -> None:
    rows = published.rows("select facility_key, visit_count, is_suppressed from report.rpt_visits",
                          "manager")  # fmt: skip
    found = {row[0]: (row[1], row[2]) for row in rows}
    for facility in range(4):
        visits = {v for v in range(VISITS) if v % 4 == facility}
        closed = {v for v in visits if is_closed(v)}
        is_few = 1 <= len(closed) <= 4
        assert found[facility] == (None if is_few else len(visits), is_few)
    assert {is_few for _, is_few in found.values()} == {True, False}


def test_no_login_reads_both_rows_and_reports(published: Star) -> None:
    settings = published.settings
    with pytest.raises(ConfigurationError, match="not both"):
        create_reader(settings, "both", sees_hiv=True, reads_reports=True)
    with pytest.raises(ConfigurationError, match="the whole province or nothing"):
        grant_scope(settings, "manager", "Lan", facility_id="96001")
    assert find_reader(settings, "manager").group == "report_reader"


def test_a_login_moves_to_the_group_that_its_scopes_ask_for(published: Star) -> None:
    settings = published.settings
    grant_scope(settings, "newcomer", "Lan")
    assert find_reader(settings, "newcomer").group == "bi_reader"
    assert encounters(published, "newcomer", "marts") == expected({0, 1, 2, 3}, False)
    revoke_scope(settings, "newcomer", "Lan")
    assert find_reader(settings, "newcomer").group == "facility_reader"
    with pytest.raises(Exception, match="permission denied"):
        published.rows("select * from marts.fct_encounters", "newcomer")


def test_a_member_of_a_group_by_hand_without_scope_sees_no_row(published: Star) -> None:
    with engine(published.settings, OWNER).begin() as connection:
        connection.execute(text("grant bi_reader to hospital with inherit true, set false"))
    try:
        assert encounters(published, "hospital", "marts") == set()
    finally:
        with engine(published.settings, OWNER).begin() as connection:
            connection.execute(text("revoke bi_reader from hospital"))


def test_a_member_cannot_become_the_group(published: Star) -> None:
    for login, group in (("hospital", "facility_reader"), ("clinic", "facility_hiv_reader")):
        with (
            psycopg.connect(dsn(published.settings, login)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="set role"),
        ):
            connection.execute(f"set role {group}")


def test_a_view_of_somebody_who_sees_all_shows_each_reader_his_own(published: Star) -> None:
    with engine(published.settings, OWNER).begin() as connection:
        connection.execute(text("create schema shared; grant usage on schema shared to public"))
        connection.execute(text("grant create on schema shared to bi_reader"))
    published.run("create view shared.counts as select * from marts.fct_encounters", "bi_reader")
    published.run("grant select on shared.counts to public", "bi_reader")
    try:
        assert published.value("select count(*) from shared.counts", "hospital") == 0
    finally:
        published.run("drop view shared.counts", "bi_reader")
        with engine(published.settings, OWNER).begin() as connection:
            connection.execute(text("drop schema shared"))


def test_readers_find_keys_and_joins(published: Star) -> None:
    query = (
        "select table_name, column_names, referenced_table from {}.keys"
        " where key_kind = 'foreign' order by 1, 3"
    )
    assert published.rows(query.format("marts"), "bi_reader") == [
        ("fct_encounters", ["facility_key"], "dim_facilities"),
        ("fct_encounters", ["person_key"], "dim_persons"),
    ]
    assert published.rows(query.format("facility"), "hospital") == [
        ("fct_encounters", ["facility_key"], "dim_facilities"),
    ]
    keys = published.rows(
        "select table_name, column_names from marts.keys where key_kind = 'primary'", "bi_reader"
    )
    assert ("rpt_visits", ["facility_key"]) in keys


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
    assert encounters(published, "newcomer", "facility") == expected({3}, with_hiv=False)
    revoke_scope(settings, "newcomer", "Minh", facility_id="01001")
    assert encounters(published, "newcomer", "facility") == set()
    with pytest.raises(ConfigurationError, match="no such scope"):
        revoke_scope(settings, "newcomer", "Minh", facility_id="01001")
    (scope,) = (one for one in scopes(settings, "newcomer", ended=True) if one.facility_id)
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


def test_rows_stay_hidden_through_publication_and_rollback(published: Star) -> None:
    star = published
    star.run("update candidate.fct_encounters set amount_vnd = 1 where encounter_key in (1, 2)")
    star.run("insert into intermediate.affected values (1, 1), (2, 2)")
    star.build()
    publish(star.settings)
    assert encounters(star, "hospital", "facility") == expected({1}, with_hiv=False)
    rollback(star.settings, "wrong", "Lan")
    assert encounters(star, "hospital", "facility") == expected({1}, with_hiv=False)
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
    assert encounters(star, "hospital", "facility") == expected({1}, with_hiv=False)
