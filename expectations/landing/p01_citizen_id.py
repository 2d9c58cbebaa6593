"""P01: SO_CCCD has the shape of a citizen id (12 digits, earlier 9) or of a Vietnamese passport.

A foreigner (MA_QUOCTICH other than 000) shows the passport of another country, of any shape. XML9
says the mother's nationality, XML0 nobody's: there letters and digits pass, and digits alone as far
as a passport has them (9, ICAO 9303). What XML6 and XML15 repeat is compared with XML1 by X08.
"""

from expectations.rules.fragments import described, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers, of_table

_IS_FOREIGN = "coalesce(btrim(ma_quoctich), '') not in ('', '000')"
_PASSPORT = "^[A-Za-z0-9]{5,15}$"
_LONG_NUMBER = "^[0-9]{10,}$"


def _check(column: str, foreign: str) -> Check:
    name = column.upper()
    return Check(
        field=name,
        holds=f"{text_or_null(column)} is null "
        f"or btrim({column}) ~ '^([0-9]{{9}}|[0-9]{{12}}|[A-Z][0-9]{{7}})$' "
        f"or ({foreign} and btrim({column}) ~ '{_PASSPORT}')",
        reason=f"'{name} has the shape of no id and no passport: ' || {described(column)}",
    )


RULE = Rule(
    id="P01",
    sentence_vi="SO_CCCD (nếu có) gồm 9 hoặc 12 chữ số, hoặc 1 chữ hoa và 7 chữ số; "
    "hộ chiếu nước ngoài có dạng khác. Cũng vậy với XML0 và SO_CCCD_NND của XML9.",
    sentence_en="SO_CCCD, when given, has 9 or 12 digits, or a capital and 7 digits; "
    "foreign passports have other shapes. So have that of XML0 and SO_CCCD_NND of XML9.",
    source=Source("QĐ 4750/QĐ-BYT XML1 and the insurer's portal sheet; catalogue P01", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers("header.so_cccd", "header.ma_quoctich"),
            (_check("so_cccd", _IS_FOREIGN),),
        ),
        Rows(
            "'XML0'",
            of_table("XML0", ("so_cccd",)),
            (_check("so_cccd", f"btrim(so_cccd) !~ '{_LONG_NUMBER}'"),),
        ),
        Rows(
            "'XML9'",
            of_table("XML9", ("so_cccd_nnd", "ma_quoctich")),
            (_check("so_cccd_nnd", _IS_FOREIGN),),
        ),
    ),
)
