"""Every rule, listed by hand, here or in a family: a rule that is not listed does not exist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
    f09_encoding,
)
from expectations.lists import (
    facility_registry,
    hospital_activity_month,
    membership,
    parents,
    population,
    rotation,
    staff,
    stations,
    work_places,
)
from expectations.lists.declared import ListRule
from expectations.marts import (
    m01_dossiers_conserved,
    m02_money_conserved,
    m03_references_whole,
    m04_keys_unique,
    m05_months_recounted,
    m06_figures_in_range,
    m08_fresh,
    m09_closed_data,
    m10_concordance,
)
from expectations.relations import f11_registered_facility
from expectations.rules.family import Family
from expectations.rules.not_judged import NotJudged
from expectations.rules.rule import Rule, Scope

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
_DECLARED: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.rules)
LANDING: tuple[Rule, ...] = tuple(
    rule for rule in _DECLARED if rule.scope in (Scope.DOCUMENT, Scope.DELIVERY)
)


def _of_feed(is_of: Callable[[str], bool]) -> tuple[Rule, ...]:
    """The rules at the door that judge tables of a feed, each with the rows of these alone."""
    found = []
    for rule in LANDING:
        rows = tuple(rows for rows in rule.rows if is_of(rows.table_sql))
        if rows:
            found.append(replace(rule, rows=rows))
    return tuple(found)


_CHECK_INS = "'XML0'"
LANDING_BY_FEED: dict[str, tuple[Rule, ...]] = {
    "claims": _of_feed(lambda table: table != _CHECK_INS),
    "check_ins": _of_feed(lambda table: table == _CHECK_INS),
}
"""Feeds whose rules are written by hand; those of other feeds are made from their contracts."""
# On more than one delivery: judged anew whenever one of them changes.
SETTLED: tuple[Rule, ...] = tuple(rule for rule in _DECLARED if rule.scope is Scope.VERSIONS)
OF_SENDERS: tuple[Rule, ...] = tuple(rule for rule in _DECLARED if rule.scope is Scope.SENDER)
# On all that counts, whatever changed: they name few rows.
WHOLE: tuple[Rule, ...] = (f11_registered_facility.RULE,)
# On lists, when one that they look at has changed.
OF_LISTS: tuple[ListRule, ...] = (
    *facility_registry.RULES,
    *parents.RULES,
    *stations.RULES,
    *staff.RULES,
    *work_places.RULES,
    *rotation.RULES,
    *population.RULES,
    *membership.RULES,
    *hospital_activity_month.RULES,
)
# On the dossiers that a build may concern.
RELATIONS: tuple[Rule, ...] = tuple(
    rule for rule in _DECLARED if rule.scope is Scope.OTHERS and rule not in WHOLE
)

JUDGED_BY_PARSER: tuple[Rule, ...] = (
    f01_envelope.RULE,
    f03_readable_dossier.RULE,
    f08_legacy_format.RULE,
    f09_encoding.RULE,
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
    m09_closed_data.RULE,
    m10_concordance.RULE,
)

ALL: tuple[Rule, ...] = (
    *LANDING_GATE,
    *JUDGED_BY_PARSER,
    *_DECLARED,
    *(one.rule for one in OF_LISTS),
    *MARTS,
)

NOT_JUDGED: tuple[NotJudged, ...] = (
    NotJudged(
        id="L11",
        sentence_vi="Đơn giá không vượt giá được duyệt; tên, hàm lượng, số đăng ký khớp danh mục "
        "của cơ sở vào ngày y lệnh.",
        sentence_en="A price is no more than the approved one; name, strength and registration "
        "number are those of the facility's catalogue on the day of the order.",
        needs_vi="danh mục thuốc, vật tư, dịch vụ của cơ sở (03/DM, 04/DM, 05/DM)",
        needs_en="the facilities' catalogues of drugs, devices and services (03, 04, 05/DM)",
    ),
    NotJudged(
        id="L12",
        sentence_vi="Người hành nghề, máy, khoa có trong danh mục của cơ sở.",
        sentence_en="Practitioners, machines and departments are in the facility's catalogues.",
        needs_vi="danh mục khoa, nhân viên, thiết bị của cơ sở (01/DM, 02/DM, 06/DM)",
        needs_en="the facilities' catalogues of departments, staff and equipment (01, 02, 06/DM)",
    ),
    NotJudged(
        id="X09",
        sentence_vi="Tử vong (KET_QUA_DTRI 5, 8) có giấy báo tử.",
        sentence_en="A death (KET_QUA_DTRI 5 or 8) has a death notice.",
        needs_vi="nguồn giấy báo tử (TT 25/2025/TT-BYT)",
        needs_en="the feed of death notices (TT 25/2025/TT-BYT)",
    ),
)
