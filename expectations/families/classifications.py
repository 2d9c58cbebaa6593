"""I: diagnoses and procedures by their classifications."""

from expectations.rules.family import Family

FAMILY = Family(
    letter="I",
    title_vi="Mã bệnh và mã phẫu thuật, thủ thuật",
    title_en="Codes of diseases and procedures",
    rules=(),
)
