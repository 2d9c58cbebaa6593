"""X05: who comes from another facility presents its slip."""

from expectations.rules.fragments import text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

RULE = Rule(
    id="X05",
    sentence_vi="Có MA_NOI_DI thì có GIAY_CHUYEN_TUYEN.",
    sentence_en="Where MA_NOI_DI is given, GIAY_CHUYEN_TUYEN is.",
    source=Source("QĐ 4750/QĐ-BYT XML1, note to GIAY_CHUYEN_TUYEN; catalogue X05", "M"),
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                f"{text_or_null('header.giay_chuyen_tuyen')} as giay_chuyen_tuyen",
                where=f"{text_or_null('header.ma_noi_di')} is not null",
            ),
            checks=(
                Check(
                    field="GIAY_CHUYEN_TUYEN",
                    holds="giay_chuyen_tuyen is not null",
                    reason="'MA_NOI_DI is given, GIAY_CHUYEN_TUYEN is blank'",
                ),
            ),
        ),
    ),
)
