"""Decisions of persons about versions of dossiers: what waits for one, and how one is taken.

A decision is an input like a delivery. It is kept for good, names the version by the hash of its
file and its place there, and holds however often the file is read again (landing/versions.py).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, text

from health_warehouse.database.connections import engine
from health_warehouse.database.upgrades import require_upgraded
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.kept_rows import bring_back_rows
from health_warehouse.landing.versions import settle
from health_warehouse.privacy.shown import hashes_of, shown
from health_warehouse.quality.incidents import raise_incident, resolve_incidents
from health_warehouse.settings import Settings

Decision = Literal["accepted", "refused"]
_FINGERPRINT = "relations:waiting"

_WAITING = text(
    """
    select
        f.sha256, f.facility_id as sender, f.received_at, finding.position,
        finding.facility_id as facility, finding.dossier_id as dossier,
        case when finding.rule_id = 'V07' then 'order' else 'replacement' end as about,
        finding.rule_id as rule, finding.reason
    from quarantine.relation_findings as finding
    inner join ops.dossier_versions as v using (file_id, position)
    inner join ops.files as f using (file_id)
    where finding.rule_id = 'V06' and v.standing = 'pending' or finding.rule_id = 'V07'
    order by f.received_at, f.sha256, finding.position
    """
)
_DECIDED = text(
    """
    select
        d.sha256, f.facility_id as sender, f.received_at, d.position, d.about, d.decision,
        d.decided_by, d.decided_at, d.note
    from ops.decisions as d
    left join ops.files as f using (sha256)
    order by d.decided_at, d.decision_id
    """
)
_VERSION = text(
    """
    select
        f.file_id, f.sha256, f.facility_id, f.received_at, v.standing,
        exists (
            select from quarantine.relation_findings as finding
            where finding.file_id = v.file_id and finding.position = v.position
                and finding.rule_id = 'V07'
        ) as is_lost,
        (
            select d.about from ops.decisions as d
            where d.sha256 = f.sha256 and d.position = v.position
            order by d.decided_at desc, d.decision_id desc limit 1
        ) as decided_about
    from ops.files as f
    inner join ops.dossier_versions as v using (file_id)
    where
        exists (
            select from unnest(cast(:hashes as text[])) as wanted (beginning)
            where starts_with(f.sha256, beginning)
        )
        and v.position = :position
    order by f.file_id
    """
)
_INSERT = text(
    """
    insert into ops.decisions (sha256, position, about, decision, decided_by, note)
    values (:sha256, :position, :about, :decision, :decided_by, :note)
    """
)
_COUNT = text("select count(*) from ops.dossier_versions where standing = 'pending'")
_IS_TOLD = text(
    "select exists (select from ops.incidents"
    " where state = 'open' and fingerprint = :fingerprint and message = :message)"
)


@dataclass(frozen=True)
class Decided:
    """What a decision did: `changed_dossiers` have other content now, 0 or 1."""

    delivery: str
    sha256: str
    position: int
    about: str
    decision: str
    decided_by: str
    note: str
    changed_dossiers: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def waiting(settings: Settings) -> list[dict[str, Any]]:
    """Versions that wait for a decision, by time received; what `warehouse decisions list` shows.

    `about` replacement: the version is held, for it would replace the dossier of somebody else.
    order: it lost to a version that was there before it, and stays so unless a person lets it win.
    """
    with engine(settings, "ops_reader").connect() as connection:
        return [_entry(row) for row in connection.execute(_WAITING)]


def decided(settings: Settings) -> list[dict[str, Any]]:
    """Every decision that was ever taken, oldest first; the last one about a version holds."""
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.execute(_DECIDED).all()
    return [{**_entry(row), "decided_at": row.decided_at.isoformat()} for row in rows]


def decide(
    settings: Settings,
    file: str,
    position: int,
    decision: Decision,
    *,
    decided_by: str,
    note: str = "",
    is_dry_run: bool = False,
) -> Decided:
    """Take a decision about the version at `position` of `file`, and settle its dossier.

    `file` is a delivery as it is shown, a hash, or a name under which it was received. What is
    decided follows from what the version waits for; a decision already taken may be changed.
    Raises ConfigurationError when no version there waits for a decision, or several do.
    """
    require_upgraded(settings, "loader")
    hashes = hashes_of(settings, file)
    watch(settings, "loader")
    with engine(settings, "loader").connect() as connection:
        version = _find(connection, hashes, file, position)
        about = _about(version, position)
        values = {
            "sha256": version.sha256,
            "position": position,
            "about": about,
            "decision": decision,
            "decided_by": decided_by,
            "note": note,
        }
        connection.execute(_INSERT, values)
        changed = settle(connection, [version.file_id], settings.late_delivery_tolerance)
        bring_back_rows(connection, settings)
        tell_waiting(connection)
        if is_dry_run:
            connection.rollback()
        else:
            connection.commit()
    delivery = shown(version.facility_id, version.received_at, version.sha256)
    return Decided(delivery=delivery, changed_dossiers=changed, **values)


def tell_waiting(connection: Connection) -> int:
    """Keep an incident open while versions wait for a decision without which they do not count.

    Returns how many wait.
    """
    count: int = connection.execute(_COUNT).scalar_one()
    if not count:
        resolve_incidents(connection, _FINGERPRINT)
        return 0
    message = (
        f"versions of dossiers that wait for a decision: {count}. Each would replace the dossier "
        "of another person and another time; `warehouse decisions list` shows them"
    )
    told = {"fingerprint": _FINGERPRINT, "message": message}
    if not connection.execute(_IS_TOLD, told).scalar_one():
        raise_incident(connection, _FINGERPRINT, "relations", "V06", message)
    return count


def _find(connection: Connection, hashes: list[str], file: str, position: int) -> Row[Any]:
    found = connection.execute(_VERSION, {"hashes": hashes, "position": position}).all()
    if not found:
        raise ConfigurationError(
            f"{file!r} has no dossier at position {position}: `warehouse decisions list` shows the "
            "file and the position of each version that waits"
        )
    if len(found) > 1:
        raise ConfigurationError(f"{file!r} means {len(found)} files: give more of the hash")
    return found[0]


def _about(version: Row[Any], position: int) -> str:
    if version.standing != "open":
        return "replacement"
    if version.is_lost:
        return "order"
    if version.decided_about is not None:
        return str(version.decided_about)
    raise ConfigurationError(
        f"the dossier at position {position} of that file waits for no decision: `warehouse "
        "decisions list` shows those that do"
    )


def _entry(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)
    sender, received_at = values.pop("sender"), values.pop("received_at")
    sha256 = values["sha256"]
    delivery = sha256[:8] if received_at is None else shown(sender, received_at, sha256)
    return {"delivery": delivery, **values}
