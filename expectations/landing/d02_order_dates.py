"""D02: an order is given during the care, before it is carried out and before its result.

Blank is right: the dates of a test that is sent out are not known here. NGAY_KQ may be after the
end of care, for results come late. That a line is carried out after it is ordered stands on the
portal's sheet for XML2 only, so XML3 is not held to it.
"""

from expectations.rules.checks import in_order, is_time
from expectations.rules.fragments import time_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines

# The times of the header are read once per dossier, not once per line: half of the cost.
_STAY = f"""\
join (
    select header.file_id, header.position, {
    ", ".join(
        f"header.{c}, {time_or_null(f'header.{c}')} as t_{c}" for c in ("ngay_vao", "ngay_ra")
    )
}
    from batch
    join raw.claims_xml1 as header using (file_id)
    offset 0
) as stay using (file_id, position)"""


def _rows(table: int, times: tuple[str, ...], order: tuple[Check, ...]) -> Rows:
    columns = [f"line.{c}, {time_or_null(f'line.{c}')} as t_{c}" for c in times]
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(
            table,
            *columns,
            "stay.ngay_vao",
            "stay.t_ngay_vao",
            "stay.ngay_ra",
            "stay.t_ngay_ra",
            joined=_STAY,
        ),
        checks=(
            *map(is_time, times),
            in_order("ngay_vao", "ngay_yl"),
            in_order("ngay_yl", "ngay_ra", field="NGAY_YL"),
            *order,
        ),
    )


RULE = Rule(
    id="D02",
    sentence_vi="NGAY_YL nằm trong khoảng từ NGAY_VAO đến NGAY_RA, không sau NGAY_TH_YL (XML2) "
    "và không sau NGAY_KQ (XML3); ngày đã ghi là ngày hợp lệ.",
    sentence_en="NGAY_YL is within NGAY_VAO and NGAY_RA, not after NGAY_TH_YL (XML2) "
    "and not after NGAY_KQ (XML3); what is given is a date.",
    source=Source(
        "QĐ 4750/QĐ-BYT XML2 and XML3 (H), the insurer's portal sheet (M); catalogue D02", "M"
    ),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _rows(2, ("ngay_yl", "ngay_th_yl"), (in_order("ngay_yl", "ngay_th_yl"),)),
        _rows(3, ("ngay_yl", "ngay_th_yl", "ngay_kq"), (in_order("ngay_yl", "ngay_kq"),)),
    ),
)
