"""V: what dossiers of one person say together."""

from expectations.landing import (
    v01_overlapping_stays,
    v02_referral_met,
    v03_check_in,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="V",
    title_vi="Giữa các lượt khám của một người",
    title_en="Between the visits of a person",
    rules=(
        v01_overlapping_stays.RULE,
        v02_referral_met.RULE,
        v03_check_in.RULE,
    ),
)
