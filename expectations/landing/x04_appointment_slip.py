"""X04: an appointment has a slip, a slip its day in XML1.

Where the patient pays, a slip need not be sent.
"""

from expectations.rules.fragments import text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import IS_INSURED, has, headers

_DAY = text_or_null("header.ngay_tai_kham")

RULE = Rule(
    id="X04",
    sentence_vi="NGAY_TAI_KHAM có khi và chỉ khi có XML14.",
    sentence_en="NGAY_TAI_KHAM is given if, and only if, there is an XML14.",
    source=Source("QĐ 4750/QĐ-BYT, notes to XML14; catalogue X04", "M"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                f"{_DAY} is not null as has_day",
                f"{has(14)} as has_slip",
                f"{IS_INSURED} as is_insured",
                where=f"{_DAY} is not null or {has(14)}",
            ),
            checks=(
                Check(
                    field="NGAY_TAI_KHAM",
                    holds="has_day and (has_slip or not is_insured)",
                    reason="case when has_day then 'NGAY_TAI_KHAM is given, there is no XML14' "
                    "else 'there is an XML14, NGAY_TAI_KHAM is blank' end",
                ),
            ),
        ),
    ),
)
