"""P03: the weight is a number of kilograms that a person can have."""

from expectations.rules.fragments import quoted_code, quoted_number, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_MAX_KG = 200

RULE = Rule(
    id="P03",
    sentence_vi=f"CAN_NANG (nếu có) là số lớn hơn 0 và không quá {_MAX_KG} kg.",
    sentence_en=f"CAN_NANG, when given, is a number above 0 and at most {_MAX_KG} kg.",
    source=Source("Checks of hospital software before sending; catalogue P03", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold=f"{_MAX_KG} kg",
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers("header.can_nang", "raw.parse_number(header.can_nang) as kg"),
            (
                Check(
                    field="CAN_NANG",
                    holds=f"{text_or_null('can_nang')} is null or (kg > 0 and kg <= {_MAX_KG})",
                    reason="case when kg is null "
                    f"then 'CAN_NANG is not a number: ' || {quoted_code('can_nang')} "
                    f"else 'CAN_NANG is ' || {quoted_number('can_nang')} || ' kg' end",
                ),
            ),
        ),
    ),
)
