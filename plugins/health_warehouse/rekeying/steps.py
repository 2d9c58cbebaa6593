"""The steps of a re-keying. Each reads a batch, makes its keys here and copies them back.

A batch is one transaction, and doing one again changes nothing: keys are made of what was sent,
not of former keys. The order matters: what counts is chosen anew (`current`) among versions that
all have their canonical name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, TextClause, text

from health_warehouse.database.connections import copy_rows
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.claims.kept_rows import bring_back_rows
from health_warehouse.landing.claims.keys import care_days
from health_warehouse.landing.documents import choose
from health_warehouse.landing.settling import lock_settling
from health_warehouse.reference.canonical import canonical_code
from health_warehouse.rekeying.documents import rekey_rows, tables_of_persons
from health_warehouse.rekeying.keys import DossierName, Identifiers, Keys, canonical_name
from health_warehouse.rekeying.persons import NOBODY, move_persons, rekey_left
from health_warehouse.settings import Settings


@dataclass(frozen=True, slots=True)
class Batch:
    """How many rows were read, and where the next batch begins; None: there is none."""

    count: int
    place: str | None


class Work(NamedTuple):
    """What a step needs: the transaction of its batch, the keys, how many rows to read at once."""

    connection: Connection
    settings: Settings
    keys: Keys
    size: int


class Step(NamedTuple):
    """`run` does the batch that begins behind a place. `counted` says how many rows it walks
    through."""

    name: str
    counted: TextClause
    run: Callable[[Work, str | None], Batch]


_VERSIONS = """
select v.file_id, v.position, v.facility_id, v.dossier_id, h._person_key as former_key,
    h.ma_the_bhyt, h.so_cccd, h.ma_bn, h.ho_ten, h.ngay_sinh, h.ngay_vao, h.ngay_ra
from ops.dossier_versions as v
left join raw.claims_xml1 as h using (file_id, position)
where (v.file_id, v.position) > (:first, :second)
order by v.file_id, v.position
limit :size
"""
_CHECK_INS = """
select file_id, position, coalesce(ma_cskcb, '') as facility_id, coalesce(ma_lk, '') as dossier_id,
    _person_key as former_key, ma_the_bhyt, so_cccd, ma_bn
