"""What the gate says of a build that it holds: each rule on a line of its own, and where it fails.

Two forms. The one for logs names a dossier by delivery and position (`96001 2026-08-06 9f3c21ab
#3`), for whoever may look into Airflow may not see what a sender wrote. The one for a terminal adds
MA_LK, which `warehouse quarantine` shows to the same people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, text

from health_warehouse.privacy.shown import shown
from health_warehouse.quality.outcomes import DossierPlace, Outcome, Place

RUNBOOK = "docs/runbooks/release_held.md"

_DELIVERIES = text(
    """
    select f.file_id, wanted.position, f.facility_id, f.received_at, f.sha256, v.dossier_id
    from unnest(cast(:file_ids as bigint[]), cast(:positions as integer[]))
        as wanted (file_id, position)
    inner join ops.files as f on f.file_id = wanted.file_id
    left join ops.dossier_versions as v
        on v.file_id = wanted.file_id and v.position = wanted.position
    """
)


def said(outcome: Outcome) -> str:
    """One line: which rule, how many rows of how many, what it asks."""
    if outcome.state == "error":
        return f"{outcome.rule.id}: {outcome.message}"
    return (
        f"{outcome.rule.id}: {outcome.failed_count} of {outcome.checked_count} rows break "
        f"“{outcome.rule.sentence_en}”"
    )


def lines(
    connection: Connection, outcomes: Sequence[Outcome], *, with_dossier_ids: bool = False
) -> list[str]:
    """A line for each rule, followed by one for each mart and check that it fails in."""
    shown_as = _shown(connection, outcomes, with_dossier_ids)
    return list(_lines(outcomes, shown_as))


def _lines(outcomes: Sequence[Outcome], shown_as: Mapping[DossierPlace, str]) -> Iterator[str]:
    for outcome in outcomes:
        yield said(outcome)
        for place in outcome.places:
            yield f"    {_place(place, shown_as)}"


def _place(place: Place, shown_as: Mapping[DossierPlace, str]) -> str:
    parts = [f"{place.mart}, {place.check}: {place.row_count} rows"]
    if place.facilities:
        listed = ", ".join(f"{name} ({count})" for name, count in place.facilities)
        more = place.facility_count - len(place.facilities)
        parts.append(f"facilities {listed}" + (f" and {more} more" if more > 0 else ""))
    names = [shown_as[one] for one in place.dossiers if one in shown_as]
    if names:
        parts.append(f"dossiers such as {', '.join(names)}")
    return "; ".join(parts)


def _shown(
    connection: Connection, outcomes: Sequence[Outcome], with_dossier_ids: bool
) -> dict[DossierPlace, str]:
    wanted = {one for outcome in outcomes for place in outcome.places for one in place.dossiers}
    values = {
        "file_ids": [one.file_id for one in wanted],
        "positions": [one.position for one in wanted],
    }
    names = {}
    for row in connection.execute(_DELIVERIES, values) if wanted else ():
        name = f"{shown(row.facility_id, row.received_at, row.sha256)} #{row.position}"
        if with_dossier_ids and row.dossier_id:
            name += f" (MA_LK {row.dossier_id})"
        names[DossierPlace(row.file_id, row.position)] = name
    return names
