"""L02_month: what a visit adds to the monthly form 01/BH agrees.

T_TONGCHI_BV = T_TONGCHI_BH + T_NGUONKHAC + T_BNTT (confidence M). It holds as long as other sources
pay no more than what is outside the scope: what they pay of the co-payment or of the fund's part is
counted in T_TONGCHI_BH already, and a package capped by T_TRANTT shifts money too. So it is judged
where no other source pays, with the tolerance of L02. Its second half, T_TONGCHI_BH = T_BHTT +
T_BNCCT, is a part of L02.
"""

from expectations.rules.checks import equals
from expectations.rules.fragments import amount, text_or_null
from expectations.rules.rule import Category, Rows, Rule, Severity, Source
from expectations.rules.selections import IS_INSURED, headers

_AMOUNTS = ("t_tongchi_bv", "t_tongchi_bh", "t_bntt", "t_nguonkhac")

RULE = Rule(
    id="L02_month",
    sentence_vi="T_TONGCHI_BV = T_TONGCHI_BH + T_BNTT khi không có nguồn khác chi trả "
    "(sai số 1 đồng).",
    sentence_en="T_TONGCHI_BV = T_TONGCHI_BH + T_BNTT where no other source pays "
    "(tolerance 1 VND).",
    source=Source("monthly form 01/BH; catalogue L02", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold="1 VND",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                *(f"header.{c}, {amount(f'header.{c}')} as n_{c}" for c in _AMOUNTS),
                # The form has no line for a visit that the patient pays: no payer is named.
                where=f"{text_or_null('header.t_bntt')} is not null"
                f" and ({IS_INSURED} or raw.parse_amount(header.t_bntt) <> 0)",
            ),
            checks=(
                equals(
                    "t_tongchi_bv",
                    "T_TONGCHI_BH + T_BNTT",
                    "n_t_tongchi_bh + n_t_bntt",
                    tolerance="1",
                    only_when="n_t_nguonkhac = 0",
                ),
            ),
        ),
    ),
)
