"""The SQL of a rule: its verdict (two counts) and its findings (every failing row).

Both are built from the same `Rows` and `Check`s, and both start from a relation named `batch`, so
that they cannot judge different rows by different conditions. No value of a row is in a verdict.
"""

from __future__ import annotations

from expectations.rules.literal import literal
from expectations.rules.rule import Check, Rows, Rule, Scope

BATCH = "{batch}"


def verdict(rule: Rule) -> str:
    """SQL of one row: checked_count, failed_count (rows, not checks) and seconds taken.

    `{batch}` stands for the batch and is filled in by Great Expectations, by `str.format`: all
    other braces are doubled. Raises ValueError for a rule without rows.
    """
    if not rule.rows:
        raise ValueError(f"rule {rule.id} is not judged by a suite: it has no SQL")
    judged = "\nunion all\n".join(
        f"select {_all_hold(rows.checks)} as holds from ({rows.sql} offset 0) as judged"
        for rows in rule.rows
    )
    # A build is a row of constants, which the planner uses where it sees them; files are a query.
    seen = "not materialized " if rule.scope is Scope.RELEASE else ""
    statement = f"""\
batch as {seen}(select * from {BATCH}),
judged as ({judged})
select
    count(*) as checked_count,
    count(*) filter (where not holds) as failed_count,
    extract(epoch from clock_timestamp() - statement_timestamp()) as seconds
from judged"""
    before, after = statement.split(BATCH)
    return f"with {_escaped(before)}{BATCH}{_escaped(after)}"


def findings(rule: Rule, batch_sql: str) -> str:
    """SQL of one row per failing row and check: file_id, position, line, table_name, field, reason.

    `batch_sql` selects the batch; the rule adds no parameter of its own.
    """
    return f"with batch as ({batch_sql})\n" + "\nunion all\n".join(map(_findings, rule.rows))


def places(rule: Rule, batch_sql: str) -> str:
    """SQL of where a rule of the marts fails: mart, check_name, facility_key, encounter_key, and
    row_count. The keys are null where the judged rows have none of that name.
    """
    failing = "\nunion all\n".join(map(_failing, rule.rows))
    return f"""\
with batch as (
{batch_sql}
),
failing as ({failing})
select mart, check_name, facility_key, encounter_key, count(*) as row_count
from failing
group by mart, check_name, facility_key, encounter_key"""


def _failing(rows: Rows) -> str:
    names = ", ".join(literal(check.field) for check in rows.checks)
    holds = ", ".join(f"(({check.holds}) is true)" for check in rows.checks)
    return f"""\
select
    {rows.table_sql} as mart,
    problem.check_name,
    to_jsonb(judged) ->> 'facility_key' as facility_key,
    to_jsonb(judged) ->> 'encounter_key' as encounter_key
from (
    select * from ({rows.sql} offset 0) as judged
    where not ({_all_hold(rows.checks)})
    offset 0
) as judged
cross join lateral unnest(array[{names}], array[{holds}]) as problem (check_name, holds)
where not problem.holds"""


def _findings(rows: Rows) -> str:
    # A reason is worked out only for a check that failed (it costs more than the check): not for
    # rows that pass, which the inner filter leaves out, and not for the other checks of a row.
    # Two arrays and not VALUES: Postgres prepares the expressions of a lateral VALUES anew for each
    # row, 2 ms a row with the 25 checks of L01.
    fields = ", ".join(literal(check.field) for check in rows.checks)
    reasons = ",\n".join(
        f"case when ({check.holds}) is true then null "
        f"else coalesce({check.reason}, 'the rule does not hold') end"
        for check in rows.checks
    )
    return f"""\
select
    judged.file_id,
    judged.position,
    judged.line,
    {rows.table_sql} as table_name,
    problem.field,
    problem.reason
from (
    select * from ({rows.sql} offset 0) as judged
    where not ({_all_hold(rows.checks)})
    offset 0
) as judged
cross join lateral unnest(array[{fields}], array[{reasons}]) as problem (field, reason)
where problem.reason is not null"""


def _all_hold(checks: tuple[Check, ...]) -> str:
    # `offset 0` around the rows is Postgres' fence against flattening a sub-select: without it each
    # amount would be parsed once per check that names it.
    return " and ".join(f"({check.holds}) is true" for check in checks)


def _escaped(sql: str) -> str:
    return sql.replace("{", "{{").replace("}", "}}")
