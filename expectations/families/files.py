"""F: the envelope and the dossiers in it."""

from expectations.landing import (
    f02_declared_count,
    f04_same_dossier_id,
    f07_unknown_table,
)
from expectations.relations import f10_known_facility, f11_registered_facility
from expectations.rules.family import Family

FAMILY = Family(
    letter="F",
    title_vi="Tệp và hồ sơ",
    title_en="Files and dossiers",
    rules=(
        f02_declared_count.FEWER,
        f02_declared_count.MORE,
        f04_same_dossier_id.RULE,
        f07_unknown_table.RULE,
        f10_known_facility.RULE,
        f11_registered_facility.RULE,
    ),
)
