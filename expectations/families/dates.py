"""D: dates and their order."""

from expectations.landing import d01_date_order
from expectations.rules.family import Family

FAMILY = Family(
    letter="D",
    title_vi="Ngày giờ",
    title_en="Dates",
    rules=(d01_date_order.RULE,),
)
