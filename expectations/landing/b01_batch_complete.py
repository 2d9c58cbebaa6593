"""B01: the rows in raw are those that the parser counted."""

from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source


def _count(table: str) -> str:
    return f"(select count(*) from {table} as part where part.file_id = batch.file_id)"


_TABLES = {
    "dossier_count": "ops.dossier_versions",
    "xml1_count": "raw.claims_xml1",
    "xml2_count": "raw.claims_xml2",
    "xml3_count": "raw.claims_xml3",
    "other_count": "raw.claims_other",
}

RULE = Rule(
    id="B01",
    sentence_vi="Số dòng trong kho đúng bằng số dòng mà bộ đọc tệp đã đếm.",
    sentence_en="The warehouse holds exactly the rows that the parser counted in the file.",
    source=Source("own: row rules pass on rows that are not there, so counts come first", "H"),
    category=Category.COMPLETENESS,
    severity=Severity.STOP_BATCH,
    owner="data team",
    rows=(
        Rows(
            table_sql="'file'",
            sql=f"""
select
    batch.*,
    null::integer as position,
    null::integer as line,
    {", ".join(f"{_count(table)} as {name}_found" for name, table in _TABLES.items())}
from batch""",
            checks=tuple(
                Check(
                    field=name,
                    holds=f"{name}_found = {name}",
                    reason=f"'{table} has ' || {name}_found || ' rows, '"
                    f"|| 'the parser counted ' || {name}",
                )
                for name, table in _TABLES.items()
            ),
        ),
    ),
)
