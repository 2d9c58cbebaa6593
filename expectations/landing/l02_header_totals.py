"""L02: the totals of XML1 are the sums of its lines.

Facts (§3.2 of the notes on the standard, confidence H unless said): T_THUOC = Σ XML2 BV; T_VTYT =
Σ XML3 BV of MA_NHOM 10 (and 11, used before); T_TONGCHI_BV, T_TONGCHI_BH, T_BNTT, T_BNCCT and
T_NGUONKHAC = Σ of both; T_BHTT_GDV = Σ T_BHTT of lines with MA_PTTT 1 (M: one implementation
leaves out army and police cards, CA, CY, QN, so they are not judged); T_BHTT = T_TONGCHI_BH −
T_BNCCT, hard only where no other source pays. What one pays of the co-payment or of the fund's part
makes that differ from Σ T_BHTT, and the texts conflict: there either of the two is right, nothing
else.

Tolerance 1 VND per total (M: one implementation; the law names none). A visit without insurance may
be sent as XML1 alone, its totals then have no lines to agree with: not applicable. A package capped
by T_TRANTT may move money from the fund to the patient: there the sum of the lines is right too.
A total that needs a line that cannot be read is not judged; L01 reports that line.
"""

from __future__ import annotations

from functools import partial

from expectations.rules.checks import equals, is_number
from expectations.rules.fragments import amount, text_or_null
from expectations.rules.rule import Category, Rows, Rule, Severity, Source

_TOLERANCE = "1"
_SUMMED = ("thanh_tien_bv", "thanh_tien_bh", "t_bntt", "t_bncct", "t_bhtt", "t_nguonkhac")
_TOTALS = (
    "t_thuoc",
    "t_vtyt",
    "t_tongchi_bv",
    "t_tongchi_bh",
    "t_bntt",
    "t_bncct",
    "t_bhtt",
    "t_nguonkhac",
    "t_bhtt_gdv",
)


def _lines(number: int, cap: str) -> str:
    columns = ", ".join(f"{amount(f'line.{column}')} as {column}" for column in _SUMMED)
    return (
        f"select line.file_id, line.position, {number} as xml, btrim(line.ma_nhom) as ma_nhom, "
        f"btrim(line.ma_pttt) as ma_pttt, {cap} as cap, {columns} "
        f"from batch join raw.claims_xml{number} as line using (file_id)"
    )


def _sum(column: str, where: str = "true") -> str:
    """Sum over the lines; null when one of them cannot be read."""
    return (
        f"case when count(*) filter (where ({where}) and {column} is null) = 0 "
        f"then coalesce(sum({column}) filter (where {where}), 0) end"
    )


_SUMS = {
    "t_thuoc": _sum("thanh_tien_bv", "xml = 2"),
    "t_vtyt": _sum("thanh_tien_bv", "xml = 3 and ma_nhom in ('10', '11')"),
    "t_tongchi_bv": _sum("thanh_tien_bv"),
    "t_tongchi_bh": _sum("thanh_tien_bh"),
    "t_bntt": _sum("t_bntt"),
    "t_bncct": _sum("t_bncct"),
    "t_bhtt": _sum("t_bhtt"),
    "t_nguonkhac": _sum("t_nguonkhac"),
    "t_bhtt_gdv": _sum("t_bhtt", "ma_pttt = '1'"),
}

_WITHOUT_LINES = "case when sums.file_id is null then 0 end"

# Both materialized: an amount is parsed once, and the sums are made once, however Postgres joins (a
# fresh batch has no statistics yet, and a nested loop over an inlined sum made it once per header).
_HEADERS = f"""
with lines as materialized (
    {_lines(2, "0")}
    union all
    {_lines(3, amount("line.t_trantt"))}
),
sums as materialized (
    select
        file_id,
        position,
        coalesce(bool_or(cap is distinct from 0), false) as is_capped,
        {", ".join(f"{sql} as {column}" for column, sql in _SUMS.items())}
    from lines
    group by file_id, position
)
select
    header.file_id,
    header.position,
    null::integer as line,
    {", ".join(f"header.{c}, {amount(f'header.{c}')} as n_{c}" for c in _TOTALS)},
    {", ".join(f"coalesce(sums.{c}, {_WITHOUT_LINES}) as s_{c}" for c in _TOTALS)},
    coalesce(sums.is_capped, false) as is_capped,
    coalesce(upper(header.ma_the_bhyt) ~ '(^|;)\\s*(CA|CY|QN)', false) as has_force_card
from batch
join ops.dossier_versions as version using (file_id)
join raw.claims_xml1 as header using (file_id, position)
left join sums using (file_id, position)
where not version.is_withdrawal
    and not (
        sums.file_id is null
        and (
            coalesce(btrim(header.ma_doituong_kcb), '') = '9'
            or {text_or_null("header.ma_the_bhyt")} is null
        )
    )"""


_total = partial(equals, tolerance=_TOLERANCE)

RULE = Rule(
    id="L02",
    sentence_vi="Các tổng trong XML1 bằng tổng các dòng XML2 và XML3 (sai số 1 đồng mỗi tổng).",
    sentence_en="The totals of XML1 are the sums of its XML2 and XML3 lines "
    "(tolerance 1 VND per total).",
    source=Source("QĐ 4750/QĐ-BYT notes to XML1; catalogue L02", "H"),
    category=Category.PLAUSIBILITY,
    severity=Severity.QUARANTINE_DOSSIER,
    threshold=f"{_TOLERANCE} VND per total",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=_HEADERS,
            checks=(
                *map(is_number, _TOTALS),
                _total("t_thuoc", "the sum of XML2.THANH_TIEN_BV", "s_t_thuoc"),
                _total("t_vtyt", "the sum of XML3.THANH_TIEN_BV of devices", "s_t_vtyt"),
                _total("t_tongchi_bv", "the sum of THANH_TIEN_BV", "s_t_tongchi_bv"),
                _total("t_tongchi_bh", "the sum of THANH_TIEN_BH", "s_t_tongchi_bh"),
                _total("t_bntt", "the sum of T_BNTT", "s_t_bntt"),
                _total("t_bncct", "the sum of T_BNCCT", "s_t_bncct"),
                _total("t_nguonkhac", "the sum of T_NGUONKHAC", "s_t_nguonkhac"),
                _total(
                    "t_bhtt",
                    "T_TONGCHI_BH − T_BNCCT",
                    "n_t_tongchi_bh - n_t_bncct",
                    only_when="n_t_nguonkhac = 0 and s_t_nguonkhac = 0",
                    room=f" or (is_capped and abs(n_t_bhtt - s_t_bhtt) <= {_TOLERANCE})",
                ),
                _total(
                    "t_bhtt",
                    "neither T_TONGCHI_BH − T_BNCCT nor the sum of T_BHTT, which",
                    "s_t_bhtt",
                    only_when="n_t_nguonkhac <> 0 or s_t_nguonkhac <> 0",
                    room=f" or abs(n_t_bhtt - (n_t_tongchi_bh - n_t_bncct)) <= {_TOLERANCE}",
                ),
                _total(
                    "t_bhtt_gdv",
                    "the sum of T_BHTT of lines with MA_PTTT 1",
                    "s_t_bhtt_gdv",
                    only_when="not has_force_card",
                ),
            ),
        ),
    ),
)
