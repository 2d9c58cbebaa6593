"""I: diagnoses and procedures by their classifications."""

from expectations.landing import (
    i01_main_diagnosis,
    i02_other_diagnoses,
    i03_procedure_codes,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="I",
    title_vi="Mã bệnh và mã phẫu thuật, thủ thuật",
    title_en="Codes of diseases and procedures",
    rules=(
        i01_main_diagnosis.RULE,
        i01_main_diagnosis.DETAIL,
        i02_other_diagnoses.RULE,
        i03_procedure_codes.RULE,
    ),
)
