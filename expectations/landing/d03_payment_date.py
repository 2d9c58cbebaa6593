"""D03: a visit is not paid before it begins. Blank is right: unpaid, and sent again when paid."""

from expectations.rules.checks import in_order, is_time
from expectations.rules.fragments import text_or_null, time_or_null
from expectations.rules.rule import Category, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

RULE = Rule(
    id="D03",
    sentence_vi="NGAY_TTOAN để trống khi chưa thanh toán; nếu có thì là ngày hợp lệ "
    "và không trước NGAY_VAO.",
    sentence_en="NGAY_TTOAN is blank while unpaid; when given it is a date not before NGAY_VAO.",
    source=Source("QĐ 4750/QĐ-BYT XML1 (blank, H); not before arrival is inferred (L)", "L"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                *(
                    f"header.{c}, {time_or_null(f'header.{c}')} as t_{c}"
                    for c in ("ngay_vao", "ngay_ttoan")
                ),
                where=f"{text_or_null('header.ngay_ttoan')} is not null",
            ),
            checks=(is_time("ngay_ttoan"), in_order("ngay_vao", "ngay_ttoan")),
        ),
    ),
)
