"""X06: a birth has a weight and a notice.

Where the patient pays, the notice need not be sent.
"""

from expectations.rules.fragments import text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import IS_INSURED, has, headers

_WEIGHT = text_or_null("header.can_nang_con")

RULE = Rule(
    id="X06",
    sentence_vi="CAN_NANG_CON có khi và chỉ khi có XML9.",
    sentence_en="CAN_NANG_CON is given if, and only if, there is an XML9.",
    source=Source("QĐ 4750/QĐ-BYT, notes to XML9 and CAN_NANG_CON; catalogue X06", "M"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                f"{_WEIGHT} is not null as has_weight",
                f"{has(9)} as has_notice",
                f"{IS_INSURED} as is_insured",
                where=f"{_WEIGHT} is not null or {has(9)}",
            ),
            checks=(
                Check(
                    field="CAN_NANG_CON",
                    holds="has_weight and (has_notice or not is_insured)",
                    reason="case when has_weight then 'CAN_NANG_CON is given, there is no XML9' "
                    "else 'there is an XML9, CAN_NANG_CON is blank' end",
                ),
            ),
        ),
    ),
)
