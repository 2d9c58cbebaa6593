"""F04: all tables of a dossier carry the MA_LK of its XML1; no table stands without an XML1."""

from expectations.rules.fragments import quoted_code
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from health_warehouse.sources.claims.schema import TABLES, Table

_SAME = (
    "case when not has_header then 'there is no readable XML1 in this HOSO' "
    f"else 'MA_LK is not that of XML1: ' || {quoted_code('ma_lk')} end"
)

# equal as they stand, most of the time
_HOLDS = "(ma_lk = header_ma_lk or raw.canonical_code(ma_lk) = raw.canonical_code(header_ma_lk))"


def _lines(table: Table) -> Rows:
    return Rows(
        table_sql=f"'{table.name}'",
        sql=f"""
select
    line.file_id,
    line.position,
    line.line,
    line.ma_lk,
    header.file_id is not null as has_header,
    btrim(header.ma_lk) as header_ma_lk
from batch
join raw.{table.raw_table} as line using (file_id)
left join raw.claims_xml1 as header using (file_id, position)""",
        checks=(Check("MA_LK", _HOLDS, _SAME),),
    )


_HEADERS = Rows(
    table_sql="'XML1'",
    sql="""
select header.file_id, header.position, null::integer as line, header.ma_lk
from batch
join raw.claims_xml1 as header using (file_id)""",
    checks=(Check("MA_LK", "coalesce(raw.canonical_code(ma_lk), '') <> ''", "'MA_LK is blank'"),),
)

# Tables kept as sent: one row per distinct MA_LK inside. A table without any (an empty list, or a
# kind that the standard does not know) promises nothing here: F07 keeps it and never fails it.
_OTHERS = Rows(
    table_sql="judged.table_name",
    sql="""
select
    other.file_id,
    other.position,
    null::integer as line,
    other.table_name,
    found.ma_lk,
    header.file_id is not null as has_header,
    btrim(header.ma_lk) as header_ma_lk
from batch
join raw.claims_other as other using (file_id)
cross join lateral unnest(other.ma_lk_values) as found (ma_lk)
left join raw.claims_xml1 as header using (file_id, position)""",
    checks=(Check("MA_LK", _HOLDS, _SAME),),
)

RULE = Rule(
    id="F04",
    sentence_vi="MA_LK giống nhau trong mọi bảng của một hồ sơ; không có bảng nào thiếu XML1.",
    sentence_en="MA_LK is the same in all tables of a dossier; no table is there without an XML1.",
    source=Source("QĐ 4750/QĐ-BYT, MA_LK joins all tables; catalogue F04", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        _HEADERS,
        *(_lines(table) for table in TABLES.values() if table.name != "XML1"),
        _OTHERS,
    ),
)
