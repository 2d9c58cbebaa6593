"""D05: the papers are dated as the visit that they are about.

XML7 on the day of discharge; XML11 from the day of the visit (of a visit past midnight, either
day); XML14 issued no earlier than arrival, for no earlier than the end of care. The annex has the
appointment after the end of care, the portal lets it be the same moment: the weaker one is asked.
Where NGAY_RA is the last day of medicine (types 02, 05, 07), at 23:59, only the day counts.
"""

from expectations.rules.checks import in_order, is_time
from expectations.rules.fragments import holds_if_readable, not_after, quoted_time, time_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import HEADER, lines

_VISIT = (
    "header.ngay_vao",
    f"{time_or_null('header.ngay_vao')} as t_ngay_vao",
    "header.ngay_ra",
    f"{time_or_null('header.ngay_ra')} as t_ngay_ra",
    "coalesce(btrim(header.ma_loai_kcb) in ('02', '05', '07'), false) as ends_with_medicine",
)


def _rows(table: int, dates: tuple[str, ...], *checks: Check) -> Rows:
    columns = [f"line.{c}, {time_or_null(f'line.{c}')} as t_{c}" for c in dates]
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(table, *columns, *_VISIT, joined=HEADER),
        checks=(*map(is_time, dates), *checks),
    )


_ON_DISCHARGE = Check(
    field="NGAY_CT",
    holds=holds_if_readable("left(t_ngay_ct, 8) = left(t_ngay_ra, 8)"),
    reason=f"'NGAY_CT ' || {quoted_time('ngay_ct')} || ' is not the day of NGAY_RA ' || "
    f"{quoted_time('ngay_ra')}",
)
_FROM_VISIT = Check(
    field="TU_NGAY",
    holds=holds_if_readable(
        "left(t_tu_ngay, 8) = left(t_ngay_vao, 8) "
        "or (left(t_tu_ngay, 8) = left(t_ngay_ra, 8) and not ends_with_medicine)"
    ),
    reason=f"'TU_NGAY ' || {quoted_time('tu_ngay')} || ' is not the day of the visit, ' || "
    f"{quoted_time('ngay_vao')} || ' to ' || {quoted_time('ngay_ra')}",
)
_DIGITS = "case when ends_with_medicine then 8 else length(t_ngay_hen_kl) end"
_AFTER_CARE = Check(
    field="NGAY_HEN_KL",
    holds=holds_if_readable(not_after(f"left(t_ngay_ra, {_DIGITS})", "t_ngay_hen_kl")),
    reason=f"'NGAY_HEN_KL ' || {quoted_time('ngay_hen_kl')} || ' is before NGAY_RA ' || "
    f"{quoted_time('ngay_ra')}",
)

RULE = Rule(
    id="D05",
    sentence_vi="Ngày trên giấy khớp lượt khám: XML7.NGAY_CT là ngày ra viện; "
    "XML11.TU_NGAY là ngày khám; XML14.NGAY_HEN_KL không trước NGAY_RA, "
    "XML14.NGAY_CT không trước NGAY_VAO.",
    sentence_en="Papers are dated as their visit: XML7.NGAY_CT on the day of discharge; "
    "XML11.TU_NGAY on the day of the visit; XML14.NGAY_HEN_KL not before NGAY_RA, "
    "XML14.NGAY_CT not before NGAY_VAO.",
    source=Source("QĐ 4750/QĐ-BYT XML7, XML11, XML14; catalogue D05", "H"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _rows(7, ("ngay_ct",), _ON_DISCHARGE),
        _rows(11, ("tu_ngay",), _FROM_VISIT),
        _rows(14, ("ngay_hen_kl", "ngay_ct"), _AFTER_CARE, in_order("ngay_vao", "ngay_ct")),
    ),
)