from raw.check_ins
where (file_id, position) > (:first, :second)
order by file_id, position
limit :size
"""
_CURRENT = """
select file_id, position from ops.current_documents_claims
where (file_id, position) > (:first, :second)
order by file_id, position
limit :size
"""
_CHANGES = """
select change_id as file_id, 0 as position from ops.dossier_changes
where (change_id, 0) > (:first, :second)
order by change_id
limit :size
"""
_MADE = text(
    """
    create temporary table made (
        file_id bigint, position integer, facility_id text, dossier_id text, encounter_key uuid,
        local_person_key uuid, person_key uuid, former_key uuid, identifier_hashes uuid[],
        care_days daterange, primary key (file_id, position)
    ) on commit drop
    """
)
_COLUMNS = (
    "file_id", "position", "facility_id", "dossier_id", "encounter_key", "local_person_key",
    "person_key", "former_key", "identifier_hashes", "care_days",
)  # fmt: skip
_KEY_VERSIONS = (
    """
    update ops.dossier_versions as v
    set facility_id = m.facility_id, dossier_id = m.dossier_id, encounter_key = m.encounter_key,
        local_person_key = m.local_person_key, identifier_hashes = m.identifier_hashes,
        care_days = coalesce(m.care_days, v.care_days)
    from made as m
    where v.file_id = m.file_id and v.position = m.position
        and (v.facility_id, v.dossier_id, v.encounter_key, v.local_person_key, v.identifier_hashes,
            v.care_days)
        is distinct from (m.facility_id, m.dossier_id, m.encounter_key, m.local_person_key,
            m.identifier_hashes, coalesce(m.care_days, v.care_days))
    """,
    """
    update raw.claims_xml1 as h set _person_key = m.person_key
    from made as m
    where h.file_id = m.file_id and h.position = m.position and h._person_key <> m.person_key
    """,
)
_KEY_CHECK_INS = (
    """
    update raw.check_ins as c set _person_key = m.person_key
    from made as m
    where c.file_id = m.file_id and c.position = m.position and c._person_key <> m.person_key
    """,
)
# What counts and the log follow the versions, whose keys are made by then. Changes of versions that
# are gone for good keep their former keys: no build reads so far back.
_KEY_CHANGES = text(
    """
    update ops.document_changes as c
    set sender_id = v.sender_id, document_key = v.document_key
    from ops.document_versions_claims as v
    where c.change_id > :first and c.change_id <= :last and c.feed = v.feed
        and v.file_id = coalesce(c.new_file_id, c.old_file_id)
        and v.position = coalesce(c.new_position, c.old_position)
        and (c.sender_id, c.document_key) is distinct from (v.sender_id, v.document_key)
    """
)
# Of spellings that were dossiers of their own one has the place, until settling says which.
_KEY_CURRENT = text(
    """
    with former as (
        delete from ops.current_documents_claims as c
        using ops.document_versions_claims as v
        where (c.file_id, c.position) > (:first, :second)
            and (c.file_id, c.position) <= (:last, :last_position)
            and v.file_id = c.file_id and v.position = c.position
            and v.document_key <> c.document_key
        returning v.document_key, c.file_id, c.position, c.is_withdrawal
    ),

    placed as (
        insert into ops.current_documents_claims (document_key, file_id, position, is_withdrawal)
        select document_key, file_id, position, is_withdrawal from former
        order by file_id, position
        on conflict do nothing
        returning file_id, position
    )

    select former.* from former
    where not exists (
        select from placed
        where placed.file_id = former.file_id and placed.position = former.position
    )
    order by file_id, position
    """
)
# Last in the log, for what is written there of the other spellings is of no order between them.
_LOG = text(
    """
    insert into ops.document_changes (
        feed, partition_key, sender_id, document_key, old_file_id, old_position,
        new_file_id, new_position
    )
    select
        c.feed, c.partition_key, v.sender_id, c.document_key,
        case when not :is_withdrawal then cast(:file_id as bigint) end,
        case when not :is_withdrawal then cast(:position as integer) end,
        case when not c.is_withdrawal then c.file_id end,
        case when not c.is_withdrawal then c.position end
    from ops.current_documents_claims as c
    inner join ops.document_versions_claims as v using (file_id, position)
    where c.document_key = :document_key
    """
)
_FILES = text(
    """
    update ops.files set facility_id = raw.canonical_code(facility_id)
    where facility_id <> raw.canonical_code(facility_id)
    """
)
_ADD_SPELLINGS = text(
    """
    insert into raw.practitioners (practitioner_code, practitioner_key)
    select * from unnest(cast(:codes as text[]), cast(:keys as uuid[]))
    on conflict (practitioner_code) do update set practitioner_key = excluded.practitioner_key
    """
)


def _key_versions(work: Work, place: str | None) -> Batch:
    """Of a version whose rows were removed nobody knows whom it was about: it gets no hashes."""
    rows = _read(work, _VERSIONS, place)
    made = []
    for row in rows:
        name = canonical_name(row.facility_id, row.dossier_id)
        hashes = days = None
        if row.former_key is not None:
            hashes = work.keys.version(name, _identifiers(row), row.ho_ten, row.ngay_sinh) or None
            found = care_days(row.ngay_vao, row.ngay_ra)
            days = None if found is None else found.as_range()
        made.append((*_with_person(work, row, name), hashes, days))
    return _keyed(work, rows, made, _KEY_VERSIONS)


def _key_check_ins(work: Work, place: str | None) -> Batch:
    rows = _read(work, _CHECK_INS, place)
    named = [(row, canonical_name(row.facility_id, row.dossier_id)) for row in rows]
    made = [(*_with_person(work, row, name), None, None) for row, name in named]
    return _keyed(work, rows, made, _KEY_CHECK_INS)


def _keyed(
    work: Work, rows: Sequence[Row[Any]], made: Sequence[tuple[Any, ...]], writes: Sequence[str]
) -> Batch:
    _write(work, made, writes)
    move_persons(work.connection)
    return _next(work, rows)


def _identifiers(row: Row[Any]) -> Identifiers:
    return Identifiers(row.ma_the_bhyt, row.so_cccd, row.ma_bn)


def _with_person(work: Work, row: Row[Any], name: DossierName) -> tuple[Any, ...]:
    person = local = None
    if row.former_key is not None:
        person = work.keys.person(name, _identifiers(row))
        local = work.keys.local(name, person)
    return (*_named(work, row, name), local, person, row.former_key)


def _key_changes(work: Work, place: str | None) -> Batch:
    rows = _read(work, _CHANGES, place)
    if rows:
        bounds = {"first": int((place or "-1 -1").split()[0]), "last": rows[-1].file_id}
        work.connection.execute(_KEY_CHANGES, bounds)
    return _next(work, rows)


def _key_current(work: Work, place: str | None) -> Batch:
    connection = work.connection
    lock_settling(connection)
    rows = _read(work, _CURRENT, place)
    if not rows:
        return _next(work, rows)
    first, second = map(int, (place or "-1 -1").split())
    last = {"last": rows[-1].file_id, "last_position": rows[-1].position}
    beaten = connection.execute(_KEY_CURRENT, {"first": first, "second": second, **last}).all()
    if beaten:
        file_ids = sorted({one.file_id for one in beaten})
        tolerance = work.settings.late_delivery_tolerance
        choose(connection, built_in()["claims"], file_ids, tolerance)
        bring_back_rows(connection, work.settings)
        connection.execute(_LOG, [dict(one._mapping) for one in beaten])
    return _next(work, rows)


def _key_practitioners(work: Work, _place: str | None) -> Batch:
    """All at once: a province has some thousands."""
    work.connection.execute(_FILES)
    codes = work.connection.execute(text("select practitioner_code from raw.practitioners"))
    found: list[str] = list(codes.scalars())
    # a spelling that nobody writes any more keeps its row: it is no other's, and leads nowhere
    spelt = sorted({canonical_code(code) for code in found} | set(found))
    if spelt:
        keys = [work.keys.practitioner(code) for code in spelt]
        work.connection.execute(_ADD_SPELLINGS, {"codes": spelt, "keys": keys})
    return Batch(len(found), None)


def _key_documents(work: Work, place: str | None) -> Batch:
    """Of feeds of rows."""
    first, second = map(int, (place or "-1 -1").split())
    found = rekey_rows(work.connection, work.settings, work.keys.secret, (first, second), work.size)
    is_last = found.last is None or found.read < work.size
    return Batch(found.read, None if is_last else "{} {}".format(*found.last or ()))


def _key_left_persons(work: Work, place: str | None) -> Batch:
    if work.keys.secret == work.keys.former:
        return Batch(0, None)
    begin = UUID(place) if place else NOBODY
    tables = ["claims_xml1", "check_ins", *tables_of_persons(work.settings)]
    count, last = rekey_left(work.connection, work.keys, tables, begin, work.size)
    return Batch(count, None if last is None else str(last))


def _read(work: Work, statement: str, place: str | None) -> Sequence[Row[Any]]:
    first, second = (place or "-1 -1").split()
    values = {"first": int(first), "second": int(second), "size": work.size}
    return work.connection.execute(text(statement), values).all()


def _named(work: Work, row: Row[Any], name: DossierName) -> tuple[Any, ...]:
    return (row.file_id, row.position, *name, work.keys.encounter(name))


def _write(work: Work, made: Sequence[tuple[Any, ...]], statements: Sequence[str]) -> None:
    work.connection.execute(_MADE)
    copy_rows(work.connection, "pg_temp.made", _COLUMNS, made)
    work.connection.execute(text("analyze made"))
    for statement in statements:
        work.connection.execute(text(statement))


def _next(work: Work, rows: Sequence[Row[Any]]) -> Batch:
    if len(rows) < work.size:
        return Batch(len(rows), None)
    return Batch(len(rows), f"{rows[-1].file_id} {rows[-1].position}")


STEPS = (
    Step("versions", text("select count(*) from ops.dossier_versions"), _key_versions),
    Step("check-ins", text("select count(*) from raw.check_ins"), _key_check_ins),
    Step("practitioners", text("select count(*) from raw.practitioners"), _key_practitioners),
    Step(
        "documents",
        text(
            "select count(*) from ops.document_versions"
            " where feed in (select feed from ops.feeds where is_of_rows)"
        ),
        _key_documents,
    ),
    Step("vault", text("select count(*) from vault.person_identifiers"), _key_left_persons),
    Step("changes", text("select count(*) from ops.dossier_changes"), _key_changes),
    Step("current", text("select count(*) from ops.current_dossiers"), _key_current),
)
