"""Writes dossiers into raw and the ledger as the loader leaves them, for tests of what follows.

One call of `deliver` is one file, newer than all before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.settings import Settings
from oracle.keys import encounter_key, local_person_key

_PEOPLE = UUID(int=7)
_HEADER = {
    "gioi_tinh": "1",
    "ngay_sinh": "197001150000",
    "ma_benh_chinh": "J18.9",
    "ma_doituong_kcb": "1.1",
    "ngay_vao": "202605010800",
    "ngay_ra": "202605030900",
    "so_ngay_dtri": "3",
    "ket_qua_dtri": "1",
    "ma_loai_rv": "1",
    "ma_loai_kcb": "03",
    "nam_qt": "2026",
    "thang_qt": "5",
    "t_tongchi_bv": "150.50",
    "t_tongchi_bh": "100",
    "t_bhtt": "80",
    "t_bncct": "20",
    "t_bntt": "50.50",
}
_DRUG = {"ma_thuoc": "40.17", "ten_thuoc": "Oxy", "don_vi_tinh": "lít", "ma_nhom": "4"}
_SERVICE = {"ma_dich_vu": "02.1897", "ten_dich_vu": "Khám", "don_vi_tinh": "lần", "ma_nhom": "13"}
_LINE = {"so_luong": "1", "thanh_tien_bv": "75.25", "ngay_yl": "202605010900"}


PAPERS: Mapping[str, Sequence[dict[str, str | None]]] = {
    "xml4": [{"ma_dich_vu": "22.0120", "ten_chi_so": "Glucose", "gia_tri": "5.2"}],
    "xml6": [{"ma_lydo_dtri": "1", "ngaykd_hiv": "20200101"}],
    "xml7": [{"ma_khoa_rv": "K01", "ngay_ct": "20260503"}],
    "xml8": [{"ma_loai_kcb": "03", "ket_qua_dtri": "1"}],
    "xml9": [{"gioi_tinh_con": "1", "can_nang_con": "2400"}, {"gioi_tinh_con": "2"}],
    "xml10": [{"so_ngay": "7", "tu_ngay": "20260503"}],
    "xml11": [{"so_ngay_nghi": "3", "tu_ngay": "20260503"}],
    "xml13": [{"ma_noi_den": "01002", "ma_lydo_ct": "1"}],
    "xml14": [{"ngay_hen_kl": "202606030800"}],
    "xml15": [{"phanloai_lao_hiv": "2", "ngaybd_dtri_lao": "20260101"}],
}
"""One small row of each table beside header and lines; two births."""


@dataclass(frozen=True)
class Dossier:
    """`header` and the lines override a plausible inpatient episode, by raw column.

    `papers` are rows of other tables: `{"xml13": [{…}]}`. `check_in` is the XML0 of the visit, sent
    in a file of its own.
    """

    dossier_id: str
    person: str = "A"
    header: dict[str, str | None] = field(default_factory=dict)
    drugs: Sequence[dict[str, str | None]] = ({},)
    services: Sequence[dict[str, str | None]] = ({},)
    papers: Mapping[str, Sequence[dict[str, str | None]]] = field(default_factory=dict)
    is_withdrawal: bool = False
    verdict: str = "accepted"
    check_in: dict[str, str | None] | None = None


class Ledger:
    def __init__(self, settings: Settings) -> None:
        self._engine = engine(settings, OWNER)
        self._received_at = datetime(2026, 6, 1, tzinfo=UTC)

    def deliver(self, facility_id: str, *dossiers: Dossier) -> None:
        self._received_at += timedelta(minutes=1)
        with self._engine.begin() as connection:
            file_id = self._file(connection, facility_id, len(dossiers))
            for position, dossier in enumerate(dossiers, start=1):
                self._dossier(connection, facility_id, file_id, position, dossier)
        checked_in = {
            each.dossier_id: each.check_in for each in dossiers if each.check_in is not None
        }
        if checked_in:
            self.check_in(facility_id, checked_in)

    def check_in(
        self, facility_id: str, visits: Mapping[str, Mapping[str, str | None] | None]
    ) -> None:
        """One file of check-ins, by dossier id; None takes the check-in of a visit back."""
        self._received_at += timedelta(minutes=1)
        with self._engine.begin() as connection:
            file_id = self._file(connection, facility_id, len(visits), kind="check_ins")
            for position, (dossier_id, row) in enumerate(visits.items(), start=1):
                _check_in(connection, facility_id, (file_id, position), dossier_id, row)

    def _file(
        self, connection: Connection, facility_id: str, count: int, kind: str = "claims"
    ) -> int:
        name = f"{facility_id}_{self._received_at:%H%M%S}.xml"
        return int(
            connection.execute(
                text(
                    "insert into ops.files (sha256, byte_count, received_at, file_name, status,"
                    " facility_id, dossier_count, judged_at, kind)"
                    " values (:sha256, 1, :received_at, :name, 'loaded', :facility, :count, now(),"
                    " :kind)"
                    " returning file_id"
                ),
                {
                    "sha256": hashlib.sha256(name.encode()).hexdigest(),
                    "received_at": self._received_at,
                    "name": name,
                    "facility": facility_id,
                    "count": count,
                    "kind": kind,
                },
            ).scalar_one()
        )

    def _dossier(
        self,
        connection: Connection,
        facility_id: str,
        file_id: int,
        position: int,
        dossier: Dossier,
    ) -> None:
        place = {"file_id": file_id, "position": position}
        key = {
            "facility_id": facility_id,
            "dossier_id": dossier.dossier_id,
            "encounter_key": encounter_key(facility_id, dossier.dossier_id),
        }
        withdrawal = {"is_withdrawal": dossier.is_withdrawal}
        counts = {"line_count": len(dossier.drugs) + len(dossier.services)}
        person_key = uuid5(_PEOPLE, dossier.person)
        person = {"local_person_key": local_person_key(facility_id, person_key)}
        stands = {"accepted": "loaded", "quarantined": "quarantined"}.get(dossier.verdict or "")
        judged = {"verdict": dossier.verdict, "standing": stands}
        version = place | key | person | withdrawal | counts | judged
        _insert(connection, "ops.dossier_versions", version)
        _insert(
            connection,
            "raw.claims_xml1",
            place
            | {"_person_key": person_key, "ma_lk": dossier.dossier_id}
            | _HEADER
            | dossier.header,
        )
        for table, base, lines in (
            ("raw.claims_xml2", _DRUG | {"don_gia": "75.25"}, dossier.drugs),
            ("raw.claims_xml3", _SERVICE | {"don_gia_bv": "75.25"}, dossier.services),
        ):
            for number, line in enumerate(lines, start=1):
                _insert(
                    connection, table, place | {"line": number, "stt": "1"} | base | _LINE | line
                )
        for name, rows in dossier.papers.items():
            for number, row in enumerate(rows, start=1):
                _insert(connection, f"raw.claims_{name}", place | {"line": number} | row)
        if dossier.verdict == "accepted":
            _settle(connection, key, place, withdrawal)


def _settle(
    connection: Connection, key: dict[str, Any], place: dict[str, Any], withdrawal: dict[str, Any]
) -> None:
    before = connection.execute(
        text(
            "select file_id, position, is_withdrawal from ops.current_dossiers"
            " where facility_id = :facility_id and dossier_id = :dossier_id"
        ),
        key,
    ).one_or_none()
    connection.execute(
        text("delete from ops.current_documents_claims where document_key = :encounter_key"),
        key,
    )
    document = {"document_key": key["encounter_key"]}
    _insert(connection, "ops.current_documents_claims", document | place | withdrawal)
    old = before if before is not None and not before.is_withdrawal else None
    new = None if withdrawal["is_withdrawal"] else place
    _insert(
        connection,
        "ops.document_changes",
        document
        | {
            "feed": "claims",
            "partition_key": "",
            "sender_id": key["facility_id"],
            "old_file_id": old.file_id if old else None,
            "old_position": old.position if old else None,
            "new_file_id": new["file_id"] if new else None,
            "new_position": new["position"] if new else None,
        },
    )


def _check_in(
    connection: Connection,
    facility_id: str,
    place: tuple[int, int],
    dossier_id: str,
    row: Mapping[str, str | None] | None,
) -> None:
    document = {
        "feed": "check_ins",
        "partition_key": "",
        "document_key": uuid5(_PEOPLE, f"check-in of {dossier_id} at {facility_id}"),
    }
    at = dict(zip(("file_id", "position"), place, strict=True))
    values = {"ma_lk": dossier_id, "ma_cskcb": facility_id, "ngay_vao": _HEADER["ngay_vao"]}
    _insert(connection, "raw.check_ins", at | {"_person_key": _PEOPLE} | values | dict(row or {}))
    version = {
        "sender_id": facility_id,
        "content_hash": uuid5(_PEOPLE, str(place)),
        "refers_to_key": encounter_key(facility_id, dossier_id),
        "is_withdrawal": row is None,
        "verdict": "accepted",
        "standing": "loaded" if row is not None else "withdrawn",
    }
    _insert(connection, "ops.document_versions", document | at | version)
    before = connection.execute(
        text(
            "delete from ops.current_documents"
            " where feed = :feed and document_key = :document_key"
            " returning file_id, position, is_withdrawal"
        ),
        document,
    ).one_or_none()
    _insert(connection, "ops.current_documents", document | at | {"is_withdrawal": row is None})
    old = before if before is not None and not before.is_withdrawal else None
    if old is not None or row is not None:
        change = {
            "old_file_id": old.file_id if old else None,
            "old_position": old.position if old else None,
            "new_file_id": at["file_id"] if row is not None else None,
            "new_position": at["position"] if row is not None else None,
        }
        _insert(connection, "ops.document_changes", document | change)


def _insert(connection: Connection, table: str, values: dict[str, Any]) -> None:
    columns = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"insert into {table} ({columns}) values ({places})"), values)
