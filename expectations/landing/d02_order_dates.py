"""D02: an order is given during the care, carried out after it is given and before its result.

Blank is right: the dates of a test that is sent out are not known here. NGAY_KQ of XML3 is within
the care; XML4 may bring a result up to 30 days later. No service or result can be later than the
day on which the file was received (days, because clocks differ). A test, an operation or a
procedure takes time, so its order, execution and result are not at the same minute.
"""

from expectations.rules.checks import in_order, is_time
from expectations.rules.fragments import (
    holds_if_readable,
    numeric_code,
    quoted_time,
    text_or_null,
    time_or_null,
)
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines

_TAKES_TIME = "('1', '2', '3', '8', '18')"
"""MA_NHOM of laboratory, imaging, functional tests, surgery, procedures: they have a performer."""

# The times of the header are read once per dossier, not once per line: half of the cost.
_STAY = f"""\
join (
    select header.file_id, header.position,
        to_char(batch.received_at at time zone 'Asia/Ho_Chi_Minh', 'YYYYMMDD') as received_on, {
    ", ".join(
        f"header.{c}, {time_or_null(f'header.{c}')} as t_{c}" for c in ("ngay_vao", "ngay_ra")
    )
}
    from batch
    join raw.claims_xml1 as header using (file_id)
    offset 0
) as stay using (file_id, position)"""


def _not_in_the_future(column: str) -> Check:
    """The SQL `t_` of the column is a time or null."""
    return Check(
        field=column.upper(),
        holds=holds_if_readable(f"left(t_{column}, 8) <= received_on"),
        reason=f"'{column.upper()} ' || {quoted_time(column)} || ' is after the file was received '"
        "|| 'on ' || received_on",
    )


_NOT_AT_ONCE = Check(
    field="NGAY_KQ",
    holds="not takes_time or coalesce(not (length(t_ngay_yl) = 12 and t_ngay_yl = t_ngay_th_yl"
    " and t_ngay_yl = t_ngay_kq), true)",
    reason="'NGAY_YL, NGAY_TH_YL and NGAY_KQ are all ' || t_ngay_kq",
)


def _rows(table: int, times: tuple[str, ...], *order: Check, extra: tuple[str, ...] = ()) -> Rows:
    columns = [f"line.{c}, {time_or_null(f'line.{c}')} as t_{c}" for c in times]
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(
            table,
            *columns,
            *extra,
            "stay.ngay_vao",
            "stay.t_ngay_vao",
            "stay.ngay_ra",
            "stay.t_ngay_ra",
            "stay.received_on",
            joined=_STAY,
        ),
        checks=(
            *map(is_time, times),
            in_order("ngay_vao", "ngay_yl"),
            in_order("ngay_yl", "ngay_ra", field="NGAY_YL"),
            *order,
        ),
    )


_RESULTS = Rows(
    table_sql="'XML4'",
    sql=lines(
        4,
        "line.ngay_kq",
        "substring(line.ngay_kq from '^\\s*([0-9]{8})') as t_ngay_kq",
        "stay.received_on",
        joined=_STAY,
        where=f"{text_or_null('line.ngay_kq')} is not null",
    ),
    checks=(_not_in_the_future("ngay_kq"),),
)

RULE = Rule(
    id="D02",
    sentence_vi="NGAY_YL nằm trong khoảng từ NGAY_VAO đến NGAY_RA; NGAY_TH_YL không trước NGAY_YL, "
    "NGAY_KQ (XML3) không trước NGAY_YL, NGAY_TH_YL và không sau NGAY_RA; NGAY_TH_YL, NGAY_KQ "
    "(cả XML4) không sau ngày nhận tệp; xét nghiệm, CĐHA, TDCN, phẫu thuật, thủ thuật không có cả "
    "ba mốc trùng một phút; ngày đã ghi là ngày hợp lệ.",
    sentence_en="NGAY_YL is within NGAY_VAO and NGAY_RA; NGAY_TH_YL is not before NGAY_YL; NGAY_KQ "
    "of XML3 is not before NGAY_YL and NGAY_TH_YL and not after NGAY_RA; NGAY_TH_YL and NGAY_KQ "
    "(of XML4, too) are not after the day on which the file was received; a test, an operation or "
    "a procedure does not have all three at the same minute; what is given is a date.",
    source=Source(
        "QĐ 4750/QĐ-BYT XML2 and XML3 (H), the insurer's portal sheet (M), what hospitals check "
        "because money was refused (L); catalogue D02",
        "L",
    ),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _rows(
            2,
            ("ngay_yl", "ngay_th_yl"),
            in_order("ngay_yl", "ngay_th_yl"),
            _not_in_the_future("ngay_th_yl"),
        ),
        _rows(
            3,
            ("ngay_yl", "ngay_th_yl", "ngay_kq"),
            in_order("ngay_yl", "ngay_th_yl"),
            in_order("ngay_yl", "ngay_kq"),
            in_order("ngay_th_yl", "ngay_kq"),
            in_order("ngay_kq", "ngay_ra", field="NGAY_KQ"),
            _not_in_the_future("ngay_th_yl"),
            _not_in_the_future("ngay_kq"),
            _NOT_AT_ONCE,
            extra=(
                f"coalesce({numeric_code('line.ma_nhom')} in {_TAKES_TIME}, false) as takes_time",
            ),
        ),
        _RESULTS,
    ),
)
