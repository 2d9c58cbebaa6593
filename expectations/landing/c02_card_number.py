"""C02: a card number has its 15 characters: group, benefit digit, province, insurance number.

Cards printed since 2021 show the 10-digit insurance number only; the standard asks for all 15,
which the facility looks up. The 10 digits say who the patient is, so this is a flag. Check-ins
(XML0) and birth notices (XML9: the mother's card, the child's temporary one) are asked too; what
XML6, XML13 and XML14 repeat is compared with XML1 by X08.
"""

from expectations.rules.cards import items
from expectations.rules.fragments import described, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import check_ins, headers, lines

_CARD = "^(([A-Z]{2}[1-5][0-9]{12}|TE1PP[0-9]{10})(;|$))+$"
_NUMBER_ONLY = "^([0-9]{10}(;|$))+$"


def _cards(field: str) -> str:
    return f"array_to_string({items(field)}, ';')"


def _check(name: str, cards: str) -> Check:
    return Check(
        field=name,
        holds=f"coalesce({cards} ~ '{_CARD}', true)",
        reason=f"case when {cards} ~ '{_NUMBER_ONLY}' "
        f"then '{name} has the 10 digits of the insurance number only' "
        f"else '{name} is no card number: ' || {described(cards)} end",
    )


_CHECK_INS = f"""
select file_id, position, line, {_cards("ma_the_bhyt")} as cards
from ({check_ins("ma_the_bhyt")}) as check_in"""

RULE = Rule(
    id="C02",
    sentence_vi="Mỗi thẻ trong MA_THE_BHYT (XML0, XML1), MA_THE_NND, MA_THE_TAM (XML9) gồm 2 chữ "
    "hoa, 1 chữ số 1–5 và 12 chữ số (thẻ tạm trẻ sơ sinh: TE1PP và 10 chữ số).",
    sentence_en="Each card in MA_THE_BHYT (XML0, XML1), MA_THE_NND and MA_THE_TAM (XML9) is "
    "2 capitals, a digit 1 to 5 and 12 digits "
    "(temporary card of a newborn: TE1PP and 10 digits).",
    source=Source("QĐ 1351/QĐ-BHXH 2015 and amendments; QĐ 1666/QĐ-BHXH 2020; catalogue C02", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers(
                f"{_cards('header.ma_the_bhyt')} as cards",
                where=f"{text_or_null('header.ma_the_bhyt')} is not null",
            ),
            (_check("MA_THE_BHYT", "cards"),),
        ),
        Rows("'XML0'", _CHECK_INS, (_check("MA_THE_BHYT", "cards"),)),
        Rows(
            "'XML9'",
            lines(
                9,
                f"{_cards('line.ma_the_nnd')} as carer_cards",
                f"{_cards('line.ma_the_tam')} as temporary_cards",
            ),
            (_check("MA_THE_NND", "carer_cards"), _check("MA_THE_TAM", "temporary_cards")),
        ),
    ),
)
