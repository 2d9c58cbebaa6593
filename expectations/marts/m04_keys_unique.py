"""M04: a key names one row for each audience, and a row of a single document is for one only."""

from expectations.marts.declared import marts, rows_in_scope
from expectations.marts.scope import AFFECTED_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source
from health_warehouse.marts.contracts import MartContract


def _unique(mart: MartContract) -> Rows:
    keys = ", ".join(mart.candidate_key)
    return Rows(
        table_sql=f"'{mart.mart}'",
        sql=f"""
select {keys}, count(*) as row_count
from batch
{rows_in_scope(mart, "fact")}
group by {keys}""",
        checks=(Check(keys, "row_count = 1", f"'{keys} is not unique in {mart.mart}'"),),
    )


RULE = Rule(
    id="M04",
    sentence_vi="Mỗi khóa chỉ ứng với một dòng cho mỗi đối tượng đọc; dòng của một hồ sơ chỉ dành "
    "cho một đối tượng.",
    sentence_en="A key names one row for each audience; a row of a single dossier is for one only.",
    source=Source("DESIGN, release gate: deterministic keys", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=tuple(_unique(mart) for mart in marts()),
    scope=Scope.RELEASE,
    coverage=AFFECTED_SCOPE,
)
