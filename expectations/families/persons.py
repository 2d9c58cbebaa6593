"""P: who the patient is."""

from expectations.landing import (
    p01_citizen_id,
    p02_sex,
    p03_birth_weight,
    p03_weight,
    p04_residence,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="P",
    title_vi="Người bệnh",
    title_en="The patient",
    rules=(
        p01_citizen_id.RULE,
        p02_sex.RULE,
        p02_sex.OTHER,
        p03_weight.RULE,
        p03_birth_weight.RULE,
        p04_residence.RULE,
    ),
)
