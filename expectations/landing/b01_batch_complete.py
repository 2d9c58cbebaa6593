"""B01: the rows in raw are those that the parser counted."""

from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source
from health_warehouse.sources.claims.schema import TABLES


def _found(table: str) -> str:
    return f"(select count(*) from {table} as part where part.file_id = batch.file_id)"


def _counted(name: str) -> str:
    return f"coalesce(cast(row_counts ->> '{name}' as bigint), 0)"


# name of the count: the relation that holds the rows, and what the parser counted
_TABLES: dict[str, tuple[str, str]] = {
    "dossiers": ("ops.dossier_versions", "dossier_count"),
    **{
        table.name.lower(): (f"raw.{table.raw_table}", _counted(table.name))
        for table in TABLES.values()
    },
    "other": ("raw.claims_other", _counted("other")),
}

RULE = Rule(
    id="B01",
    sentence_vi="Số dòng trong kho đúng bằng số dòng mà bộ đọc tệp đã đếm.",
    sentence_en="The warehouse holds exactly the rows that the parser counted in the file.",
    source=Source("own: row rules pass on rows that are not there, so counts come first", "H"),
    category=Category.COMPLETENESS,
    severity=Severity.STOP_BATCH,
    owner="data team",
    scope=Scope.DELIVERY,
    rows=(
        Rows(
            table_sql="'file'",
            sql=f"""
select
    batch.file_id,
    null::integer as position,
    null::integer as line,
    {", ".join(f"{_found(table)} as {name}_found" for name, (table, _) in _TABLES.items())},
    {", ".join(f"{counted} as {name}_counted" for name, (_, counted) in _TABLES.items())}
from batch""",
            checks=tuple(
                Check(
                    field=name,
                    holds=f"{name}_found = {name}_counted",
                    reason=f"'{table} has ' || {name}_found || ' rows, '"
                    f"|| 'the parser counted ' || {name}_counted",
                )
                for name, (table, _) in _TABLES.items()
            ),
        ),
    ),
)
