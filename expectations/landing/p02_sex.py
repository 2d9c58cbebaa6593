"""P02: GIOI_TINH is one of the three codes. K01 tells a blank one."""

from expectations.rules.fragments import quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

RULE = Rule(
    id="P02",
    sentence_vi="GIOI_TINH là 1 (nam), 2 (nữ) hoặc 3 (chưa xác định).",
    sentence_en="GIOI_TINH is 1 (male), 2 (female) or 3 (undetermined).",
    source=Source("QĐ 4750/QĐ-BYT XML1; catalogue P02", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers("header.gioi_tinh"),
            (
                Check(
                    field="GIOI_TINH",
                    holds=f"{text_or_null('gioi_tinh')} is null "
                    "or btrim(gioi_tinh) in ('1', '2', '3')",
                    reason=f"'GIOI_TINH is not 1, 2 or 3: ' || {quoted_code('gioi_tinh')}",
                ),
            ),
        ),
    ),
)
