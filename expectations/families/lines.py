"""L: cost lines and money."""

from expectations.landing import (
    l01_line_arithmetic,
    l02_header_totals,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="L",
    title_vi="Dòng chi phí và tiền",
    title_en="Cost lines and money",
    rules=(
        l01_line_arithmetic.RULE,
        l02_header_totals.RULE,
    ),
)
