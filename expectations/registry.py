"""Every rule, listed by hand, here or in a family: a rule that is not listed does not exist."""

from __future__ import annotations

from expectations.families import (
    classifications,
    covers,
    dates,
    fields,
    files,
    journeys,
    lines,
    persons,
    tables,
)
from expectations.landing import (
    b01_batch_complete,
    f01_envelope,
    f03_readable_dossier,
    f08_legacy_format,
)
from expectations.marts import (
    m01_dossiers_conserved,
    m02_money_conserved,
    m03_references_whole,
    m04_keys_unique,
    m05_months_recounted,
    m06_figures_in_range,
    m08_fresh,
)
from expectations.rules.family import Family
from expectations.rules.rule import Rule

# Judged first, on its own: the others pass on rows that are not there.
LANDING_GATE: tuple[Rule, ...] = (b01_batch_complete.RULE,)

FAMILIES: tuple[Family, ...] = (
    files.FAMILY,
    fields.FAMILY,
    dates.FAMILY,
    persons.FAMILY,
    covers.FAMILY,
    classifications.FAMILY,
    lines.FAMILY,
    tables.FAMILY,
    journeys.FAMILY,
)
LANDING: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.rules)

JUDGED_BY_PARSER: tuple[Rule, ...] = (
    f01_envelope.RULE,
    f03_readable_dossier.RULE,
    f08_legacy_format.RULE,
)

# Row counts first: the other rules of the marts pass on rows that are not there.
MARTS: tuple[Rule, ...] = (
    m01_dossiers_conserved.RULE,
    m02_money_conserved.RULE,
    m03_references_whole.RULE,
    m04_keys_unique.RULE,
    m05_months_recounted.RULE,
    m06_figures_in_range.DERIVED,
    m06_figures_in_range.DECLARED,
    m08_fresh.RULE,
)

ALL: tuple[Rule, ...] = (*LANDING_GATE, *JUDGED_BY_PARSER, *LANDING, *MARTS)
