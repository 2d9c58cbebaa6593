"""D01: arrival, admission, end of care, in this order.

Dates come as yyyymmdd or yyyymmddHHMM, and one dossier may mix them: two are compared on the digits
that both have, so an arrival at 20260805 is not after an end of care at 202608051030.
"""

from expectations.rules.fragments import (
    described,
    holds_if_readable,
    quoted_time,
    text_or_null,
)
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source


def _is_time(column: str, *, is_required: bool) -> Check:
    readable = f"raw.parse_local_time({column}) is not null"
    optional = f"{text_or_null(column)} is null or {readable}"
    return Check(
        field=column.upper(),
        holds=readable if is_required else optional,
        reason=f"'{column.upper()} is not a date (yyyymmdd or yyyymmddHHMM): ' || "
        f"{described(column)}",
    )


def _in_order(earlier: str, later: str) -> Check:
    digits = f"least(length({earlier}), length({later}))"
    both = " and ".join(f"raw.parse_local_time({c}) is not null" for c in (earlier, later))
    ordered = f'left({earlier}, {digits}) collate "C" <= left({later}, {digits})'
    return Check(
        field=later.upper(),
        holds=holds_if_readable(f"case when {both} then {ordered} end"),
        reason=f"'{earlier.upper()} ' || {quoted_time(earlier)} || ' is after {later.upper()} ' "
        f"|| {quoted_time(later)}",
    )


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
            sql="""
select
    header.file_id,
    header.position,
    null::integer as line,
    header.ngay_vao,
    header.ngay_vao_noi_tru,
    header.ngay_ra
from batch
join ops.dossier_versions as version using (file_id)
join raw.claims_xml1 as header using (file_id, position)
where not version.is_withdrawal""",
            checks=(
                _is_time("ngay_vao", is_required=True),
                _is_time("ngay_ra", is_required=True),
                _is_time("ngay_vao_noi_tru", is_required=False),
                _in_order("ngay_vao", "ngay_ra"),
                _in_order("ngay_vao", "ngay_vao_noi_tru"),
                _in_order("ngay_vao_noi_tru", "ngay_ra"),
            ),
        ),
    ),
)
