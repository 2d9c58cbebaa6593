"""L13: no line twice, no surgeon at two tables.

A line repeats another when item, time of order, practitioner and quantity are equal, and nothing
else tells the two apart: a drug given three times a day has one order and three times of execution,
a device of one name may come at two prices, an X-ray be of two sites. A quantity is compared as a
number (100 and 100.0 are equal), as text where it is none; items by their codes in one form.

An operation (MA_NHOM 8) lasts from NGAY_TH_YL to NGAY_KQ; its surgeon is the first of
NGUOI_THUC_HIEN, for assistants and anaesthetists may look after two. Compared within one file:
what else is judged along with it is chance.
"""

from expectations.rules.fragments import numeric_code, quoted_time, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source
from expectations.rules.selections import VERSION, lines

_SAME = ("ngay_yl", "ngay_th_yl", "ma_bac_si", "so_luong", "tt_thau")
_NUMBERS = ("so_luong",)
_CODES = ("ma_thuoc", "ma_dich_vu", "ma_vat_tu")
_SAME_DRUG = (
    *("ma_thuoc", "ham_luong", "duong_dung", "lieu_dung", "so_dang_ky", "don_gia", "nguon_ctra"),
)
_SAME_SERVICE = (
    *("ma_dich_vu", "ma_vat_tu", "ten_vat_tu", "goi_vtyt", "don_gia_bv", "tyle_tt_dv"),
    *("ngay_kq", "ma_giuong", "vi_tri_th_dvkt", "ma_may", "ma_hieu_sp"),
)


def _compared(column: str) -> str:
    value = f"line.{column}"
    if column in _CODES:
        return f"raw.canonical_code({value}) as {column}"
    if column not in _NUMBERS:
        return value
    # a whole number without zeros in front, as nearly all are, is its own text
    number = f"coalesce(trim_scale(raw.parse_amount({value}))::text, {value})"
    return f"case when {value} ~ '^[1-9][0-9]*$' then {value} else {number} end as {column}"


def _unique(table: int, item: str, columns: tuple[str, ...], field: str) -> Rows:
    compared = lines(
        table,
        *map(_compared, columns),
        where=f"{item} is not null and {text_or_null('line.ngay_yl')} is not null",
    )
    return Rows(
        table_sql=f"'XML{table}'",
        sql=f"""
select
    file_id,
    position,
    max(line) as line,
    min(line) as first_line,
    count(*) as equal_count
from ({compared}) as compared
group by file_id, position, {", ".join(columns)}""",
        checks=(
            Check(
                field=field,
                holds="equal_count = 1",
                reason="'repeats line ' || first_line || ', ' || equal_count || ' lines are equal'",
            ),
        ),
    )


RULE = Rule(
    id="L13",
    sentence_vi="Trong một hồ sơ không có hai dòng trùng: cùng mã, NGAY_YL, MA_BAC_SI, số lượng "
    "và mọi trường phân biệt khác.",
    sentence_en="No two lines of a dossier are equal in item, NGAY_YL, MA_BAC_SI, quantity "
    "and all that could tell them apart.",
    source=Source("hospitals' checks, reasons of refused claims; catalogue L13", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _unique(2, text_or_null("line.ma_thuoc"), (*_SAME_DRUG, *_SAME), "MA_THUOC"),
        _unique(
            3,
            f"coalesce({text_or_null('line.ma_dich_vu')}, {text_or_null('line.ma_vat_tu')})",
            (*_SAME_SERVICE, *_SAME),
            "MA_DICH_VU",
        ),
    ),
)

_OPERATIONS = lines(
    3,
    "version.dossier_id",
    "btrim(split_part(line.nguoi_thuc_hien, ';', 1)) as surgeon",
    "line.ngay_th_yl",
    "line.ngay_kq",
    "raw.parse_local_time(line.ngay_th_yl) as began_at",
    "raw.parse_local_time(line.ngay_kq) as ended_at",
    joined=VERSION,
    where=f"{numeric_code('line.ma_nhom')} = '8' "
    f"and {text_or_null('line.nguoi_thuc_hien')} is not null "
    "and length(line.ngay_th_yl) = 12 and length(line.ngay_kq) = 12",
)

ONE_TABLE = Rule(
    id="L13_surgeon",
    sentence_vi="Một phẫu thuật viên chính không mổ hai người bệnh cùng lúc (trong một tệp).",
    sentence_en="No surgeon operates on two patients at the same time (within one file).",
    source=Source("reasons of refused claims; catalogue L13", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    scope=Scope.DELIVERY,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML3'",
            sql=f"""
with operation as materialized ({_OPERATIONS})
select distinct on (operation.file_id, operation.position, operation.line)
    operation.file_id, operation.position, operation.line,
    operation.ngay_th_yl, operation.ngay_kq,
    other.ngay_th_yl as other_ngay_th_yl, other.ngay_kq as other_ngay_kq,
    other.file_id is not null as is_elsewhere
from operation
left join operation as other
    on operation.file_id = other.file_id
    and operation.surgeon = other.surgeon
    and operation.dossier_id <> other.dossier_id
    and greatest(operation.began_at, other.began_at) < least(operation.ended_at, other.ended_at)
order by
    operation.file_id, operation.position, operation.line,
    other.began_at, other.ended_at""",
            checks=(
                Check(
                    field="NGUOI_THUC_HIEN",
                    holds="not is_elsewhere",
                    reason=f"'operates from ' || {quoted_time('ngay_th_yl')} || ' to ' || "
                    f"{quoted_time('ngay_kq')} || ', in another dossier from ' || "
                    f"{quoted_time('other_ngay_th_yl')} || ' to ' || "
                    f"{quoted_time('other_ngay_kq')}",
                ),
            ),
        ),
    ),
)
