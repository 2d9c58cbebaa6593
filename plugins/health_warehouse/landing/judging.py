"""Judge newly loaded files: the landing suite on just these files, and what follows from it.

Everything is one transaction under row locks of the files, so a file is judged once: a second
process (a retry beside an orphan) waits, finds the file judged, and leaves it. Great Expectations
reads through a session of its own what the loader has committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, text

from expectations import registry
from expectations.generated.rules_of_contract import gate_of, rules_of
from expectations.rules import statements
from expectations.rules.rule import Rule
from health_warehouse.database.connections import engine
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import BatchIncomplete, CheckError
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.claims.facilities import note_facilities
from health_warehouse.landing.claims.kept_rows import bring_back_rows
from health_warehouse.landing.decisions import tell_waiting
from health_warehouse.landing.delivery_days import note_delivery_days
from health_warehouse.landing.documents import settle_documents
from health_warehouse.landing.findings import insert_findings
from health_warehouse.quality.incidents import raise_incident, resolve_incidents
from health_warehouse.quality.outcomes import Outcome, in_state, store
from health_warehouse.quality.runner import judging
from health_warehouse.settings import Settings

# `for no key update`: fences other checkers without stopping a loader that adds a receipt of the
# same bytes, whose foreign key takes a key-share lock of the file.
_LOCK_UNJUDGED = """\
select file_id, status, kind from ops.files
where file_id = any(:file_ids) and judged_at is null
order by file_id
for no key update"""

_REFUSE = """\
update ops.files as file
set status = 'refused', rule_id = first.rule_id, reason = first.reason
from (
    select distinct on (file_id) file_id, rule_id, reason from quarantine.findings
    where severity = 'refuse_file' and file_id = any(:file_ids)
    order by file_id, finding_id
) as first
where file.file_id = first.file_id and file.status = 'loaded'"""

# A row whose document could not be named has its verdict from the loader. Where a version stands is
# guessed here, for nearly all stand so: settling, in the same transaction, writes the others. One
# feed at a time, so that Postgres looks into its table alone.
_VERDICTS = """\
with held as materialized (
    select file_id, position from quarantine.findings
    where severity = 'quarantine_dossier' and file_id = any(:file_ids)
)
update ops.document_versions as version
set verdict = case when {is_held} then 'quarantined' else 'accepted' end,
    standing = case when {is_held} then 'quarantined' else 'loaded' end
