"""Versions of claims as warehouses of before kept them, moved among the documents.

The former tables stay as they are until everything was moved and compared; then they go. Who is
killed goes on behind the last batch: where that ended is read from what was moved. Numbers of the
log stay what they were.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sqlalchemy import Connection, TextClause, text

from health_warehouse.errors import ConfigurationError

NAME = "claims as documents"
"""In `ops.upgrades`."""

SMALL = 50_000
"""Up to so many versions are moved by the migration itself, within seconds."""

BATCH_ROWS = 100_000

# Of each: from where to where a batch goes, and the batch.
_STEPS = {
    "versions": (
        """
        with moved as (
            select coalesce(max(file_id), 0) as place from ops.document_versions_claims
        )

        select moved.place, behind.upto
        from moved
        cross join lateral (
            select max(file_id) as upto from (
                select file_id from ops.former_dossier_versions
                where file_id > moved.place order by file_id limit :rows
            ) as next
        ) as behind
        """,
        """
        insert into ops.document_versions_claims (
            file_id, position, sender_id, document_key, document_name, local_person_key,
            identifier_hashes, care_days, is_withdrawal, line_count, has_rows, verdict, standing
        )
        select
            v.file_id, v.position, v.facility_id, key_of(v), v.dossier_id,
            v.local_person_key, v.identifier_hashes, v.care_days, v.is_withdrawal, v.line_count,
            v.has_rows, v.verdict,
            case
                when v.verdict is null or f.judged_at is null then null
                when f.status = 'refused' or v.verdict = 'quarantined' then 'quarantined'
                when v.standing = 'refused' then 'quarantined'
                when v.standing = 'pending' then 'pending'
                when c.file_id is null then 'superseded'
                when v.is_withdrawal then 'withdrawn'
                else 'loaded'
            end
        from ops.former_dossier_versions as v
        inner join ops.files as f using (file_id)
        left join ops.former_current_dossiers as c using (file_id, position)
        where v.file_id > :place and v.file_id <= :upto
        order by v.file_id, v.position
        """,
    ),
    "what counts": (
        """
        with moved as (
            select coalesce(max(file_id), 0) as place from ops.current_documents_claims
        )

        select moved.place, behind.upto
        from moved
        cross join lateral (
            select max(file_id) as upto from (
                select file_id from ops.former_current_dossiers
                where file_id > moved.place order by file_id limit :rows
            ) as next
        ) as behind
        """,
        """
        insert into ops.current_documents_claims (document_key, file_id, position, is_withdrawal)
        select key_of(c), c.file_id, c.position, c.is_withdrawal
        from ops.former_current_dossiers as c
        where c.file_id > :place and c.file_id <= :upto
        order by c.file_id, c.position
        """,
    ),
    "changes": (
        """
        with moved as (
            select coalesce(max(change_id), 0) as place
            from ops.document_changes where feed = 'claims'
        )

        select moved.place, behind.upto
        from moved
        cross join lateral (
            select max(change_id) as upto from (
                select change_id from ops.former_dossier_changes
                where change_id > moved.place order by change_id limit :rows
            ) as next
        ) as behind
        """,
        """
        insert into ops.document_changes (
            change_id, feed, partition_key, document_key, sender_id, old_file_id, old_position,
            new_file_id, new_position, changed_at
        )
        select
            c.change_id, 'claims', '', key_of(c), c.facility_id, c.old_file_id,
            c.old_position, c.new_file_id, c.new_position, c.changed_at
        from ops.former_dossier_changes as c
        where c.change_id > :place and c.change_id <= :upto
        order by c.change_id
        """,
    ),
}
_IS_THERE = text("select to_regclass('ops.former_dossier_versions') is not null")
_COUNT_SOME = text(
    "select count(*) from (select from ops.former_dossier_versions limit :most) as first_ones"
)
_NOTE = text("insert into ops.upgrades (name) values (:name)")
_SIZE = text(
    """
    select
        pg_total_relation_size('ops.former_dossier_versions')
        + pg_total_relation_size('ops.former_current_dossiers')
        + pg_total_relation_size('ops.former_dossier_changes') as byte_count,
        (select count(*) from ops.former_dossier_versions) as versions,
        (
            select coalesce(sum(v.line_count), 0)::bigint
            from ops.former_current_dossiers as c
            inner join ops.former_dossier_versions as v using (file_id, position)
        ) as lines
    """
)
# What differs, counted; all of it must be nothing.
_DIFFERENCES = {
    "versions": """
        select count(*)
        from ops.former_dossier_versions as f
        full join ops.document_versions_claims as v using (file_id, position)
        where
            (
                f.facility_id, f.dossier_id, key_of(f), f.local_person_key,
                f.identifier_hashes, f.care_days, f.is_withdrawal, f.line_count, f.has_rows,
                f.verdict
            ) is distinct from (
                v.sender_id, v.document_name, v.document_key, v.local_person_key,
                v.identifier_hashes, v.care_days, v.is_withdrawal, v.line_count, v.has_rows,
                v.verdict
            )
        """,
    "documents that count": """
        select count(*)
        from ops.former_current_dossiers as f
        full join ops.current_documents_claims as c using (file_id, position)
        where
            (key_of(f), f.is_withdrawal) is distinct from (c.document_key, c.is_withdrawal)
        """,
    "versions that stand as if they counted, or not": """
        select count(*)
        from ops.document_versions_claims as v
        left join ops.current_documents_claims as c using (file_id, position)
        where (coalesce(v.standing, '') in ('loaded', 'withdrawn')) <> (c.file_id is not null)
        """,
    "changes in the log": """
        select count(*)
        from ops.former_dossier_changes as f
        full join (select * from ops.document_changes where feed = 'claims') as c using (change_id)
        where
            (
                f.facility_id, key_of(f), f.old_file_id, f.old_position, f.new_file_id,
                f.new_position, f.changed_at
            ) is distinct from (
                c.sender_id, c.document_key, c.old_file_id, c.old_position, c.new_file_id,
                c.new_position, c.changed_at
            )
        """,
}
# Judging writes every version once more, when it has been copied: with room on its page no index is
# written for that. Versions that moved are not written again, so the room is left only now.
_END = """
    alter table ops.document_versions_claims set (fillfactor = 50);
    drop table ops.former_current_dossiers, ops.former_dossier_changes, ops.former_dossier_versions;
    analyze ops.document_versions_claims, ops.current_documents_claims, ops.document_changes;
