"""A build that breaks a promise to readers, and what a person then does in the UI.

The fault: a trigger on the candidate loses one line of each encounter that is built, as a wrong
join would. A correction is delivered, taken in by a run that a person triggered, and built by the
scheduler, which holds the release. Then the fault is mended; the person triggers a dry run and a
full rebuild, which waits for it. While that one is about to publish, somebody publishes the same
build from a terminal.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from sqlalchemy import Row, text
from story import Story, deliver_correction

from health_warehouse.database.connections import engine
from health_warehouse.landing.ledger import entries
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from live_warehouse import Marts, Person, assert_equal, marts, request, task_log, until
from mail_server import MailServer, parts
from oracle.recount import Recount, read_folder, recount

pytestmark = pytest.mark.timeout(1800)

_FAULT = """
create function candidate.lose_first_line() returns trigger language plpgsql as
    'begin if new.line_number = 1 then return null; end if; return new; end';
create trigger fault before insert on candidate.fct_claim_lines
    for each row execute function candidate.lose_first_line();
"""
_MENDED = "drop function candidate.lose_first_line() cascade"


@dataclass(frozen=True)
class _Held:
    """What is there to see while the release is held. `red` are the failed tasks of its run."""

    before: Marts
    seen: Marts | None
    red: list[tuple[Any, ...]]
    run_id: str
    incidents: list[Row[Any]]
    build_status: str
    ingested_by: str


@dataclass(frozen=True)
class _Mended:
    """What became of the runs that a person triggered after mending the fault."""

    dry_run_id: str
    after_dry_run: Marts | None
    full_run_id: str
    by_terminal: int
    seen: Marts | None
    counted: Recount


@pytest.fixture(scope="module")
def person(story: Story) -> Person:
    return Person.logged_in(story.airflow)


@pytest.fixture(scope="module")
def held(story: Story, person: Person) -> _Held:
    settings, airflow = story.settings, story.airflow
    before = marts(settings)
    assert before is not None
    with _fault(settings):
        until(airflow, lambda: _is_quiet(story))
        deliver_correction(settings, "corrected_later.xml")
        ingested_by = person.run("ingest_claims")
        run_id = _failed_run(story)
        return _Held(
            before=before,
            seen=marts(settings),
            red=airflow.query(
                "select task_id, try_number from task_instance where state = 'failed' "
                f"and dag_id = 'build_release' and run_id = '{run_id}'"
            ),
            run_id=run_id,
            incidents=_rows(
                settings, "select * from ops.incidents where state = 'open' and suite = 'marts'"
            ),
            build_status=_newest_build(settings).status,
            ingested_by=ingested_by,
        )


@pytest.fixture(scope="module")
def mended(story: Story, person: Person, held: _Held) -> _Mended:
    settings = story.settings
    dry_run_id = person.trigger("build_release", dry_run=True)
    full_run_id = person.trigger("build_release", full_rebuild=True)  # waits; before the clock's
    until(story.airflow, lambda: person.state("build_release", dry_run_id) == "success")
    after_dry_run = marts(settings)
    build_id = until(story.airflow, lambda: _audited_full_build(settings))
    by_terminal = publish(settings, build_id).release_id
    until(story.airflow, lambda: person.state("build_release", full_run_id) == "success")
    return _Mended(
        dry_run_id=dry_run_id,
        after_dry_run=after_dry_run,
        full_run_id=full_run_id,
        by_terminal=by_terminal,
        seen=marts(settings),
        counted=recount(read_folder(story.inbox)),
    )


def test_the_run_is_red_at_the_gate_and_only_there(held: _Held) -> None:
    assert held.red == [("audit_candidate", 1)], "held at once: trying again cannot help"


def test_the_log_of_the_red_task_names_the_rule(story: Story, held: _Held) -> None:
    log = task_log(story.airflow, "build_release", held.run_id, "audit_candidate")
    lines = [json.loads(line)["event"] for line in log.splitlines() if line.startswith("{")]
    assert [line for line in lines if line.startswith("ReleaseHeld: build ")]
    [rule] = [line for line in lines if line.startswith("M01: ")]
    place = lines[lines.index(rule) + 1]
    assert re.match(r"    fct_\w+, \w+: \d+ rows; facilities \w+ \(\d+\)", place), place
    assert " #" in place, "the dossier by its delivery and position"
    assert f"{story.airflow.url}/warehouse-docs/runbooks/release_held.md" in log


def test_a_handled_outcome_leaves_no_stack_trace(story: Story, held: _Held) -> None:
    log = task_log(story.airflow, "build_release", held.run_id, "audit_candidate")
    assert "error_detail" not in log
    assert "Traceback" not in log
    assert "site-packages" not in log


def test_the_runbook_of_the_log_is_a_page_of_the_ui(story: Story) -> None:
    with urlopen(f"{story.airflow.url}/warehouse-docs/runbooks/release_held.md") as answer:
        page = answer.read().decode()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "A release is held" in page
    for name in ("runbooks/../../pyproject.toml", "%2e%2e/pyproject.toml", "runbooks/none.md"):
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{story.airflow.url}/warehouse-docs/{name}")


def test_an_incident_is_open_for_the_rule(held: _Held) -> None:
    by_rule = {incident.rule_id: incident for incident in held.incidents}
    assert by_rule["M01"].suite == "marts"
    assert re.match(r"M01: [1-9]\d* of [1-9]\d* rows break", by_rule["M01"].message)
    assert held.build_status == "held"


def test_readers_keep_the_release_that_they_had(held: _Held) -> None:
    assert held.seen == held.before


def test_a_file_is_taken_in_by_a_run_that_a_person_triggers(story: Story, held: _Held) -> None:
    loaded = story.airflow.query(
        "select rendered_map_index from task_instance where dag_id = 'ingest_claims' "
        f"and task_id = 'load_batch' and state = 'success' and run_id = '{held.ingested_by}'"
    )
    assert [row[0].partition(",")[0] for row in loaded] == ["batch 1 of 1: 1 file"]
    statuses = {
        entry["file"]: entry["status"] for entry in entries(story.settings, with_names=True)
    }
    assert statuses["corrected_later.xml"] == "loaded"


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    story: Story, held: _Held, mended: _Mended
) -> None:
    assert mended.after_dry_run == held.before
    log = task_log(story.airflow, "build_release", mended.dry_run_id, "publish_release")
    assert "dry run, fct_encounters: 1 rows would go, 1 come" in log
    assert _task_state(story, mended.dry_run_id, "publish_release") == "skipped"


def test_after_mending_the_release_holds_every_delivery(held: _Held, mended: _Mended) -> None:
    assert mended.seen is not None
    assert mended.seen.release_id > held.before.release_id
    assert_equal(mended.seen, mended.counted)


def test_a_full_rebuild_that_a_person_triggers_builds_everything(
    story: Story, mended: _Mended
) -> None:
    build = _newest_build(story.settings)
    assert (build.is_full, build.from_change_id) == (True, 0)
    assert _task_state(story, mended.full_run_id, "build_marts") == "success"


def test_two_publishers_of_one_build_make_one_release(story: Story, mended: _Mended) -> None:
    assert mended.seen is not None
    assert mended.seen.release_id == mended.by_terminal
    assert _task_state(story, mended.full_run_id, "publish_release") == "success"
    made = _rows(
        story.settings,
        "select build_id from ops.releases group by build_id having count(*) > 1",
    )
    assert made == []


def test_incidents_are_resolved_by_the_audit_that_passes(story: Story, mended: _Mended) -> None:
    assert not _rows(
        story.settings, "select * from ops.incidents where state = 'open' and suite = 'marts'"
    )
    assert _rows(story.settings, "select * from ops.incidents where rule_id = 'M01'")


def test_the_hold_is_one_mail_and_its_end_another(
    story: Story, mended: _Mended, mail: MailServer
) -> None:
    until(story.airflow, lambda: any("Recovered: Release held" in s for s in mail.subjects))
    told = [s.partition("] ")[2] for s in mail.subjects if "Release held by" in s]
    rules = told[0].removeprefix("Release held by ")
    assert "M01" in rules
    assert told == [f"Release held by {rules}", f"Recovered: Release held by {rules}"]
    assert not any("audit_candidate" in s for s in mail.subjects), "the same cause, told once"


def test_the_mail_links_to_the_run_and_says_where_it_fails(
    story: Story, held: _Held, mail: MailServer
) -> None:
    [told] = [one for one in mail.received if "] Release held by" in str(one["Subject"])]
    link = f"/dags/build_release/runs/{quote(held.run_id, safe='')}/tasks/audit_candidate"
    for part in parts(told):
        assert link in part
        assert re.search(r"fct_\w+, \w+: \d+ rows; first facilities: \w+ \(\d+\)", part)
        assert "bị giữ lại" in part
        assert not re.search(r"[0-9a-f]{8} #\d", part), "no dossier"


def test_who_is_not_logged_in_triggers_nothing(story: Story) -> None:
    status, _ = request(story.airflow, "POST", "/api/v2/dags/build_release/dagRuns", {})
    assert status == http.client.UNAUTHORIZED


def test_a_parameter_of_the_wrong_type_is_refused_at_the_click(person: Person) -> None:
    status, answer = person.ask(
        "POST",
        "/api/v2/dags/build_release/dagRuns",
        {"logical_date": None, "conf": {"full_rebuild": "perhaps"}},
    )
    assert status == http.client.BAD_REQUEST
    assert "full_rebuild" in str(answer)


@contextmanager
def _fault(settings: Settings) -> Iterator[None]:
    _execute(settings, _FAULT)
    try:
        yield
    finally:
        _execute(settings, _MENDED)


def _is_quiet(story: Story) -> bool:
    """This minute's look into the inbox is over and the next one is not near: a run that is
    triggered now is the first to see a file that comes now."""
    running = story.airflow.query(
        "select 1 from dag_run where dag_id = 'ingest_claims' and state in ('queued', 'running')"
    )
    return not running and 3 < datetime.now(UTC).second < 45


def _failed_run(story: Story) -> str:
    """The id of the run of `build_release` that failed, as soon as one has."""
    found = "select run_id from dag_run where dag_id = 'build_release' and state = 'failed'"
    return str(until(story.airflow, lambda: story.airflow.query(found), may_fail=True)[0][0])


def _audited_full_build(settings: Settings) -> int | None:
    build = _newest_build(settings)
    return build.build_id if build.is_full and build.status in ("passed", "published") else None


def _newest_build(settings: Settings) -> Row[Any]:
    return _rows(settings, "select * from ops.builds order by build_id desc limit 1")[0]


def _task_state(story: Story, run_id: str, task_id: str) -> str:
    [(state,)] = story.airflow.query(
        f"select state from task_instance where dag_id = 'build_release' "
        f"and run_id = '{run_id}' and task_id = '{task_id}'"
    )
    return str(state)


def _rows(settings: Settings, query: str) -> list[Row[Any]]:
    with engine(settings, "ops_reader").connect() as connection:
        return list(connection.execute(text(query)).all())


def _execute(settings: Settings, statements: str) -> None:
    with engine(settings, "transformer").begin() as connection:
        connection.exec_driver_sql(statements)
