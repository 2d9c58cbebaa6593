"""Which rows a landing rule judges: those of one table in the new batch, withdrawals left out.

A dossier that its facility takes back (MA_DOITUONG_KCB 8) promises nothing about its content; only
the rules on files and keys (F) look at it. Selections start from the files of the batch and follow
primary keys, so their cost is that of the batch, whatever raw holds already.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.rules.fragments import text_or_null

IS_INSURED = (
    f"(coalesce(btrim(header.ma_doituong_kcb), '') <> '9' "
    f"and {text_or_null('header.ma_the_bhyt')} is not null)"
)
"""Of `header`. Else the patient pays, and may send XML1 and XML8 alone (QĐ 31/2026)."""

HEADER = "join raw.claims_xml1 as header using (file_id, position)"
VERSION = "join ops.dossier_versions as version using (file_id, position)"

# Few, so the hash of them is small; a join with all versions costs as much as most rules.
_WITHDRAWN = """\
select taken_back.file_id, taken_back.position
    from batch
    join ops.dossier_versions as taken_back using (file_id)
    where taken_back.is_withdrawal"""


def _unguessed(condition: str) -> str:
    """The condition as Postgres does not estimate it (a `case` is taken to hold for half the rows).

    It guesses that an equality with btrim(column) holds for 1 row in 200, and then joined by nested
    loops that read a file's dossiers once per line: quadratic in the size of a file.
    """
    return f"case when {condition} then true else false end"


def headers(*columns: str, joined: str = "", where: str = "true") -> str:
    """One row per XML1, named `header`; its file, `batch`, is at hand.

    `joined` is SQL after the last join: VERSION, a lateral.
    """
    return f"""
select
    header.file_id,
    header.position,
    null::integer as line,
    {", ".join(columns)}
from batch
join raw.claims_xml1 as header using (file_id)
{joined}
where (header.file_id, header.position) not in (
    {_WITHDRAWN}
)
    and {_unguessed(where)}"""


def lines(table: int, *columns: str, joined: str = "", where: str = "true") -> str:
    """One row per line of XML`table`, named `line`; `HEADER` joins the XML1 of its dossier."""
    return f"""
select
    line.file_id,
    line.position,
    line.line,
    {", ".join(columns)}
from batch
join raw.claims_xml{table} as line using (file_id)
{joined}
where (line.file_id, line.position) not in (
    {_WITHDRAWN}
)
    and {_unguessed(where)}"""


def lines_of(visits: str, table: int, *columns: str) -> str:
    """The lines of XML`table`, named `line`, of the dossiers that `headers` selects, `visit`.

    What is asked of a header is so worked out once per dossier, not once per line.
    """
    return f"""
select
    line.file_id,
    line.position,
    line.line,
    {", ".join(columns)}
from ({visits} offset 0) as visit
join raw.claims_xml{table} as line using (file_id, position)"""


def check_ins(*columns: str) -> str:
    """One row per check-in (XML0), named `line`: a document by itself."""
    return f"""
select
    line.file_id,
    line.position,
    line.position as line,
    {", ".join(f"line.{column}" for column in columns)}
from batch
join raw.check_ins as line using (file_id)
where coalesce(btrim(line.ma_doituong_kcb), '') <> '8'"""


def has(table: int) -> str:
    """SQL of whether the dossier of `header` has rows of XML`table`.

    One hash of the batch's keys: a sub-select per dossier would let Postgres hash the whole table,
    history included, and a join to a grouped part loops over it when it expects few rows.
    """
    return f"""\
(header.file_id, header.position) in (
    select part.file_id, part.position from batch join raw.claims_xml{table} as part using (file_id)
)"""


def of_table(table: str, columns: Sequence[str]) -> str:
    """One row per row of any table of the standard, XML0 to XML15, with these columns."""
    if table == "XML0":
        return check_ins(*columns)
    if table == "XML1":
        return headers(*(f"header.{column}" for column in columns))
    return lines(int(table.removeprefix("XML")), *(f"line.{column}" for column in columns))
