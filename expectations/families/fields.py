"""K: fields that must be filled, their sizes and their shapes."""

from expectations.rules.family import Family

FAMILY = Family(
    letter="K",
    title_vi="Trường bắt buộc, độ dài, dạng mã",
    title_en="Required fields, sizes, shapes of codes",
    rules=(),
)
