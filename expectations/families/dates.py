"""D: dates and their order."""

from expectations.landing import (
    d01_date_forms,
    d01_date_order,
    d01_days,
    d02_order_dates,
    d03_payment_date,
    d04_ended_before_receipt,
    d05_paper_dates,
    d06_birth_date,
    d07_settlement_month,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="D",
    title_vi="Ngày giờ",
    title_en="Dates",
    rules=(
        d01_date_order.RULE,
        d01_date_forms.RULE,
        d01_days.RULE,
        d02_order_dates.RULE,
        d03_payment_date.RULE,
        d04_ended_before_receipt.RULE,
        d05_paper_dates.RULE,
        d06_birth_date.RULE,
        d06_birth_date.MIDNIGHT,
        d06_birth_date.DAY,
        d07_settlement_month.RULE,
    ),
)
