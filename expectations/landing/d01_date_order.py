"""D01: arrival, admission, end of care, in this order.

Dates come as yyyymmdd or yyyymmddHHMM, and one dossier may mix them: two are compared on the digits
that both have, so an arrival at 20260805 is not after an end of care at 202608051030.
"""

from expectations.rules.checks import in_order, is_time
from expectations.rules.fragments import time_or_null
from expectations.rules.rule import Category, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_TIMES = ("ngay_vao", "ngay_vao_noi_tru", "ngay_ra")

RULE = Rule(
    id="D01",
    sentence_vi="NGAY_VAO ≤ NGAY_VAO_NOI_TRU (nếu có) ≤ NGAY_RA; "
    "NGAY_VAO và NGAY_RA là ngày hợp lệ.",
    sentence_en="NGAY_VAO ≤ NGAY_VAO_NOI_TRU (when given) ≤ NGAY_RA; "
    "NGAY_VAO and NGAY_RA are dates.",
    source=Source("QĐ 4750/QĐ-BYT XML1 and the insurer's portal sheet; catalogue D01", "H"),
    category=Category.PLAUSIBILITY,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(*(f"header.{c}, {time_or_null(f'header.{c}')} as t_{c}" for c in _TIMES)),
            checks=(
                is_time("ngay_vao", is_required=True),
                is_time("ngay_ra", is_required=True),
                is_time("ngay_vao_noi_tru"),
                in_order("ngay_vao", "ngay_ra"),
                in_order("ngay_vao", "ngay_vao_noi_tru"),
                in_order("ngay_vao_noi_tru", "ngay_ra"),
            ),
        ),
    ),
)
