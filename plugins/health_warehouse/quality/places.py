"""Where a rule of the marts fails: which fact, how many rows, the first facilities and dossiers.

Looked for only after a rule failed. A dossier is named by its file and its place there: what the
sender wrote, MA_LK above all, may hold a person and stays in `raw`.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from expectations.rules import statements
from expectations.rules.rule import Rule
from health_warehouse.privacy.shown import shown_facility
from health_warehouse.quality.outcomes import DossierPlace, Outcome, Place

PLACES_KEPT = 10
FACILITIES_KEPT = 5
DOSSIERS_KEPT = 5

_FACILITIES = text(
    """
    select md5(facility_id) as facility_key, facility_id from ops.facilities
    """
)
# The version that holds the content of a dossier or, of one without content, held it last. Asked
# once for a rule: no index leads from a key to it.
_DOSSIERS = text(
    """
    select distinct on (encounter_key)
        cast(encounter_key as text) as encounter_key,
        coalesce(new_file_id, old_file_id) as file_id,
        coalesce(new_position, old_position) as position
    from ops.dossier_changes
    where encounter_key = any(cast(:keys as uuid[]))
    order by encounter_key, change_id desc
    """
)
log = logging.getLogger(__name__)


def with_places(connection: Connection, outcome: Outcome, batch_sql: str) -> Outcome:
    """The outcome of a failed rule with its places, those with most rows first.

    Of a rule that tells closed data only counts. An outcome whose places cannot be found is given
    back as it is: the verdict stands without them.
    """
    if not outcome.rule.rows:
        return outcome
    try:
        with connection.begin_nested():
            return replace(outcome, places=tuple(_places(connection, outcome.rule, batch_sql)))
    except DBAPIError as error:  # its text may quote a value of a row
        log.warning("rule %s: no places (%s)", outcome.rule.id, type(error.orig).__name__)
        return outcome


def _places(connection: Connection, rule: Rule, batch_sql: str) -> list[Place]:
    rows = connection.exec_driver_sql(statements.places(rule, batch_sql).replace("%", "%%")).all()
    by_check: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        by_check[row.mart, row.check_name].append(row)
    counted = sorted(by_check.items(), key=lambda one: -sum(row.row_count for row in one[1]))
    kept = counted[:PLACES_KEPT]
    if rule.tells_closed:
        return [_counted(*one) for one in kept]
    facilities = {row.facility_key: row.facility_id for row in connection.execute(_FACILITIES)}
    keys = {one: _first_keys(rows) for one, rows in kept}
    wanted = {"keys": sorted({key for first in keys.values() for key in first})}
    dossiers = {
        row.encounter_key: DossierPlace(row.file_id, row.position)
        for row in connection.execute(_DOSSIERS, wanted)
    }
    return [
        replace(
            _counted(one, rows),
            **_facilities(rows, facilities),
            dossiers=tuple(dossiers[key] for key in keys[one] if key in dossiers),
        )
        for one, rows in kept
    ]


def _counted(mart_and_check: tuple[str, str], rows: list[Any]) -> Place:
    return Place(*mart_and_check, sum(row.row_count for row in rows))


def _first_keys(rows: list[Any]) -> list[str]:
    return sorted({row.encounter_key for row in rows if row.encounter_key})[:DOSSIERS_KEPT]


def _facilities(rows: list[Any], names: dict[str, str]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    for row in rows:
        if row.facility_key is not None:
            name = names.get(row.facility_key.replace("-", ""))
            counts[shown_facility(name)] += row.row_count
    return {
        "facilities": tuple(counts.most_common(FACILITIES_KEPT)),
        "facility_count": len(counts),
    }
