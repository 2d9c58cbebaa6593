"""Which rows a landing rule judges: those of one table in the new batch, withdrawals left out.

A dossier that its facility takes back (MA_DOITUONG_KCB 8) promises nothing about its content; only
the rules on files and keys (F) look at it. Selections start from the files of the batch and follow
primary keys, so their cost is that of the batch, whatever raw holds already.
"""

from __future__ import annotations

from expectations.rules.fragments import text_or_null

IS_INSURED = (
    f"(coalesce(btrim(header.ma_doituong_kcb), '') <> '9' "
    f"and {text_or_null('header.ma_the_bhyt')} is not null)"
)
"""Of `header`. Else the patient pays, and may send XML1 and XML8 alone (QĐ 31/2026)."""

HEADER = "join raw.claims_xml1 as header using (file_id, position)"


def headers(*columns: str, joined: str = "", where: str = "true") -> str:
    """One row per XML1, named `header`; `version` and the file, `batch`, are at hand.

    `joined` is SQL after the last join, e.g. that of `with_count`.
    """
    return f"""
select
    header.file_id,
    header.position,
    null::integer as line,
    {", ".join(columns)}
from batch
join ops.dossier_versions as version using (file_id)
{HEADER}
{joined}
where not version.is_withdrawal
    and ({where})"""


def lines(table: int, *columns: str, joined: str = "", where: str = "true") -> str:
    """One row per line of XML`table`, named `line`; `HEADER` joins the XML1 of its dossier."""
    return f"""
select
    line.file_id,
    line.position,
    line.line,
    {", ".join(columns)}
from batch
join ops.dossier_versions as version using (file_id)
join raw.claims_xml{table} as line using (file_id, position)
{joined}
where not version.is_withdrawal
    and ({where})"""


def with_count(table: int) -> str:
    """A join that says in `xml{table}.row_count` how many rows of the table a dossier has.

    Null for none. Counted for the batch at once: a sub-select per dossier would let Postgres hash
    the whole table, history included.
    """
    return f"""\
left join (
    select part.file_id, part.position, count(*) as row_count
    from batch
    join raw.claims_xml{table} as part using (file_id)
    group by part.file_id, part.position
) as xml{table} using (file_id, position)"""
