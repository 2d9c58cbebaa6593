"""P03_birth: CAN_NANG_CON is a weight in grams that a newborn can have.

In XML9 it is the weight of one child, in XML1 a list of all children, joined by `;`. A sender who
writes 3.2 means kilograms. No text names limits: ours leave room for all children known to have
been born alive. The marts leave out a weight outside of them (dbt macro birth_weight).
"""

from __future__ import annotations

from expectations.rules.fragments import quoted_code, quoted_number, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers, lines

LEAST_GRAMS = 200
MOST_GRAMS = 10_000

_CHECK = Check(
    field="CAN_NANG_CON",
    holds=f"grams is null or grams between {LEAST_GRAMS} and {MOST_GRAMS}",
    reason=f"'CAN_NANG_CON is ' || {quoted_number('sent')} || ' g'"
    f" || case when grams between {LEAST_GRAMS} / 1000.0 and {MOST_GRAMS} / 1000.0"
    " then ', is it in kilograms?' else '' end",
)
_READABLE = Check(
    field="CAN_NANG_CON",
    holds="grams is not null",
    reason=f"'CAN_NANG_CON is not a number: ' || {quoted_code('sent')}",
)

RULE = Rule(
    id="P03_birth",
    sentence_vi=f"CAN_NANG_CON (XML1, XML9) tính bằng gam, từ {LEAST_GRAMS} đến {MOST_GRAMS}.",
    sentence_en=f"CAN_NANG_CON of XML1 and XML9 is in grams, from {LEAST_GRAMS} to {MOST_GRAMS}.",
    source=Source("QĐ 4750/QĐ-BYT XML1 and XML9 (grams, H); the limits are ours; P03", "?"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold=f"{LEAST_GRAMS} to {MOST_GRAMS} g",
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers(
                "child.sent",
                "raw.parse_number(child.sent) as grams",
                joined="cross join lateral string_to_table(header.can_nang_con, ';')"
                " as child (sent)",
                where=text_or_null("child.sent") + " is not null",
            ),
            (_READABLE, _CHECK),
        ),
        Rows(
            "'XML9'",  # what is no number here is told by K02_number
            lines(
                9,
                "line.can_nang_con as sent",
                "raw.parse_number(line.can_nang_con) as grams",
                where=text_or_null("line.can_nang_con") + " is not null",
            ),
            (_CHECK,),
        ),
    ),
)
