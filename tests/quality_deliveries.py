"""Deliveries straight into raw and the ledger, without a loader: the rules are tested alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from health_warehouse.database.connections import copy_rows, engine
from health_warehouse.reference.canonical import canonical_dossier_id
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES
from oracle.keys import encounter_key

HEADER = {
    "ma_lk": "LK-1",
    "stt": "1",
    "ma_bn": "BN-1",
    "ho_ten": "NGUYỄN VĂN AN",
    "so_cccd": "096080001234",
    "ngay_sinh": "198003150000",
    "gioi_tinh": "1",
    "ma_quoctich": "000",
    "ma_dantoc": "01",
    "ma_nghe_nghiep": "00000",
    "dia_chi": "Khóm 1, phường Bạc Liêu, tỉnh Cà Mau",
    "matinh_cu_tru": "96",
    "maxa_cu_tru": "31825",
    "ma_the_bhyt": "DN4960012345678",
    "ma_dkbd": "96001",
    "gt_the_tu": "20260101",
    "gt_the_den": "20261231",
    "ly_do_vv": "Ho, sốt",
    "chan_doan_vao": "Viêm mũi họng cấp",
    "chan_doan_rv": "Viêm mũi họng cấp",
    "ma_benh_chinh": "J00",
    # off route: on the right one so small a visit would be covered in full (C05_small)
    "ma_doituong_kcb": "3.3",
    "ngay_vao": "202608050800",
    "ngay_ra": "202608051030",
    "so_ngay_dtri": "0",
    "pp_dieu_tri": "Nội khoa",
    "ket_qua_dtri": "2",
    "ma_loai_rv": "1",
    "ngay_ttoan": "202608051025",
    "nam_qt": "2026",
    "thang_qt": "8",
    "ma_loai_kcb": "01",
    "ma_khoa": "K01",
    "ma_cskcb": "96001",
    "can_nang": "58.5",
    "ma_hsba": "BA-1",
    "ma_ttdv": "0960000001",
}
NO_CARD = {"ma_the_bhyt": "", "ma_dkbd": "", "gt_the_tu": "", "gt_the_den": ""}
PERSON = UUID(int=1)
RECEIVED_AT = datetime(2026, 8, 6, 1, tzinfo=UTC)
DRUG = {
    "ma_lk": "LK-1",
    "stt": "1",
    "ma_thuoc": "40.48",
    "ma_nhom": "4",
    "ten_thuoc": "Paracetamol 500 mg",
    "don_vi_tinh": "Viên",
    "ham_luong": "500 mg",
    "duong_dung": "1.01",
    "lieu_dung": "1 viên/lần * 2 lần/ngày * 5 ngày [2 viên/ngày]",
    "so_dang_ky": "VD-12345-21",
    "tt_thau": "123/QĐ-SYT;G1;N4;2025",
    "pham_vi": "1",
    "ma_khoa": "K01",
    "ma_bac_si": "000123/CM-CCHN",
    "nguon_ctra": "1",
    "ma_pttt": "1",
    "ngay_yl": "202608050815",
    "so_luong": "10",
    "don_gia": "1500",
    "tyle_tt_bh": "100",
    "thanh_tien_bv": "15000",
    "thanh_tien_bh": "15000",
    "muc_huong": "80",
    "t_nguonkhac_nsnn": "0",
    "t_nguonkhac_vtnn": "0",
    "t_nguonkhac_vttn": "0",
    "t_nguonkhac_cl": "0",
    "t_nguonkhac": "0",
    "t_bntt": "0",
    "t_bncct": "3000",
    "t_bhtt": "12000",
}
SERVICE = {
    "ma_lk": "LK-1",
    "stt": "1",
    "ma_dich_vu": "02.1896",
    "ten_dich_vu": "Khám Nội",
    "don_vi_tinh": "Lần",
    "ma_nhom": "13",
    "pham_vi": "1",
    "ma_khoa": "K01",
    "ma_bac_si": "000123/CM-CCHN",
    "ma_benh": "J00",
    "ma_pttt": "1",
    "ngay_yl": "202608050820",
    "so_luong": "1",
    "don_gia_bv": "100000",
    "don_gia_bh": "80000",
    "tyle_tt_dv": "100",
    "tyle_tt_bh": "100",
    "thanh_tien_bv": "100000",
    "thanh_tien_bh": "80000",
    "muc_huong": "80",
    "t_nguonkhac_nsnn": "0",
    "t_nguonkhac_vtnn": "0",
    "t_nguonkhac_vttn": "0",
    "t_nguonkhac_cl": "0",
    "t_nguonkhac": "0",
    "t_bntt": "20000",
    "t_bncct": "16000",
    "t_bhtt": "64000",
}


def _number(value: str | None) -> Decimal:
    try:
        return Decimal(value or "0")
    except InvalidOperation:
        return Decimal(0)


@dataclass(frozen=True)
class Dossier:
    """A dossier as a sender would write it: the good one, with what a case changes."""

    header: Mapping[str, str] = field(default_factory=dict)
    drugs: Sequence[Mapping[str, str]] = ({},)
    services: Sequence[Mapping[str, str]] = ({},)
    others: Sequence[tuple[str, Sequence[str]]] = ()
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    """Rows of XML4 to XML15 by name of the table; MA_LK is that of the header unless given."""
    person: UUID = PERSON

    def rows_of(self, table: str) -> list[dict[str, str]]:
        if table == "XML2":
            return self.drug_lines()
        if table == "XML3":
            return self.service_lines()
        return [{"ma_lk": self.dossier_id, **row} for row in self.tables.get(table, ())]

    @property
    def dossier_id(self) -> str:
        return self.header.get("ma_lk", HEADER["ma_lk"])

    def drug_lines(self) -> list[dict[str, str]]:
        return [{**DRUG, "ma_lk": self.dossier_id, **changes} for changes in self.drugs]

    def service_lines(self) -> list[dict[str, str]]:
        return [{**SERVICE, "ma_lk": self.dossier_id, **changes} for changes in self.services]

    def full_header(self) -> dict[str, str]:
        """Totals are summed from the lines, unless the case says otherwise."""
        drugs, services = self.drug_lines(), self.service_lines()

        def total(column: str, lines: Sequence[Mapping[str, str]]) -> str:
            return str(sum((_number(line[column]) for line in lines), Decimal(0)))

        lines = [*drugs, *services]
        covered = Decimal(total("thanh_tien_bh", lines)) - Decimal(total("t_bncct", lines))
        totals = {
            "t_thuoc": total("thanh_tien_bv", drugs),
            "t_vtyt": total("thanh_tien_bv", [s for s in services if s["ma_nhom"] in ("10", "11")]),
            "t_tongchi_bv": total("thanh_tien_bv", lines),
            "t_tongchi_bh": total("thanh_tien_bh", lines),
            "t_bntt": total("t_bntt", lines),
            "t_bncct": total("t_bncct", lines),
            "t_nguonkhac": total("t_nguonkhac", lines),
            "t_bhtt": str(covered),
            "t_bhtt_gdv": total("t_bhtt", [line for line in lines if line["ma_pttt"] == "1"]),
        }
        return {**HEADER, **totals, **self.header}


def deliver(
    connection: Connection,
    dossiers: Sequence[Dossier],
    *,
    name: str = "claims.xml",
    declared_count: int | None = -1,
    facility_id: str = "96001",
    received_at: datetime = RECEIVED_AT,
) -> int:
    """Write one file as the loader does; returns its file_id.

    `declared_count` -1: as many as are sent.
    """
    headers = [dossier.full_header() for dossier in dossiers]
    lines = {
        name: [dossier.rows_of(name) for dossier in dossiers] for name in TABLES if name != "XML1"
    }
    counts = {name: sum(map(len, rows)) for name, rows in lines.items()}
    counts |= {"XML1": len(dossiers), "other": sum(len(dossier.others) for dossier in dossiers)}
    file_id = _insert_file(
        connection,
        name,
        received_at,
        kind="claims",
        facility_id=facility_id,
        declared_count=len(dossiers) if declared_count == -1 else declared_count,
        hoso_count=len(dossiers),
        dossier_count=len(dossiers),
        line_count=counts["XML2"] + counts["XML3"],
        row_counts={table: count for table, count in counts.items() if count},
    )
    copy_rows(
        connection,
        "ops.document_versions_claims",
        ["file_id", "position", "sender_id", "document_name", "document_key", "is_withdrawal",
         "line_count"],
        (
            (file_id, position, facility_id, canonical_dossier_id(header["ma_lk"]),
             encounter_key(facility_id, header["ma_lk"]),
             header["ma_doituong_kcb"].strip() == "8", len(drugs) + len(services))
            for position, (header, drugs, services) in enumerate(
                zip(headers, lines["XML2"], lines["XML3"], strict=True), 1
            )
        ),
    )  # fmt: skip
    copy_rows(
        connection,
        "ops.delivery_partitions",
        ["feed", "file_id", "partition_key", "sender_id", "received_at", "is_complete",
         "document_count"],
        [("claims", file_id, "", facility_id, received_at, True, len(dossiers))],
    )  # fmt: skip
    columns = sorted({column for header in headers for column in header})
    copy_rows(
        connection,
        "raw.claims_xml1",
        ["file_id", "position", "_person_key", *columns],
        (
            (file_id, position, dossier.person, *(header.get(column) for column in columns))
            for position, (dossier, header) in enumerate(zip(dossiers, headers, strict=True), 1)
        ),
    )
    for table, rows in lines.items():
        _copy_lines(connection, f"raw.{TABLES[table].raw_table}", file_id, rows)
    copy_rows(
        connection,
        "raw.claims_other",
        ["file_id", "position", "part", "table_name", "ma_lk_values", "content"],
        (
            (file_id, position, part, table, list(values), "<kept/>")
            for position, dossier in enumerate(dossiers, 1)
            for part, (table, values) in enumerate(dossier.others, 1)
        ),
    )
    return file_id


def deliver_check_ins(
    connection: Connection,
    rows: Sequence[Mapping[str, str]],
    *,
    name: str = "check_ins.xml",
    facility_id: str = "96001",
    received_at: datetime = RECEIVED_AT,
) -> int:
    """Write one file of check-ins as the loader does; returns its file_id."""
    file_id = _insert_file(
        connection,
        name,
        received_at,
        kind="check_ins",
        line_count=len(rows),
        row_counts={CHECK_INS.name: len(rows)},
    )
    rows = [{"ma_cskcb": facility_id, **row} for row in rows]
    columns = sorted({column for row in rows for column in row})
    copy_rows(
        connection,
        f"raw.{CHECK_INS.raw_table}",
        ["file_id", "position", "_person_key", *columns],
        (
            (file_id, place, PERSON, *(row.get(column) for column in columns))
            for place, row in enumerate(rows, 1)
        ),
    )
    copy_rows(
        connection,
        "ops.document_versions",
        ["feed", "file_id", "position", "partition_key", "sender_id", "document_key",
         "content_hash", "refers_to_key"],
        (
            ("check_ins", file_id, place, "", facility_id, named, uuid4(), named)
            for place, row in enumerate(rows, 1)
            for named in [encounter_key(facility_id, canonical_dossier_id(row.get("ma_lk", "")))]
        ),
    )  # fmt: skip
    copy_rows(
        connection,
        "ops.delivery_partitions",
        ["feed", "file_id", "partition_key", "sender_id", "received_at", "is_complete",
         "document_count"],
        [("check_ins", file_id, "", facility_id, received_at, True, len(rows))],
    )  # fmt: skip
    return file_id


def _insert_file(connection: Connection, name: str, received_at: datetime, **values: object) -> int:
    values["row_counts"] = json.dumps(values["row_counts"])
    values |= {
        "sha256": sha256(name.encode()).hexdigest(),
        "byte_count": 1,
        "received_at": received_at,
        "file_name": name,
        "status": "loaded",
    }
    columns, parameters = ", ".join(values), ", ".join(f":{column}" for column in values)
    file_id: int = connection.execute(
        text(f"insert into ops.files ({columns}) values ({parameters}) returning file_id"),
        values,
    ).scalar_one()
    connection.execute(
        text(
            "insert into ops.file_receipts (uri, received_at, file_id, file_name, byte_count,"
            " modified_at) values (:name, :received_at, :file, :name, 1, now())"
        ),
        {"name": name, "received_at": received_at, "file": file_id},
    )
    return file_id


def _copy_lines(
    connection: Connection, table: str, file_id: int, lines_of: Sequence[Sequence[dict[str, Any]]]
) -> None:
    columns = sorted({column for lines in lines_of for line in lines for column in line})
    copy_rows(
        connection,
        table,
        ["file_id", "position", "line", *columns],
        (
            (file_id, position, number, *(line.get(column) for column in columns))
            for position, lines in enumerate(lines_of, 1)
            for number, line in enumerate(lines, 1)
        ),
    )


def findings(settings: Settings, file_id: int | None = None) -> list[dict[str, Any]]:
    """What was found, as rows of quarantine.findings."""
    with engine(settings, "loader").connect() as connection:
        rows = connection.execute(
            text(
                "select * from quarantine.findings"
                " where cast(:file_id as bigint) is null or file_id = :file_id"
                " order by finding_id"
            ),
            {"file_id": file_id},
        ).mappings()
        return [dict(row) for row in rows]
