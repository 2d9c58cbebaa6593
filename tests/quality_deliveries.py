"""Deliveries straight into raw and the ledger, without a loader: the rules are tested alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from health_warehouse.database.connections import copy_rows, engine
from health_warehouse.settings import Settings

HEADER = {
    "ma_lk": "LK-1",
    "ma_the_bhyt": "DN4960012345678",
    "ma_doituong_kcb": "1.1",
    "ngay_vao": "202608050800",
    "ngay_ra": "202608051030",
}
DRUG = {
    "ma_lk": "LK-1",
    "ma_nhom": "4",
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
    "ma_nhom": "13",
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
PERSON = UUID(int=1)


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

    def drug_lines(self) -> list[dict[str, str]]:
        return [{**DRUG, **changes} for changes in self.drugs]

    def service_lines(self) -> list[dict[str, str]]:
        return [{**SERVICE, **changes} for changes in self.services]

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
) -> int:
    """Write one file as the loader does; returns its file_id.

    `declared_count` -1: as many as are sent.
    """
    headers = [dossier.full_header() for dossier in dossiers]
    drugs = [dossier.drug_lines() for dossier in dossiers]
    services = [dossier.service_lines() for dossier in dossiers]
    file_id: int = connection.execute(
        text(
            "insert into ops.files (sha256, byte_count, received_at, file_name, status,"
            " facility_id, declared_count, hoso_count, dossier_count, line_count, row_counts)"
            " values (:sha256, 1, '2026-08-06 01:00Z', :name, 'loaded', :facility, :declared,"
            " :dossiers, :dossiers, :drugs + :services, jsonb_build_object('XML1', :dossiers,"
            " 'XML2', :drugs, 'XML3', :services, 'other', :others)) returning file_id"
        ),
        {
            "sha256": sha256(name.encode()).hexdigest(),
            "name": name,
            "facility": facility_id,
            "declared": len(dossiers) if declared_count == -1 else declared_count,
            "dossiers": len(dossiers),
            "drugs": sum(map(len, drugs)),
            "services": sum(map(len, services)),
            "others": sum(len(dossier.others) for dossier in dossiers),
        },
    ).scalar_one()
    connection.execute(
        text(
            "insert into ops.file_receipts (uri, received_at, file_id, file_name, byte_count,"
            " modified_at) values (:name, '2026-08-06 01:00Z', :file, :name, 1, now())"
        ),
        {"name": name, "file": file_id},
    )
    copy_rows(
        connection,
        "ops.dossier_versions",
        ["file_id", "position", "facility_id", "dossier_id", "is_withdrawal", "line_count"],
        (
            (file_id, position, facility_id, header["ma_lk"],
             header["ma_doituong_kcb"].strip() == "8", len(drug) + len(service))
            for position, (header, drug, service) in enumerate(
                zip(headers, drugs, services, strict=True), 1
            )
        ),
    )  # fmt: skip
    columns = sorted({column for header in headers for column in header})
    copy_rows(
        connection,
        "raw.claims_xml1",
        ["file_id", "position", "_person_key", *columns],
        (
            (file_id, position, PERSON, *(header.get(column) for column in columns))
            for position, header in enumerate(headers, 1)
        ),
    )
    for table, lines_of in (("raw.claims_xml2", drugs), ("raw.claims_xml3", services)):
        _copy_lines(connection, table, file_id, lines_of)
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
