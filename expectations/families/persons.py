"""P: who the patient is."""

from expectations.rules.family import Family

FAMILY = Family(
    letter="P",
    title_vi="Người bệnh",
    title_en="The patient",
    rules=(),
)
