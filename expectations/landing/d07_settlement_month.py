"""D07: nothing is settled before the care has ended.

NGAY_RA of types 02, 05 and 07 is the last day of the medicine taken home, so these are settled in
the month of NGAY_VAO or later. K02_number flags what is no year or no month.
"""

from expectations.rules.fragments import quoted_code, quoted_time
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers


def _number(column: str, first: int, last: int) -> str:
    number = f"raw.parse_number({column})"
    return f"case when {number} between {first} and {last} then {number} end"


RULE = Rule(
    id="D07",
    sentence_vi="Tháng quyết toán (NAM_QT, THANG_QT) không trước tháng của NGAY_RA; "
    "loại KCB 02, 05, 07: không trước tháng của NGAY_VAO.",
    sentence_en="The month of settlement (NAM_QT, THANG_QT) is not before that of NGAY_RA; for "
    "types 02, 05 and 07 not before that of NGAY_VAO.",
    source=Source("inferred from QĐ 4750/QĐ-BYT, NAM_QT, THANG_QT, NGAY_RA; catalogue D07", "L"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                "header.nam_qt",
                "header.thang_qt",
                f"{_number('header.nam_qt', 1900, 9999)} * 100"
                f" + {_number('header.thang_qt', 1, 12)} as settled_in",
                "care.field",
                "care.ended",
                "to_char(raw.parse_date(care.ended), 'YYYYMM')::numeric as ended_in",
                joined="""\
cross join lateral (
    select
        case when is_to_come then 'NGAY_VAO' else 'NGAY_RA' end as field,
        btrim(case when is_to_come then header.ngay_vao else header.ngay_ra end) as ended
    from (
        values (coalesce(btrim(header.ma_loai_kcb) in ('02', '05', '07'), false))
    ) as kind (is_to_come)
) as care""",
            ),
            checks=(
                Check(
                    field="THANG_QT",
                    holds="coalesce(settled_in >= ended_in, true)",
                    reason=f"'settled in month ' || {quoted_code('thang_qt')} || ' of ' || "
                    f"{quoted_code('nam_qt')} || ', before ' || field || ' ' || "
                    f"{quoted_time('ended')}",
                ),
            ),
        ),
    ),
)
