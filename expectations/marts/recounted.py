"""A report beside a recount of the rows that it is made of, for the keys that a build affected."""

from expectations.marts.declared import AUDIENCES, affected_keys
from expectations.rules.rule import Check, Rows


def recounted(
    report: str,
    scope: str,
    source: str,
    figures: dict[str, str],
    within: str = "",
    unless: str = "false",
) -> Rows:
    """One row per key of `report` in the affected `scope`: its figures as counted and as reported.

    `source` is the relation that is counted; `within` are the columns of the key beside the scope
    and the audience; `unless` leaves out what an audience has otherwise. A closed class has what
    something closed is in. A key that is on one side only has nulls on the other.
    """
    affected = affected_keys(report)
    keys = f"{scope}, {within}" if within else scope
    return Rows(
        table_sql=f"'{report}'",
        sql=f"""
with recount as materialized (
    select
        {keys}, audiences.audience,
        {", ".join(f"{figure} as counted_{name}" for name, figure in figures.items())}
    from batch
    cross join {affected} as affected
    join {source} as counted using ({scope})
    join {AUDIENCES} on counted.audience = any(audiences.sees)
    where not ({unless})
    group by {keys}, audiences.audience
    having bool_or(counted.audience = audiences.audience)
),
report as materialized (
    select
        {keys}, report.audience,
        {", ".join(f"report.{name} as reported_{name}" for name in figures)}
    from {affected} as affected
    join candidate.{report} as report using ({scope})
)
select * from recount full join report using ({keys}, audience)""",
        checks=tuple(
            Check(
                name,
                f"counted_{name} is not distinct from reported_{name}",
                f"'{name} differs from the recount'",
            )
            for name in figures
        ),
    )
