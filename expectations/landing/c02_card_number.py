"""C02: a card number has its 15 characters: group, benefit digit, province, insurance number.

Cards printed since 2021 show the 10-digit insurance number only; the standard asks for all 15,
which the facility looks up. The 10 digits say who the patient is, so this is a flag.
"""

from expectations.rules.cards import items
from expectations.rules.fragments import described, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_CARD = "^(([A-Z]{2}[1-5][0-9]{12}|TE1PP[0-9]{10})(;|$))+$"
_NUMBER_ONLY = "^([0-9]{10}(;|$))+$"

RULE = Rule(
    id="C02",
    sentence_vi="Mỗi thẻ trong MA_THE_BHYT gồm 2 chữ hoa, 1 chữ số 1–5 và 12 chữ số "
    "(thẻ tạm trẻ sơ sinh: TE1PP và 10 chữ số).",
    sentence_en="Each card in MA_THE_BHYT is 2 capitals, a digit 1 to 5 and 12 digits "
    "(temporary card of a newborn: TE1PP and 10 digits).",
    source=Source("QĐ 1351/QĐ-BHXH 2015 and amendments; QĐ 1666/QĐ-BHXH 2020; catalogue C02", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers(
                f"array_to_string({items('header.ma_the_bhyt')}, ';') as cards",
                where=f"{text_or_null('header.ma_the_bhyt')} is not null",
            ),
            (
                Check(
                    field="MA_THE_BHYT",
                    holds=f"cards ~ '{_CARD}'",
                    reason=f"case when cards ~ '{_NUMBER_ONLY}' "
                    "then 'MA_THE_BHYT has the 10 digits of the insurance number only' "
                    f"else 'MA_THE_BHYT is no card number: ' || {described('cards')} end",
                ),
            ),
        ),
    ),
)
