"""C: cards, objects and benefit rates."""

from expectations.rules.family import Family

FAMILY = Family(
    letter="C",
    title_vi="Thẻ, đối tượng và mức hưởng",
    title_en="Cards, objects and benefit rates",
    rules=(),
)
