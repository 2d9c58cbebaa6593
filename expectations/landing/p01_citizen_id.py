"""P01: SO_CCCD has the shape of a citizen id (12 digits, earlier 9) or of a Vietnamese passport.

A foreigner (MA_QUOCTICH other than 000) shows the passport of another country, of any shape.
"""

from expectations.rules.fragments import described, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_VIETNAMESE = "btrim(so_cccd) ~ '^([0-9]{9}|[0-9]{12}|[A-Z][0-9]{7})$'"
_FOREIGN = (
    "coalesce(btrim(ma_quoctich), '') not in ('', '000') and btrim(so_cccd) ~ '^[A-Za-z0-9]{5,15}$'"
)

RULE = Rule(
    id="P01",
    sentence_vi="SO_CCCD (nếu có) gồm 9 hoặc 12 chữ số, hoặc 1 chữ hoa và 7 chữ số; "
    "hộ chiếu nước ngoài có dạng khác.",
    sentence_en="SO_CCCD, when given, has 9 or 12 digits, or a capital and 7 digits; "
    "foreign passports have other shapes.",
    source=Source("QĐ 4750/QĐ-BYT XML1 and the insurer's portal sheet; catalogue P01", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers("header.so_cccd", "header.ma_quoctich"),
            (
                Check(
                    field="SO_CCCD",
                    holds=f"{text_or_null('so_cccd')} is null or {_VIETNAMESE} or ({_FOREIGN})",
                    reason="'SO_CCCD has the shape of no id and no passport: ' || "
                    f"{described('so_cccd')}",
                ),
            ),
        ),
    ),
)
