"""L02_days: SO_NGAY_DTRI follows from the dates, by the type of care (confidence H).

    01, 07, 09       0
    02, 03, 04, 06   day of NGAY_RA − day of NGAY_VAO + 1
    05               days of medicine        08   days with services

Days of medicine and of services cannot be counted from the lines for sure (a patient may still have
medicine, a service may be ordered once for many days), only that they are no more than the days
between arrival and end: `LONG_TERM` flags those. The standard gives no formula for types 10 to 16.
"""

from expectations.rules.fragments import holds_if_readable, quoted_code, quoted_number, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_SOURCE = Source("QĐ 4750/QĐ-BYT, note to XML1.SO_NGAY_DTRI; catalogue L02", "H")
_SPAN = "raw.parse_date(header.ngay_ra) - raw.parse_date(header.ngay_vao) + 1"
_IS_WHOLE = Check(
    field="SO_NGAY_DTRI",
    holds="n_so_ngay_dtri is not null and n_so_ngay_dtri = trunc(n_so_ngay_dtri)",
    reason=f"'SO_NGAY_DTRI is not a whole number: ' || {quoted_code('so_ngay_dtri')}",
)


def _rows(types: str, days: str, comparison: str, words: str) -> Rows:
    return Rows(
        table_sql="'XML1'",
        sql=headers(
            "header.so_ngay_dtri",
            "raw.parse_number(header.so_ngay_dtri) as n_so_ngay_dtri",
            f"{days} as days",
            where=f"btrim(header.ma_loai_kcb) in ({types}) "
            f"and {text_or_null('header.so_ngay_dtri')} is not null",
        ),
        checks=(
            _IS_WHOLE,
            Check(
                field="SO_NGAY_DTRI",
                holds=holds_if_readable(comparison),
                reason=f"'SO_NGAY_DTRI is ' || {quoted_number('so_ngay_dtri')} || "
                f"', {words} ' || days",
            ),
        ),
    )


RULE = Rule(
    id="L02_days",
    sentence_vi="SO_NGAY_DTRI bằng 0 với loại KCB 01, 07, 09; bằng ngày ra − ngày vào + 1 "
    "với loại 02, 03, 04, 06.",
    sentence_en="SO_NGAY_DTRI is 0 for types 01, 07 and 09, and the days from arrival to end, "
    "both counted, for types 02, 03, 04 and 06.",
    source=_SOURCE,
    category=Category.PLAUSIBILITY,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        _rows(
            "'01', '02', '03', '04', '06', '07', '09'",
            f"case when btrim(header.ma_loai_kcb) in ('01', '07', '09') then 0 else {_SPAN} end",
            "n_so_ngay_dtri = days",
            "by type of care and dates it is",
        ),
    ),
)

LONG_TERM = Rule(
    id="L02_days_long",
    sentence_vi="Với loại KCB 05, 08, SO_NGAY_DTRI không lớn hơn số ngày từ NGAY_VAO đến NGAY_RA.",
    sentence_en="For types 05 and 08 SO_NGAY_DTRI is no more than the days from arrival to end.",
    source=Source("inferred from QĐ 4750/QĐ-BYT, note to XML1.SO_NGAY_DTRI", "L"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _rows(
            "'05', '08'",
            _SPAN,
            "n_so_ngay_dtri between 0 and days",
            "days from arrival to end are",
        ),
    ),
)
