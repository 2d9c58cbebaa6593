"""A warehouse with every kind of key, and the same as before the loader made keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from claim_files import FACILITY, check_in_file, claim_file, dossier, hoso, lines, part, xml1
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
_DUMPS = (
    "select file_id, position, facility_id, dossier_id, encounter_key, local_person_key"
    " from ops.dossier_versions order by 1, 2",
    "select file_id, position, _person_key from raw.claims_xml1 order by 1, 2",
    "select file_id, position, _person_key from raw.check_ins order by 1, 2",
    "select * from raw.practitioners order by 1",
    "select * from vault.person_identifiers order by 1, 2, 3",
    "select facility_id, dossier_id, encounter_key, file_id, position from ops.current_dossiers"
    " order by 1, 2",
    "select change_id, facility_id, dossier_id, encounter_key, old_file_id, new_file_id"
    " from ops.dossier_changes order by 1",
)
# As the migration leaves versions without a key: it stands for the name alone.
_NAMELESS = (
    "update ops.document_versions_claims set local_person_key = null,"
    " document_key = cast(md5(sender_id || ' ' || document_name) as uuid)"
)
_FORGET = (
    "update ops.document_changes as c set document_key = cast(md5(sender_id || ' ' || ("
    "select v.document_name from ops.document_versions_claims as v"
    " where v.file_id = coalesce(c.new_file_id, c.old_file_id)"
    " and v.position = coalesce(c.new_position, c.old_position))) as uuid) where feed = 'claims'",
    _NAMELESS,
    "update ops.current_documents_claims as c set document_key = v.document_key"
    " from ops.document_versions_claims as v"
    " where (v.file_id, v.position) = (c.file_id, c.position)",
    "update raw.practitioners set practitioner_key = gen_random_uuid()",
    "insert into ops.rekeyings (kind) values ('upgrade')",
)


def fill(settings: Settings) -> None:
    """Files of two facilities, with versions, a withdrawal, a quarantined one, and check-ins."""
    ordered = lines("XML2", [{"MA_LK": "P1", "MA_BAC_SI": "001/HNO"}])
    staffed = hoso(part("XML1", xml1("P1")), part("XML2", ordered))
    deliver(settings, "staffed.xml", claim_file([staffed]), NOON)
    for number in range(8):
        ids = [f"A{n % 5}" for n in range(number, number + 3)]
        facility = FACILITY if number % 2 else "96002"
        body = [dossier(ma_lk, MA_CSKCB=facility, GHI_CHU=str(number)) for ma_lk in ids]
        if number == 6:
            body[0] = dossier(ids[0], MA_CSKCB=facility, MA_DOITUONG_KCB="8")
            body[1] = dossier(ids[1], MA_CSKCB=facility, HO_TEN="BAD")
            body.append(dossier("Z1", MA_CSKCB=facility, MA_THE_BHYT="", MA_BN=""))
        moment = NOON + timedelta(hours=number)
        deliver(settings, f"{number}.xml", claim_file(body, facility=facility), moment)
        rows = [{"MA_LK": ma_lk, "MA_CSKCB": facility, "MA_BN": ma_lk} for ma_lk in ids]
        deliver(settings, f"{number}_0.xml", check_in_file(rows), moment)
        load_all(settings)
        judge(settings)


def dump(settings: Settings) -> list[Any]:
    """Everything that holds keys."""
    return [query(settings, statement) for statement in _DUMPS]


def as_before(settings: Settings, respelled: Mapping[str, Sequence[str]] | None = None) -> None:
    """Forget the keys. Of `respelled` every version is a dossier of its own, as MA_LK is sent.

    Those count as they are, and are in the log in the order in which they were loaded.
    """
    with engine(settings, OWNER).begin() as connection:
        for statement in _FORGET:
            connection.execute(text(statement))
        for spellings in (respelled or {}).values():
            values = {"spellings": list(spellings)}
            for statement in (
                "update ops.dossier_versions as v set dossier_id = h.ma_lk, verdict = 'accepted'"
                " from raw.claims_xml1 as h where h.file_id = v.file_id"
                " and h.position = v.position and h.ma_lk = any(:spellings)",
                _NAMELESS,
                "update ops.files set judged_at = clock_timestamp() where judged_at is null",
                "delete from ops.current_documents_claims where (file_id, position) in ("
                "select file_id, position from ops.dossier_versions"
                " where dossier_id = any(:spellings))",
                "insert into ops.current_documents_claims (document_key, file_id, position,"
                " is_withdrawal) select encounter_key, file_id, position, false"
                " from ops.dossier_versions where dossier_id = any(:spellings)",
                "delete from ops.document_changes where (new_file_id, new_position) in ("
                "select file_id, position from ops.dossier_versions"
                " where dossier_id = any(:spellings))",
                "insert into ops.document_changes (feed, partition_key, sender_id, document_key,"
                " new_file_id, new_position)"
                " select 'claims', '', facility_id, encounter_key, file_id, position"
                " from ops.current_dossiers where dossier_id = any(:spellings) order by file_id",
            ):
                connection.execute(text(statement), values)
        connection.execute(
            text(
                "insert into ops.current_documents_claims (document_key, file_id, position,"
                " is_withdrawal) select encounter_key, file_id, position, false"
                " from ops.dossier_versions where verdict is null"
            )
        )
        connection.execute(
            text("update ops.dossier_versions set verdict = 'accepted' where verdict is null")
        )


def nothing(settings: Settings) -> None:
    """Work of a first process, whose start takes as long as all imports."""
    assert settings.state
