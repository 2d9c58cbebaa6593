"""F07: a table that the standard does not describe (XML12, XML16 …) is kept as sent. Recorded only.

Nothing fails: the parser keeps it in `raw.claims_other`. It is recorded, because a kind of table
that suddenly comes is worth a look: a new version of the standard, or software that went astray.
"""

from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

RULE = Rule(
    id="F07",
    sentence_vi="Bảng (LOAIHOSO) có trong chuẩn; bảng khác được giữ nguyên như đã gửi.",
    sentence_en="A table (LOAIHOSO) is one of the standard; any other is kept as sent.",
    source=Source("tables seen in real files, XML12 and XML16 to XML18; catalogue F07", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.RECORD,
    owner="data team",
    rows=(
        Rows(
            table_sql="judged.table_name",
            sql=headers(
                "other.table_name",
                joined="left join raw.claims_other as other using (file_id, position)",
            ),
            checks=(
                Check(
                    field="LOAIHOSO",
                    holds="table_name is null",
                    reason="'no table of the standard: kept as sent'",
                ),
            ),
        ),
    ),
)
