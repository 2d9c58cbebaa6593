"""L10: the fund pays no more for a package of devices than its ceiling, T_TRANTT.

A package is the lines of one GOI_VTYT (G1, G2 …); a line without one is a package itself. The
ceiling may stand on each of its lines or on one. That it is 45 base salaries is not judged here:
the base salary at a date is a list of its own.
"""

from expectations.rules.fragments import amount, holds_if_readable, quoted_result, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines

_LINES = lines(
    3,
    "coalesce(nullif(raw.canonical_code(line.goi_vtyt), ''), 'line ' || line.line) as package",
    f"{amount('line.t_bhtt')} as t_bhtt",
    f"{amount('line.t_trantt')} as t_trantt",
    where=f"{text_or_null('line.goi_vtyt')} is not null "
    f"or {text_or_null('line.t_trantt')} is not null",
)

RULE = Rule(
    id="L10",
    sentence_vi="Tổng T_BHTT của một gói vật tư không vượt T_TRANTT (sai số 1 đồng).",
    sentence_en="The sum of T_BHTT of a package of devices does not exceed T_TRANTT "
    "(tolerance 1 VND).",
    source=Source("QĐ 4750/QĐ-BYT XML3, note to T_TRANTT; catalogue L10", "H"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold="1 VND",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML3'",
            sql=f"""
select
    file_id,
    position,
    min(line) as line,
    sum(t_bhtt) as paid,
    max(t_trantt) as ceiling
from ({_LINES}) as part
group by file_id, position, package
having max(t_trantt) > 0""",
            checks=(
                Check(
                    field="T_BHTT",
                    holds=holds_if_readable("paid <= ceiling + 1"),
                    reason=f"'T_BHTT of the package is ' || {quoted_result('paid')} || "
                    f"', T_TRANTT is ' || {quoted_result('ceiling')}",
                ),
            ),
        ),
    ),
)
