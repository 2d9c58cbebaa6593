"""X: what one table says must be in another."""

from expectations.landing import (
    x01_discharge_paper,
    x02_course_and_summary,
    x03_referral_slip,
    x04_appointment_slip,
    x05_referral_number,
    x06_births,
    x07_results,
    x08_copies,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="X",
    title_vi="Giữa các bảng của một hồ sơ",
    title_en="Between the tables of a dossier",
    rules=(
        x01_discharge_paper.RULE,
        x02_course_and_summary.RULE,
        x03_referral_slip.RULE,
        x03_referral_slip.EXPECTED,
        x04_appointment_slip.RULE,
        x05_referral_number.RULE,
        x06_births.RULE,
        x07_results.RULE,
        x07_results.CONCLUSION,
        x08_copies.RULE,
        x08_copies.PAPER,
    ),
)
