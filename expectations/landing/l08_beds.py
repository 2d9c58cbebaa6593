"""L08: beds are paid in a stay, each has a code, and is paid once for one time.

A bed at less than 100 % (TYLE_TT_DV) is shared and may be named by several dossiers, but by each
once. Two stays in one bed are compared within one file (what else is judged along with it is
chance), by the times of their lines (NGAY_TH_YL, else NGAY_YL, to NGAY_KQ, the end of a bed line);
lines with days only, or without an end, cannot be compared. Clocks and papers are granted an hour
(our threshold).
"""

from expectations.rules.fragments import numeric_code, quoted_code, quoted_time, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source
from expectations.rules.selections import HEADER, VERSION, lines

_IS_BED = f"{numeric_code('line.ma_nhom')} in ('14', '15', '16')"
_GIVEN = text_or_null("line.ma_giuong")

RULE = Rule(
    id="L08",
    sentence_vi="Ngày giường (MA_NHOM 14, 15, 16) chỉ có ở loại KCB 03, 04, 06; "
    "MA_GIUONG là H, T, C hoặc K và 3 chữ số (cách nhau bằng ;).",
    sentence_en="Bed lines (MA_NHOM 14, 15, 16) are for types 03, 04 and 06 only; "
    "MA_GIUONG is H, T, C or K and 3 digits (a list by ;).",
    source=Source("QĐ 4750/QĐ-BYT XML3, note to MA_GIUONG; catalogue L08", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML3'",
            sql=lines(
                3,
                f"{_IS_BED} as is_bed",
                f"{_GIVEN} as ma_giuong",
                "coalesce(btrim(header.ma_loai_kcb) in ('03', '04', '06'), false) as is_stay",
                joined=HEADER,
                where=f"{_IS_BED} or {_GIVEN} is not null",
            ),
            checks=(
                Check(
                    field="MA_NHOM",
                    holds="is_stay or is_bed is not true",
                    reason="'a bed is charged, MA_LOAI_KCB is not 03, 04 or 06'",
                ),
                Check(
                    field="MA_GIUONG",
                    holds="ma_giuong is null "
                    "or ma_giuong ~ '^[HTCK][0-9]{3}( *; *[HTCK][0-9]{3})*;?$'",
                    reason="'MA_GIUONG is not a list of bed codes: ' || "
                    f"{quoted_code('ma_giuong')}",
                ),
            ),
        ),
    ),
)

_BEGAN = f"coalesce({text_or_null('line.ngay_th_yl')}, line.ngay_yl)"
_LINES = lines(
    3,
    "version.dossier_id",
    "raw.canonical_code(line.ma_khoa) as department",
    "line.ma_giuong",
    f"{_BEGAN} as began",
    "line.ngay_kq as ended",
    "coalesce(raw.parse_number(line.tyle_tt_dv), 100) = 100 as is_whole",
    joined=VERSION,
    where=f"{_IS_BED} and length(line.ngay_kq) = 12 and length({_BEGAN}) = 12",
)
_USED = f"""
select
    line.*,
    btrim(bed) as bed,
    raw.parse_local_time(line.began) as began_at,
    raw.parse_local_time(line.ended) as ended_at
from ({_LINES} offset 0) as line
cross join lateral string_to_table(line.ma_giuong, ';') as bed
where btrim(bed) <> ''"""

ALONE = Rule(
    id="L08_alone",
    sentence_vi="Một giường không tính hai lần cùng lúc trong một hồ sơ, không tính 100% cho hai "
    "hồ sơ (quá một giờ, trong một tệp).",
    sentence_en="No bed is charged twice at the same time in one dossier, nor at 100 % in two "
    "(for more than an hour, within one file).",
    source=Source("one hospital's checks; catalogue L08", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold="1 hour",
    scope=Scope.DELIVERY,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML3'",
            sql=f"""
with used as materialized ({_USED})
select distinct on (used.file_id, used.position, used.line)
    used.file_id, used.position, used.line, used.began, used.ended,
    other.began as other_began, other.ended as other_ended,
    other.file_id is not null as is_taken
from used
left join used as other
    on used.file_id = other.file_id
    and used.department = other.department
    and used.bed = other.bed
    and case
        when used.dossier_id <> other.dossier_id then used.is_whole and other.is_whole
        else (used.file_id, used.position) = (other.file_id, other.position)
            and used.line <> other.line
    end
    and least(used.ended_at, other.ended_at)
        - greatest(used.began_at, other.began_at) > interval '1 hour'
order by used.file_id, used.position, used.line, other.began_at, other.ended""",
            checks=(
                Check(
                    field="MA_GIUONG",
                    holds="not is_taken",
                    reason=f"'the bed is used from ' || {quoted_time('began')} || ' to ' || "
                    f"{quoted_time('ended')} || ', by another line from ' || "
                    f"{quoted_time('other_began')} || ' to ' || {quoted_time('other_ended')}",
                ),
            ),
        ),
    ),
)
