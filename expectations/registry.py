"""Every rule, listed by hand: a rule that is not here does not exist."""

from __future__ import annotations

from expectations.landing import (
    b01_batch_complete,
    d01_date_order,
    f01_envelope,
    f02_declared_count,
    f03_readable_dossier,
    f04_same_dossier_id,
    l01_line_arithmetic,
    l02_header_totals,
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
from expectations.rules.rule import Rule

# Judged first, on its own: the others pass on rows that are not there.
LANDING_GATE: tuple[Rule, ...] = (b01_batch_complete.RULE,)

LANDING: tuple[Rule, ...] = (
    f02_declared_count.FEWER,
    f02_declared_count.MORE,
    f04_same_dossier_id.RULE,
    d01_date_order.RULE,
    l01_line_arithmetic.RULE,
    l02_header_totals.RULE,
)

JUDGED_BY_PARSER: tuple[Rule, ...] = (f01_envelope.RULE, f03_readable_dossier.RULE)

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
