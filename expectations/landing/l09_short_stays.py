"""L09: short stays have few bed days, and an inpatient is examined for money once.

A stay is measured from NGAY_VAO, the earlier of arrival and admission: the longest reading of it,
so that only what is short by any reading is flagged. Times of 8 digits have no hours and are not
judged. A day patient (04) may come for less than 4 hours at a time; an inpatient (03) who does is
type 09. What costs nothing is no fee.
"""

from expectations.rules.fragments import (
    holds_if_readable,
    is_inpatient,
    numeric_code,
    quoted_result,
)
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import HEADER, headers, lines

_STAY = (
    "case when length(header.ngay_vao) = 12 and length(header.ngay_ra) = 12 "
    "then raw.parse_local_time(header.ngay_ra) - raw.parse_local_time(header.ngay_vao) end"
)
_TYPE = "btrim(header.ma_loai_kcb)"
_NUMBER = numeric_code("line.ma_nhom")


_IS_BED = f"{_NUMBER} in ('14', '15', '16') and {_TYPE} in ('03', '04', '06')"
_IS_EXAMINATION = f"{_NUMBER} = '13' and {is_inpatient(_TYPE)}"
# Any digit but 0 in the amount: what L01 reports as no number is no matter here.
_CHARGED = lines(
    3,
    "raw.parse_amount(line.so_luong) as quantity",
    f"{_NUMBER} = '13' as is_examination",
    f"{_STAY} as stay",
    joined=HEADER,
    where=f"{_IS_BED} and line.thanh_tien_bv ~ '[1-9]' "
    f"or {_IS_EXAMINATION} and line.thanh_tien_bh ~ '[1-9]'",
)
_UNITS = f"""
select
    file_id,
    position,
    null::integer as line,
    sum(quantity) filter (where not is_examination) as bed_days,
    sum(quantity) filter (where is_examination) as examinations,
    min(stay) as stay
from ({_CHARGED}) as charged
group by file_id, position"""


RULE = Rule(
    id="L09",
    sentence_vi="Nội trú dưới 4 giờ là loại KCB 09 và không có tiền giường; từ 4 đến 24 giờ có "
    "không quá 1 ngày giường; nội trú có không quá 1 công khám.",
    sentence_en="An inpatient stay of less than 4 hours is type 09 and has no bed fee; "
    "one of 4 to 24 hours has at most 1 bed day; an inpatient has at most 1 examination fee.",
    source=Source("two hospitals' checks; catalogue L09", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold="4 and 24 hours of stay, 1 bed day, 1 examination",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(f"{_STAY} as stay", where=f"{_TYPE} = '03'"),
            checks=(
                Check(
                    field="MA_LOAI_KCB",
                    holds=holds_if_readable("stay >= interval '4 hours'"),
                    reason="'MA_LOAI_KCB is 03, the stay took ' || to_char(stay, 'HH24:MI')",
                ),
            ),
        ),
        Rows(
            table_sql="'XML3'",
            sql=_UNITS,
            checks=(
                Check(
                    field="SO_LUONG",
                    holds=holds_if_readable(
                        "bed_days <= case when stay < interval '4 hours' then 0 "
                        "when stay <= interval '24 hours' then 1 end"
                    ),
                    reason=f"{quoted_result('bed_days')} || ' bed days, the stay took ' || "
                    "to_char(stay, 'HH24:MI')",
                ),
                Check(
                    field="MA_NHOM",
                    holds=holds_if_readable("examinations <= 1"),
                    reason=f"{quoted_result('examinations')} || "
                    "' examination fees of an inpatient'",
                ),
            ),
        ),
    ),
)
