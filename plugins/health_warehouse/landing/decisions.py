"""Decisions of persons about versions of dossiers, and about lists that lack many of the list
before them: what waits for one, and how one is taken.

A decision is an input like a delivery. It is kept for good, names the version by the hash of its
file and its place there (0: the delivery as a whole), and holds however often the file is read
again (landing/document_settlement.py).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, text

from health_warehouse.database.connections import engine
from health_warehouse.database.upgrades import require_upgraded
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.claims.kept_rows import bring_back_rows
from health_warehouse.landing.documents import settle_documents
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
    inner join ops.document_versions as v using (file_id, position)
    inner join ops.files as f using (file_id)
    where finding.rule_id = 'V06' and v.standing = 'pending' or finding.rule_id = 'V07'
    union all
    select
        f.sha256, p.sender_id, p.received_at, 0, p.sender_id, p.partition_key, 'shrinking',
        p.feed || '.shrinking',
        format(
            'it names %s documents, and of its list %s count | có %s mục, danh sách đang tính %s',
            p.document_count, c.counting, p.document_count, c.counting
        )
    from ops.delivery_partitions as p
    inner join ops.files as f using (file_id)
    cross join lateral (
        select count(*) as counting from ops.current_documents as c
        where c.feed = p.feed and c.partition_key = p.partition_key and not c.is_withdrawal
    ) as c
    where p.standing = 'pending'
    order by received_at, sha256, position, dossier
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
        f.file_id, f.sha256, f.facility_id, f.received_at, f.kind,
        array(
            select finding.rule_id from quarantine.relation_findings as finding
            where finding.file_id = v.file_id and finding.position = v.position
                and finding.rule_id in ('V06', 'V07')
        ) as waits_by,
        (
            select d.about from ops.decisions as d
            where d.sha256 = f.sha256 and d.position = v.position
            order by d.decided_at desc, d.decision_id desc limit 1
        ) as decided_about
    from ops.files as f
    inner join ops.document_versions as v on v.file_id = f.file_id and v.feed = f.kind
    where
        exists (
            select from unnest(cast(:hashes as text[])) as wanted (beginning)
            where starts_with(f.sha256, beginning)
        )
        and v.position = :position
        and f.kind in (select feed from ops.feeds where not is_of_rows)
    order by f.file_id
    """
)
_DELIVERY = text(
    """
    select
        f.file_id, f.sha256, coalesce(f.facility_id, min(p.sender_id)) as facility_id,
        f.received_at, f.kind,
        bool_or(p.standing = 'pending') or exists (
            select from ops.decisions as d where d.sha256 = f.sha256 and d.about = 'shrinking'
        ) as is_decidable
    from ops.files as f
    inner join ops.delivery_partitions as p using (file_id)
    where
        exists (
            select from unnest(cast(:hashes as text[])) as wanted (beginning)
            where starts_with(f.sha256, beginning)
        )
    group by f.file_id
    order by f.file_id
    """
)
_INSERT = text(
    """
    insert into ops.decisions (sha256, position, about, decision, decided_by, note)
    values (:sha256, :position, :about, :decision, :decided_by, :note)
    """
)
_COUNT = text(
    """
    select
        (
            select count(*) from quarantine.relation_findings as finding
            inner join ops.document_versions as v using (file_id, position)
            where finding.rule_id = 'V06' and v.standing = 'pending'
        ) as versions,
        (
            select count(distinct file_id) from ops.delivery_partitions
            where standing = 'pending'
        ) as lists
    """
)
_IS_TOLD = text(
    "select exists (select from ops.incidents"
    " where state = 'open' and fingerprint = :fingerprint and message = :message)"
)


@dataclass(frozen=True)
class Decided:
    """What a decision did: `changed_dossiers` have other content now; about a version 0 or 1."""

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
    """What waits for a decision, by time received; what `warehouse decisions list` shows.

    `about` shrinking: the list at position 0 is held, for it lacks many documents of the one before
    it; `dossier` then is its partition. replacement: the version is held, for it would replace the
    dossier of somebody else. order: it lost to a version that was there before it, and stays
    so unless a person lets it win.
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
    """Take a decision about the version at `position` of `file`, and settle its dossier. Position 0
    is the delivery as a whole.

    `file` is a delivery as it is shown, a hash, or a name under which it was received. What is
    decided follows from what the version waits for; a decision already taken may be changed.
    Raises ConfigurationError when no version there waits for a decision, or several do.
    """
    require_upgraded(settings, "loader")
    hashes = hashes_of(settings, file)
    watch(settings, "loader")
    with engine(settings, "loader").connect() as connection:
        version = _find(connection, hashes, file, position)
        about = _about(version, position) if position else _about_delivery(version)
        values = {
            "sha256": version.sha256,
            "position": position,
            "about": about,
            "decision": decision,
            "decided_by": decided_by,
            "note": note,
        }
        connection.execute(_INSERT, values)
        contract, tolerance = _contract(settings, version), settings.late_delivery_tolerance
        changed = settle_documents(connection, contract, [version.file_id], tolerance)
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
    found = connection.execute(_COUNT).one()
    count = int(found.versions + found.lists)
    if not count:
        resolve_incidents(connection, _FINGERPRINT)
        return 0
    said = []
    if found.versions:
        said.append(
            f"versions of dossiers that wait for a decision: {found.versions}. Each would replace "
            "the dossier of another person and another time"
        )
    if found.lists:
        said.append(
            f"lists that wait for a decision: {found.lists}. Each lacks many documents of the list "
            "before it"
        )
    message = f"{'; '.join(said)}; `warehouse decisions list` shows them"
    told = {"fingerprint": _FINGERPRINT, "message": message}
    if not connection.execute(_IS_TOLD, told).scalar_one():
        rule_id = "V06" if found.versions else None
        raise_incident(connection, _FINGERPRINT, "relations", rule_id, message)
    return count


def _find(connection: Connection, hashes: list[str], file: str, position: int) -> Row[Any]:
    statement = _VERSION if position else _DELIVERY
    found = connection.execute(statement, {"hashes": hashes, "position": position}).all()
    if not found:
        what = f"no dossier at position {position}" if position else "no list that could wait"
        raise ConfigurationError(
            f"{file!r} has {what}: `warehouse decisions list` shows the file and the position of "
            "each version that waits"
        )
    if len(found) > 1:
        raise ConfigurationError(f"{file!r} means {len(found)} files: give more of the hash")
    return found[0]


def _about(version: Row[Any], position: int) -> str:
    if "V06" in version.waits_by:
        return "replacement"
    if "V07" in version.waits_by:
        return "order"
    if version.decided_about is not None:
        return str(version.decided_about)
    raise ConfigurationError(
        f"the dossier at position {position} of that file waits for no decision: `warehouse "
        "decisions list` shows those that do"
    )


def _about_delivery(delivery: Row[Any]) -> str:
    if delivery.is_decidable:
        return "shrinking"
    raise ConfigurationError(
        "that delivery waits for no decision: `warehouse decisions list` shows those that do"
    )


def _contract(settings: Settings, delivery: Row[Any]) -> Contract:
    found = catalogue(settings).get(delivery.kind)
    if found is None:
        raise ConfigurationError(
            f"the feed {delivery.kind} has no contract any more: put its file back"
        )
    return found


def _entry(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)
    sender, received_at = values.pop("sender"), values.pop("received_at")
    sha256 = values["sha256"]
    delivery = sha256[:8] if received_at is None else shown(sender, received_at, sha256)
    return {"delivery": delivery, **values}
