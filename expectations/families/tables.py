"""X: what one table says must be in another."""

from expectations.rules.family import Family

FAMILY = Family(
    letter="X",
    title_vi="Giữa các bảng của một hồ sơ",
    title_en="Between the tables of a dossier",
    rules=(),
)
