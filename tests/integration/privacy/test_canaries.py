"""What was planted is nowhere but where it has to be: not in logs, results, marts, files."""

from __future__ import annotations

import psycopg
from planted import Planted
from psycopg import sql
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing import findings
from health_warehouse.settings import PROJECT_DIR
from standard_dossiers import DOCTOR, FACILITY
from warehouses import Cluster

_PLACES_OF_VALUES = {("quarantine", "originals")}
_SCHEMAS_OF_VALUES = {"raw", "vault"}
# Columns that the loader and the maintainer read, and nobody else (test_access.py).
_NAMES_OF_FILES = {
    ("ops", "files"): ["file_name"],
    ("ops", "file_receipts"): ["file_name", "path", "uri"],
    ("ops", "bundles"): ["file_name", "uri"],
}
_FOLDERS_OF_VALUES = {"archive", "inbox", "secrets"}


def seen(canaries: set[str], content: str) -> set[str]:
    return {canary for canary in canaries if canary in content}


def test_what_was_planted_came_in(planted: Planted) -> None:
    """Else nothing is proved: the canaries are in raw, the vault, the originals, the archive."""
    with engine(planted.settings, OWNER).connect() as connection:
        for query in (
            "select count(*) from raw.claims_xml1 where ho_ten like '%Kanari%'",
            "select count(*) from raw.claims_xml9 where ho_ten_nnd like '%Kanari%'",
            "select count(*) from vault.person_identifiers where value like '%Kanari%'",
            "select count(*) from quarantine.originals where content like '%Kanari%'",
            "select count(*) from marts.fct_encounters",
            "select count(*) from marts.fct_births",
            "select count(*) from quarantine.findings",
            "select count(*) from ops.file_receipts where uri like '%Kanari trong zip%'",
            "select count(*) from ops.bundles where file_name like '%Kanari%'",
        ):
            assert connection.execute(text(query)).scalar_one() > 0, query


def test_failures_are_told_without_the_row(planted: Planted) -> None:
    copying, inserting = planted.failures
    assert "raw.claims_xml1" in copying
    assert "23514" in copying  # check_violation
    assert "23514" in inserting
    for told in planted.failures:
        assert not seen(planted.canaries, told)


def test_no_table_holds_a_canary(planted: Planted, cluster: Cluster) -> None:
    """Every column of every table and view but those that are there for such values."""
    assert planted.settings.dsn is not None
    database = planted.settings.dsn.get_secret_value().rpartition("/")[2]
    with psycopg.connect(cluster.server.url(database)) as connection:
        relations = connection.execute(
            "select relnamespace::regnamespace::text, relname from pg_class"
            " where relkind in ('r', 'v', 'm') and relnamespace::regnamespace::text !~ '^pg_'"
            " and relnamespace::regnamespace::text <> 'information_schema' order by 1, 2"
        ).fetchall()
        looked_at = 0
        for schema, name in relations:
            if schema in _SCHEMAS_OF_VALUES or (schema, name) in _PLACES_OF_VALUES:
                continue
            rows = connection.execute(
                sql.SQL("select (to_jsonb(t) - %s::text[])::text from {} as t").format(
                    sql.Identifier(schema, name)
                ),
                [_NAMES_OF_FILES.get((schema, name), [])],
            ).fetchall()
            looked_at += len(rows)
            content = "\n".join(row[0] for row in rows)
            assert not seen(planted.canaries, content), f"{schema}.{name}"
            if schema in ("candidate", "marts"):
                assert DOCTOR not in content, f"a licence number in {schema}.{name}"
    assert looked_at > 10_000


def test_no_log_and_no_answer_holds_a_canary(planted: Planted) -> None:
    assert f"{FACILITY} 20" in planted.said, "a delivery is shown"
    assert '"release_held"' in planted.said
    assert not seen(planted.canaries, planted.said)
    for finding in findings.entries(planted.settings):
        assert not seen(planted.canaries, str(finding))


def test_no_mail_and_no_webhook_holds_a_canary(planted: Planted) -> None:
    """A release that is held, Airflow that is away, and that both are well again."""
    subjects = [mail for mail in planted.told if "Subject: " in mail]
    assert any("Release held by M0" in mail for mail in subjects)
    assert any("Recovered: " in mail for mail in subjects)
    assert len(planted.told) == 2 * len(subjects), "each message goes by mail and by webhook"
    for message in planted.told:
        assert not seen(planted.canaries, message)


def test_no_file_of_the_state_folder_holds_a_canary(planted: Planted) -> None:
    """dbt's target and logs, whatever Great Expectations writes: all but archive and secrets."""
    state = planted.settings.state
    files = [path for path in state.rglob("*") if path.is_file()]
    names = {path.relative_to(state).parts[0] for path in files}
    assert "dbt" in names
    for path in files:
        if path.relative_to(state).parts[0] in _FOLDERS_OF_VALUES:
            continue
        content = path.read_text(encoding="utf-8", errors="replace")
        assert not seen(planted.canaries, content), path.relative_to(state)
    assert not list(PROJECT_DIR.glob("gx")), "Great Expectations left a project folder"


def test_the_server_writes_no_canary_into_its_log(planted: Planted, cluster: Cluster) -> None:
    log = cluster.server.log.read_text(encoding="utf-8", errors="replace")
    assert "forbidden" in log, "the refused rows are told, without their values"
    assert not seen(planted.canaries, log)
