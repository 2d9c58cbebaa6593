"""Lists as senders write them, for tests: workbooks and text, and a contract that reads them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from health_warehouse.feeds.contract import Column, Contract, Refuse, Sender, Table, Words
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.table.rows import TableRows
from health_warehouse.readers.table.table_reader import Table as TableReader

BOUNDS = Bounds(64 * 1024**2, 8 * 1024**2)
HEADS = ("Mã CSKCB", "Số CCCD", "Họ và tên", "Ngày sinh", "Số giường", "Diện tích", "Chức danh")


def column(name: str, *labels: str, **keys: Any) -> Column:
    return Column(name, Words("", name), labels, **keys)


CONTRACT = Contract(
    feed="staff",
    title=Words("Nhân lực", "Staff"),
    owner="personnel",
    match=("*/staff*",),
    reader="table",
    mode="snapshot",
    tables=(
        Table(
            "staff",
            "staff",
            Words("người", "person"),
            (
                column(
                    "facility_code",
                    *("MA_CSKCB", "Mã CSKCB", "Mã cơ sở"),
                    type="code",
                    is_required=True,
                    pattern="[0-9A-Za-z]{5}",
                ),
                column("citizen_id", "Số CCCD", type="code", is_required=True, pattern="[0-9]{12}"),
                column("full_name", "Họ và tên"),
                column("birth_date", "Ngày sinh", type="date", formats=("dd/mm/yyyy", "yyyymmdd")),
                column("beds", "Số giường", type="integer"),
                column("area", "Diện tích", type="number"),
                column("title_code", "Chức danh", type="code"),
            ),
        ),
    ),
    path=Path("staff.yml"),
    sender=Sender("column", "facility_code"),
    document_key=("citizen_id",),
    partition=("facility_code", "as_of"),
    refuse=Refuse(),
    locale="vi",
)


def with_locale(locale: Any, **senders: str) -> Contract:
    return replace(CONTRACT, locale=locale, locales={f"9{key}": to for key, to in senders.items()})


def person(number: int = 1, **more: Any) -> list[Any]:
    """A row under HEADS."""
    row: dict[str, Any] = {
        "facility": "96001",
        "citizen": f"{96_000_000_000 + number:012}",
        "name": f"Nguyễn Văn {chr(64 + number)}",
        "birth": "05/03/1980",
        "beds": 10,
        "area": 58.5,
        "title": "BS",
    }
    return list((row | more).values())


def workbook(*sheets: Sequence[Sequence[Any]], write: Callable[..., None] | None = None) -> bytes:
    """Sheets of rows, or what `write` does with the workbook."""
    buffer = io.BytesIO()
    with Workbook(buffer) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for rows in sheets:
            sheet = book.add_worksheet()
            for at, row in enumerate(rows):
                _write_row(sheet, at, row, day)
        if write is not None:
            write(book)
    return buffer.getvalue()


def _write_row(sheet: Any, at: int, row: Iterable[Any], day: Any) -> None:
    for column, value in enumerate(row):
        if isinstance(value, (date, datetime)):
            sheet.write_datetime(at, column, value, day)
        elif isinstance(value, str):
            sheet.write_string(at, column, value)
        elif value is not None:
            sheet.write(at, column, value)


def text(*rows: Sequence[Any], sign: str = ",", encoding: str = "utf-8") -> bytes:
    lines = (sign.join("" if value is None else str(value) for value in row) for row in rows)
    return "".join(line + "\r\n" for line in lines).encode(encoding)


def read(content: bytes, contract: Contract = CONTRACT, sender: str = "") -> TableRows:
    """The rows of a list, not yet asked for."""
    return TableReader().read(io.BytesIO(content), contract, BOUNDS, sender)


def values(content: bytes, contract: Contract = CONTRACT) -> list[dict[str, str | None]]:
    """What is in the rows that count, by name of the column; blanks are left out."""
    names = [one.name for one in contract.table.columns]
    return [
        {name: value for name, value in zip(names, row.values, strict=True) if value is not None}
        for row in read(content, contract)
        if not row.is_blank and row.problem is None
    ]


def told(content: bytes, contract: Contract = CONTRACT) -> list[str]:
    """Every remark: of rows with their position, then of the delivery."""
    rows = read(content, contract)
    found = [f"{row.position}: {one.reason}" for row in rows for one in row.remarks]
    return found + [one.reason for one in rows.remarks]
