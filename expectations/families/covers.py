"""C: cards, objects and benefit rates."""

from expectations.landing import (
    c01_card_lists,
    c02_card_number,
    c03_card_validity,
    c04_object_code,
    c05_benefit_rate,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="C",
    title_vi="Thẻ, đối tượng và mức hưởng",
    title_en="Cards, objects and benefit rates",
    rules=(
        c01_card_lists.RULE,
        c02_card_number.RULE,
        c03_card_validity.RULE,
        c04_object_code.RULE,
        c05_benefit_rate.RULE,
        c05_benefit_rate.SMALL,
        c05_benefit_rate.EXEMPT,
    ),
)