"""


class Moved(NamedTuple):
    """A batch: of what, how many rows."""

    step: str
    rows: int


class Size(NamedTuple):
    """Of the former tables; `lines` of those versions that count."""

    byte_count: int
    versions: int
    lines: int


def is_due(connection: Connection) -> bool:
    """Whether former tables are there."""
    return bool(connection.execute(_IS_THERE).scalar_one())


def size(connection: Connection) -> Size:
    """Nothing when they are gone."""
    if not is_due(connection):
        return Size(0, 0, 0)
    row = connection.execute(_SIZE).one()
    return Size(row.byte_count, row.versions, row.lines)


def move_or_note(connection: Connection) -> None:
    """Move what is little in this transaction; of more, note that `warehouse upgrade` is due."""
    count: int = connection.execute(_COUNT_SOME, {"most": SMALL + 1}).scalar_one()
    if count > SMALL:
        connection.execute(_NOTE, {"name": NAME})
        return
    while move(connection) is not None:
        pass
    end(connection)


def move(connection: Connection, batch_rows: int = BATCH_ROWS) -> Moved | None:
    """The next batch, in the caller's transaction; None when all is moved."""
    for step, (stretch, insert) in _STEPS.items():
        bounds = connection.execute(text(stretch), {"rows": batch_rows}).one()
        if bounds.upto is not None:
            rows = connection.execute(_statement(insert), dict(bounds._mapping)).rowcount
            return Moved(step, rows)
    return None


def end(connection: Connection) -> None:
    """Compare what was moved with the former tables and drop these, in the caller's transaction.

    Raises ConfigurationError when something differs; nothing is dropped then.
    """
    for what, count in _DIFFERENCES.items():
        differing: int = connection.execute(_statement(count)).scalar_one()
        if differing:
            raise ConfigurationError(
                f"{differing} {what} were not moved as they were: nothing is lost, the former "
                "tables (ops.former_…) are there; tell the developers"
            )
    connection.exec_driver_sql(_END)


def _statement(written: str) -> TextClause:
    """Of a warehouse without keys a key stands for the name alone, until `make_keys` made them."""
    key = (
        r"coalesce(\1.encounter_key,"
        r" cast(md5(\1.facility_id || ' ' || \1.dossier_id) as uuid))"
    )
    return text(re.sub(r"key_of\((\w)\)", key, written))
