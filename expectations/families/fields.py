"""K: fields that must be filled, their sizes and their shapes."""

from expectations.landing import (
    k01_required_fields,
    k02_lengths,
    k02_numbers,
    k02_signs,
    k03_leading_zeros,
    k03_lists,
    k04_forms_of_codes,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="K",
    title_vi="Trường bắt buộc, độ dài, dạng mã",
    title_en="Required fields, sizes, shapes of codes",
    rules=(
        k01_required_fields.RULE,
        k01_required_fields.OTHER,
        k02_lengths.RULE,
        k02_numbers.RULE,
        k02_signs.RULE,
        k03_leading_zeros.RULE,
        k03_leading_zeros.OTHER,
        k03_leading_zeros.TABLES,
        k03_lists.RULE,
        k04_forms_of_codes.RULE,
    ),
)