from ops.files as file
where version.feed = :feed and version.file_id = any(:file_ids)
    and file.file_id = version.file_id""".replace(
    "{is_held}",
    "file.status = 'refused' or version.document_key is null"
    " or (version.file_id, version.position) in (select file_id, position from held)",
)
_FEEDS = """\
select file_id, kind from ops.files
where file_id = any(:file_ids) and kind in (select feed from ops.feeds)
order by file_id"""


@dataclass(frozen=True)
class LandingReport:
    """What one batch came to. `file_ids` are those judged now, none when all were before.

    `waiting`: how many dossiers and lists of the whole warehouse wait for a decision after it.
    """

    file_ids: tuple[int, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    refused_files: int = 0
    quarantined_dossiers: int = 0
    findings: int = 0
    changed_dossiers: int = 0
    waiting: int = 0
    changed_by_feed: Mapping[str, int] = field(default_factory=dict)


def check_files(
    settings: Settings,
    file_ids: Sequence[int],
    rules: Sequence[Rule] | None = None,
) -> LandingReport:
    """Judge those of `file_ids` that are not judged yet, and settle their documents.

    `rules`: None for those of each feed.
    Raises BatchIncomplete when `raw` does not hold the rows that the ledger counts, and CheckError
    when a rule could not be judged, or a feed has no contract any more: results and an incident are
    then stored, and no file of that feed is judged. Files of other feeds are.
    Refusing a file or quarantining a dossier is a handled outcome and raises nothing.
    """
    watch(settings, "loader")
    with engine(settings, "loader").begin() as connection:
        report, problem = _check(settings, connection, sorted(set(file_ids)), rules)
    if problem is not None:
        raise problem
    return report


def _check(
    settings: Settings, connection: Connection, file_ids: list[int], rules: Sequence[Rule] | None
) -> tuple[LandingReport, CheckError | BatchIncomplete | None]:
    """The work of `check_files`. An error is returned, for what is stored with it must commit."""
    known: int = connection.execute(
        text("select count(*) from ops.files where file_id = any(:file_ids)"),
        {"file_ids": file_ids},
    ).scalar_one()
    if known != len(file_ids):
        missing = len(file_ids) - known
        return LandingReport(), BatchIncomplete(
            f"{missing} files of the batch are not in ops.files"
        )
    locked = connection.execute(text(_LOCK_UNJUDGED), {"file_ids": file_ids}).all()
    by_feed: dict[str, list[int]] = {}
    for row in locked:
        if row.status == "loaded":
            by_feed.setdefault(row.kind, []).append(row.file_id)
    found = 0
    results: list[_Result] = []
    held: dict[int, CheckError | BatchIncomplete] = _without_contract(
        connection, catalogue(settings), by_feed
    )
    for suite in _suites(catalogue(settings), by_feed, rules):
        batch_sql = _batch_sql(suite.file_ids)
        with judging(settings, "loader", batch_sql) as judge:
            gate = judge("landing gate", suite.gate)
            is_whole = not in_state(gate, "error") and not in_state(gate, "failed")
            outcomes = gate + judge("landing", suite.rules) if is_whole else gate
        if not is_whole or in_state(outcomes, "error"):
            problem = _stop(connection, outcomes, suite.file_ids, batch_sql)
            held |= dict.fromkeys(suite.file_ids, problem)
            continue
        found += _find(connection, outcomes, batch_sql)
        results.append(_Result(suite.file_ids, outcomes))
    judged = [row.file_id for row in locked if row.file_id not in held]
    report = _act(settings, connection, judged, results, found, held=bool(held))
    bring_back_rows(connection, settings)
    return report, next(iter(held.values()), None)


class _Suite(NamedTuple):
    """Files of one feed, and the rules on them."""

    file_ids: list[int]
    gate: Sequence[Rule]
    rules: Sequence[Rule]


class _Result(NamedTuple):
    """What came out for the files of a suite."""

    file_ids: list[int]
    outcomes: tuple[Outcome, ...]


def _suites(
    contracts: Mapping[str, Contract],
    by_feed: Mapping[str, list[int]],
    rules: Sequence[Rule] | None,
) -> Iterator[_Suite]:
    """The files by feed, with the rules of each.

    Files without a contract are in none.
    """
    for feed, file_ids in by_feed.items():
        contract = contracts.get(feed)
        if contract is None:
            continue
        gate = (gate_of(contract),) if contract.is_of_rows else registry.LANDING_GATE
        by_hand = registry.LANDING_BY_FEED.get(feed)
        asked = rules_of(contract) if by_hand is None else by_hand
        yield _Suite(file_ids, gate, asked if rules is None else rules)


def _without_contract(
    connection: Connection, contracts: Mapping[str, Contract], by_feed: Mapping[str, list[int]]
) -> dict[int, CheckError | BatchIncomplete]:
    """Files that cannot be judged, because nothing says any more what they should hold."""
    held: dict[int, CheckError | BatchIncomplete] = {}
    for feed, file_ids in by_feed.items():
        fingerprint = f"landing:contract:{feed}"
        if feed in contracts:
            resolve_incidents(connection, fingerprint)
            continue
        message = (
            f"{len(file_ids)} deliveries of the feed {feed} wait to be judged, and it has no "
            "contract any more: put its file back"
        )
        raise_incident(connection, fingerprint, "landing", f"{feed}.complete", message)
        held |= dict.fromkeys(file_ids, CheckError(message))
    return held


def _batch_sql(file_ids: Sequence[int]) -> str:
    """The batch is the files; rules join what they need to it. The ids are integers of ours."""
    listed = ", ".join(str(int(file_id)) for file_id in file_ids)
    return f"select * from ops.files where file_id in ({listed})"  # noqa: S608


def _stop(
    connection: Connection, outcomes: Sequence[Outcome], file_ids: Sequence[int], batch_sql: str
) -> CheckError | BatchIncomplete:
    store(connection, "landing", outcomes, file_ids=file_ids)
    errors = in_state(outcomes, "error")
    for outcome in errors:
        message = f"rule {outcome.rule.id}: {outcome.message}"
        raise_incident(
            connection, f"landing:error:{outcome.rule.id}", "landing", outcome.rule.id, message
        )
    if errors:
        names = ", ".join(f"{outcome.rule.id} ({outcome.message})" for outcome in errors)
        return CheckError(f"nothing was judged: {names}; correct the rule and run again")
    messages = []
    for outcome in in_state(outcomes, "failed"):
        for row in connection.execute(text(statements.findings(outcome.rule, batch_sql))).all():
            messages.append(f"file {row.file_id}: {row.reason}")
            raise_incident(
                connection,
                f"landing:incomplete:{row.file_id}:",
                "landing",
                outcome.rule.id,
                messages[-1],
                file_id=row.file_id,
            )
    return BatchIncomplete(f"nothing was judged: {'; '.join(messages)}; the load must be repaired")


def _act(
    settings: Settings,
    connection: Connection,
    judged: Sequence[int],
    results: Sequence[_Result],
    found: int,
    *,
    held: bool,
) -> LandingReport:
    """`held`: files of some feed could not be judged, so that its incidents stay."""
    parameters = {"file_ids": list(judged)}
    if not judged:
        return LandingReport()
    for result in results:
        store(connection, "landing", result.outcomes, file_ids=result.file_ids)
        for file_id in result.file_ids:
            resolve_incidents(connection, f"landing:incomplete:{file_id}:")
        for outcome in result.outcomes if held else ():
            resolve_incidents(connection, f"landing:error:{outcome.rule.id}")
    if results and not held:
        resolve_incidents(connection, "landing:error:")
    refused = connection.execute(text(_REFUSE), parameters).rowcount
    by_feed = _by_feed(connection, judged)
    for feed, file_ids in by_feed.items():
        connection.execute(text(_VERDICTS), {"feed": feed, "file_ids": file_ids})
    connection.execute(
        text("update ops.files set judged_at = clock_timestamp() where file_id = any(:file_ids)"),
        parameters,
    )
    quarantined: int = connection.execute(
        text(
            "select count(*) from ops.document_versions"
            " where verdict = 'quarantined' and file_id = any(:file_ids)"
        ),
        parameters,
    ).scalar_one()
    changed = _settle(settings, connection, by_feed)
    note_facilities(connection, judged)
    waiting = tell_waiting(connection)
    return LandingReport(
        file_ids=tuple(judged),
        outcomes=tuple(outcome for result in results for outcome in result.outcomes),
        refused_files=refused,
        quarantined_dossiers=quarantined,
        findings=found,
        changed_dossiers=sum(changed.values()),
        changed_by_feed={feed: count for feed, count in changed.items() if count},
        waiting=waiting,
    )


def _by_feed(connection: Connection, judged: Sequence[int]) -> dict[str, list[int]]:
    by_feed: dict[str, list[int]] = {}
    for row in connection.execute(text(_FEEDS), {"file_ids": list(judged)}):
        by_feed.setdefault(row.kind, []).append(row.file_id)
    return by_feed


def _settle(
    settings: Settings, connection: Connection, by_feed: Mapping[str, Sequence[int]]
) -> dict[str, int]:
    """Settle the documents of every feed; how many changed content, by feed."""
    contracts = catalogue(settings)
    changed: dict[str, int] = {}
    for feed, file_ids in sorted(by_feed.items()):
        if feed in contracts:  # of a feed without a contract only refused files are judged
            contract = contracts[feed]
            tolerance = settings.late_delivery_tolerance
            changed[feed] = settle_documents(connection, contract, file_ids, tolerance)
            note_delivery_days(connection, contract, file_ids)
    return changed


def _find(connection: Connection, outcomes: Sequence[Outcome], batch_sql: str) -> int:
    """Insert the findings of the rules that failed; returns how many.

    Raises CheckError when fewer rows are found than Great Expectations saw fail: both come from one
    declaration and read the same rows, which nobody changes, so the fault is ours.
    """
    total = 0
    for outcome in in_state(outcomes, "failed"):
        count = insert_findings(connection, outcome.rule, batch_sql)
        if count < outcome.failed_count:
            raise CheckError(
                f"rule {outcome.rule.id}: {outcome.failed_count} rows failed, {count} were found"
            )
        total += count
    return total
