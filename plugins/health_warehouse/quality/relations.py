"""Findings beside other dossiers, replaced by a build for all dossiers that it may concern.

Declared in `expectations/relations`. They flag and change no figure, so nothing waits for them, and
the build judges them by their SQL without Great Expectations, whose import takes 9 s.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from expectations import registry
from expectations.relations.visits import BATCH
from expectations.rules import statements
from expectations.rules.rule import Rule
from health_warehouse.errors import BuildFailed
from health_warehouse.quality.outcomes import Outcome, State, store

# A finding stands at a version that held the content of its dossier at the end of some build: one
# that does so now is in the batch, one that did lost its place in the stretch of this build.
_FORGET = """\
delete from quarantine.relation_findings as finding
using (
    select file_id, position from intermediate.int_claims__old_and_new_versions
    union
    select batch.file_id, batch.position from ({batch}) as batch
) as judged
where finding.file_id = judged.file_id and finding.position = judged.position
    and finding.rule_id = any(:rules)"""
_FORGET_ALL = "delete from quarantine.relation_findings where rule_id <> all(:settled)"
_FORGET_WHOLE = "delete from quarantine.relation_findings where rule_id = any(:rules)"
# People know a dossier by its id as it was sent. Sub-selects: a join might read all of raw.
_INSERT = """\
insert into quarantine.relation_findings (
    file_id, position, line, table_name, field, facility_id, dossier_id, rule_id, severity, reason
)
select
    found.file_id, found.position, found.line, found.table_name, found.field,
    coalesce(
        (
            select version.facility_id from ops.dossier_versions as version
            where version.file_id = found.file_id and version.position = found.position
        ),
        (
            select min(version.sender_id) from ops.document_versions as version
            where version.file_id = found.file_id and version.position = found.position
        )
    ),
    (
        select btrim(header.ma_lk) from raw.claims_xml1 as header
        where header.file_id = found.file_id and header.position = found.position
    ),
    :rule_id, :severity, found.reason
from ({findings}) as found
order by found.file_id, found.position, found.table_name, found.line, found.field"""


_ALL = "select 1 as all_that_counts"


class RuleNotJudged(BuildFailed):
    """The SQL of a rule failed, which is our fault and not that of what was delivered."""


def replace_findings(
    connection: Connection,
    build_id: int,
    *,
    is_full: bool,
    rules: Sequence[Rule] = registry.RELATIONS,
    whole: Sequence[Rule] = registry.WHOLE,
) -> tuple[Outcome, ...]:
    """Judge the affected dossiers, as they are at its end; how each rule went.

    `whole` rules name the rows that they judge themselves, and all their findings are replaced. In
    the transaction that completes the build, as role transformer. Raises RuleNotJudged naming the
    rule: a finding left from before would be of another set of deliveries.
    """
    settled = [rule.id for rule in (*registry.SETTLED, *registry.OF_SENDERS)]
    if is_full:
        connection.execute(text(_FORGET_ALL), {"settled": settled})
    else:
        asked = [rule.id for rule in rules]
        connection.execute(text(_FORGET.replace("{batch}", BATCH)), {"rules": asked})
        connection.execute(text(_FORGET_WHOLE), {"rules": [rule.id for rule in whole]})
    outcomes = tuple(
        _judge(connection, build_id, rule, batch)
        for those, batch in ((rules, BATCH), (whole, _ALL))
        for rule in those
    )
    store(connection, "relations", outcomes, build_id=build_id)
    return outcomes


def _judge(connection: Connection, build_id: int, rule: Rule, batch: str) -> Outcome:
    verdict = statements.verdict(rule).format(batch=f"({batch}) as batch")
    try:
        judged = connection.exec_driver_sql(verdict.replace("%", "%%")).one()
        if judged.failed_count:
            insert = _INSERT.replace("{findings}", statements.findings(rule, batch))
            values = {"rule_id": rule.id, "severity": rule.severity.value}
            connection.execute(text(insert), values)
    except OperationalError:
        raise
    except DBAPIError as error:  # its text may quote a value of a row
        kind = type(error.orig).__name__
        raise RuleNotJudged(
            f"build {build_id}: rule {rule.id} could not be judged ({kind}); correct the rule and "
            "build again"
        ) from None
    state: State = "failed" if judged.failed_count else "passed"
    if not judged.checked_count:
        state = "not_applicable"
    return Outcome(rule, state, judged.checked_count, judged.failed_count, float(judged.seconds))
