"""P02: GIOI_TINH is one of the three codes. K01 tells a blank one.

Of XML1 it says who the patient is; of a check-in (XML0) and of a child (XML9) a wrong one is only
flagged. Copies in other tables are compared with XML1 by X08.
"""

from expectations.rules.by_field import rows_of_table
from expectations.rules.fragments import quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source


def _rows(table: str, column: str) -> Rows:
    name = column.upper()
    is_listed = Check(
        field=name,
        holds=f"{text_or_null(column)} is null or btrim({column}) in ('1', '2', '3')",
        reason=f"'{name} is not 1, 2 or 3: ' || {quoted_code(column)}",
    )
    return rows_of_table(table, (is_listed,))


RULE = Rule(
    id="P02",
    sentence_vi="GIOI_TINH là 1 (nam), 2 (nữ) hoặc 3 (chưa xác định).",
    sentence_en="GIOI_TINH is 1 (male), 2 (female) or 3 (undetermined).",
    source=Source("QĐ 4750/QĐ-BYT XML1; catalogue P02", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(_rows("XML1", "gioi_tinh"),),
)

OTHER = Rule(
    id="P02_other",
    sentence_vi="GIOI_TINH của XML0 và GIOI_TINH_CON của XML9 là 1, 2 hoặc 3.",
    sentence_en="GIOI_TINH of XML0 and GIOI_TINH_CON of XML9 are 1, 2 or 3.",
    source=Source("QĐ 4750/QĐ-BYT XML0, XML9; catalogue P02", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(_rows("XML0", "gioi_tinh"), _rows("XML9", "gioi_tinh_con")),
)
