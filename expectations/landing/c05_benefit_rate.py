"""C05: MUC_HUONG is a rate that the law has: 0, 80, 95, 100, or one of them times a route's share.

Shares by route: 40 % (inpatient at a specialised, formerly central facility), 50 % (some outpatient
visits from 2026-07-01); 60 % only before 2021. MUC_HUONG had 3 characters until QĐ 1931/2026, so
95 % × 50 % = 47.5 stands as 47 or 48 too. A blank rate is told by K01.

That 100 is due when the visit costs less than 15 % of the base salary is C05_small, that it is due
from the day on which co-payment ends (NGAY_MIEN_CCT, till the end of its year) is C05_exempt. That
it is due at a commune station, the files do not show.
"""

from __future__ import annotations

from expectations.rules.fragments import quoted_number
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers, lines, lines_of

_RATES = (0, 32, 38, 40, 47, 47.5, 48, 50, 57, 60, 80, 95, 100)
# 15 % of the base salary of 2024-07-01 (2,340,000 VND): a later, higher one only raises the limit.
_SMALL_VISIT = 351_000
_RIGHT_ROUTE = "^(1[.]|2$)"  # emergencies count as right; 3.x is another route


def _listed(table: int) -> Rows:
    rates = ", ".join(map(str, _RATES))
    written = ", ".join(f"'{rate}'" for rate in _RATES)
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(
            table,
            "line.muc_huong",
            where="line.muc_huong is not null",
        ),
        checks=(
            Check(
                field="MUC_HUONG",
                # most are written as in the list; a rate that is no number is told by L01
                holds=f"muc_huong in ({written})"
                f" or coalesce(raw.parse_amount(muc_huong) in ({rates}), true)",
                reason=f"'MUC_HUONG is no rate of the law: ' || {quoted_number('muc_huong')}",
            ),
        ),
    )


def _is_whole(visits: str, table: int, why: str) -> Rows:
    """Of these visits the fund pays all that is in scope."""
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines_of(visits, table, "line.muc_huong", "line.thanh_tien_bh"),
        checks=(
            Check(
                field="MUC_HUONG",
                holds="coalesce(btrim(muc_huong), '')"
                " not in ('80', '95', '80.0', '95.0', '80.00', '95.00')"
                " or coalesce(raw.parse_amount(thanh_tien_bh), 0) = 0",
                reason=f"'{why}, MUC_HUONG is ' || btrim(muc_huong)",
            ),
        ),
    )


_ON_RIGHT_ROUTE = f"btrim(header.ma_doituong_kcb) ~ '{_RIGHT_ROUTE}'"
_SMALL_VISITS = headers(
    "true",
    where=f"{_ON_RIGHT_ROUTE} and header.ngay_ra >= '20240701'"
    f" and raw.parse_amount(header.t_tongchi_bh) between 1 and {_SMALL_VISIT - 1}",
)
_ENDED_ON = "left(btrim(header.ngay_mien_cct), 8)"
_EXEMPT_VISITS = headers(
    "true",
    where=f"{_ON_RIGHT_ROUTE} and raw.parse_date({_ENDED_ON}) is not null"
    f" and {_ENDED_ON} <= left(btrim(header.ngay_vao), 8)"
    f" and left({_ENDED_ON}, 4) = left(btrim(header.ngay_ra), 4)",
)


RULE = Rule(
    id="C05",
    sentence_vi="MUC_HUONG là 0, 80, 95, 100 hoặc tích của mức đó với tỷ lệ theo tuyến.",
    sentence_en="MUC_HUONG is 0, 80, 95, 100 or the product of one with the share of a route.",
    source=Source("Law on health insurance art. 22; QĐ 4750/QĐ-BYT; catalogue C05", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(_listed(2), _listed(3)),
)

SMALL = Rule(
    id="C05_small",
    sentence_vi="Khám đúng tuyến có T_TONGCHI_BH dưới 15% lương cơ sở thì MUC_HUONG là 100, "
    "không phải 80 hay 95.",
    sentence_en="On the right route with T_TONGCHI_BH below 15 % of the base salary MUC_HUONG is "
    "100, not 80 or 95.",
    source=Source("Law on health insurance art. 22 (1); catalogue C05", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold="15 % of the base salary",
    owner="sender",
    rows=tuple(
        _is_whole(_SMALL_VISITS, table, "the visit costs less than 15 % of the base salary")
        for table in (2, 3)
    ),
)

EXEMPT = Rule(
    id="C05_exempt",
    sentence_vi="Khám đúng tuyến từ NGAY_MIEN_CCT đến hết năm đó thì MUC_HUONG là 100, "
    "không phải 80 hay 95.",
    sentence_en="On the right route from NGAY_MIEN_CCT to the end of that year MUC_HUONG is 100, "
    "not 80 or 95.",
    source=Source("Law on health insurance art. 22 (1); catalogue C05", "H"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=tuple(
        _is_whole(_EXEMPT_VISITS, table, "the patient is exempt from co-payment")
        for table in (2, 3)
    ),
)
