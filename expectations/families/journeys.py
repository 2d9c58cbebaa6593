"""V: what dossiers of one person, and versions of one dossier, say together."""

from expectations.relations import (
    v01_overlapping_stays,
    v02_referral_met,
    v03_check_in,
    v04_same_stay,
    v05_after_death,
    v06_key_reused,
    v07_lost_though_later,
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
        v04_same_stay.RULE,
        v05_after_death.RULE,
        v06_key_reused.RULE,
        v06_key_reused.PERSON,
        v06_key_reused.TIME,
        v07_lost_though_later.RULE,
    ),
)
