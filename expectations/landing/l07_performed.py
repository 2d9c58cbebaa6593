"""L07: tests, operations and procedures say who did them, when, on what, under which anaesthesia.

A test that is sent out (MA_DICH_VU XX.YYYY.ZZZZ.K.WWWWW) is done by another facility: who did it,
when and on which machine is not known here.
"""

from expectations.rules.fragments import numeric_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines


def _is_given(column: str, groups: str = "") -> Check:
    exempt = f" or ma_nhom not in ({groups})" if groups else ""
    return Check(
        field=column.upper(),
        holds=f"{text_or_null(column)} is not null{exempt}",
        reason=f"'{column.upper()} is blank in a line of MA_NHOM ' || ma_nhom",
    )


_NUMBER = numeric_code("line.ma_nhom")

RULE = Rule(
    id="L07",
    sentence_vi="MA_NHOM 1, 2, 3, 8, 18 có NGUOI_THUC_HIEN và NGAY_TH_YL; "
    "MA_NHOM 1, 2, 3 có MA_MAY; MA_NHOM 8 có PP_VO_CAM; trừ xét nghiệm gửi cơ sở khác.",
    sentence_en="Lines of MA_NHOM 1, 2, 3, 8 and 18 have NGUOI_THUC_HIEN and NGAY_TH_YL, "
    "1, 2 and 3 MA_MAY, 8 PP_VO_CAM; but not tests that are sent out.",
    source=Source("QĐ 4750/QĐ-BYT XML3 and the insurer's portal sheet; catalogue L07", "H"),
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML3'",
            sql=lines(
                3,
                f"{_NUMBER} as ma_nhom",
                "line.nguoi_thuc_hien",
                "line.ngay_th_yl",
                "line.ma_may",
                "line.pp_vo_cam",
                where=f"{_NUMBER} in ('1', '2', '3', '8', '18') "
                "and coalesce(raw.canonical_code(line.ma_dich_vu), '') not like '%.K.%'",
            ),
            checks=(
                _is_given("nguoi_thuc_hien"),
                _is_given("ngay_th_yl"),
                _is_given("ma_may", "'1', '2', '3'"),
                _is_given("pp_vo_cam", "'8'"),
            ),
        ),
    ),
)
