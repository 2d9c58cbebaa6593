"""A workbook that senders fill in: the headings of a contract, its lists to choose from, and what
each column means, in Vietnamese."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from health_warehouse.feeds.contract import Column, Contract
from health_warehouse.feeds.dates import forms_of

LIST_SHEET, LISTS_SHEET, HELP_SHEET = "Danh sách", "Danh mục", "Hướng dẫn"
_ROWS = 5_000
_MOST_CHOICES = 2_000
_EXAMPLE_DAY = datetime(2026, 1, 31)  # noqa: DTZ001 - a day in a form
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "dd/mm/yyyy",
}
_TYPES_VI = {
    "text": "Chữ",
    "code": "Mã (dạng chữ)",
    "integer": "Số nguyên",
    "number": "Số",
    "date": "Ngày",
    "time": "Ngày giờ",
    "boolean": "1 (có) hoặc 0 (không)",
}
_HELP = ("Cột", "Ý nghĩa", "Bắt buộc", "Kiểu", "Cách ghi", "Ví dụ")
Titles = Callable[[str], Mapping[str, str]]
"""The codes of a list of the reference data, each with its title."""


def template(contract: Contract, titles: Titles, rows: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """The workbook. `rows` are filled in, by name of the column, as a sender would."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    buffer = io.BytesIO()
    with Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"title": contract.title.vi, "created": _EXAMPLE_DAY})
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDEBF7"}),
            "required": book.add_format({"bold": True, "text_wrap": True, "bg_color": "#FCE4D6"}),
            "title": book.add_format({"bold": True, "font_size": 13}),
            "text": book.add_format({"num_format": "@"}),
            "date": book.add_format({"num_format": "dd/mm/yyyy"}),
            "time": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            "number": book.add_format({"num_format": "General"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        sheet = book.add_worksheet(LIST_SHEET)
        choices = _lists(book.add_worksheet(LISTS_SHEET), contract, titles, formats)
        _help(book.add_worksheet(HELP_SHEET), contract, formats)
        head = _titles(sheet, contract, formats)
        for at, column in enumerate(contract.table.columns):
            _column(sheet, at, head, column, choices.get(column.name, ""), formats)
        sheet.freeze_panes(head + 1, 0)
        for number, row in enumerate(rows, head + 1):
            for at, column in enumerate(contract.table.columns):
                _fill(sheet, number, at, row.get(column.name), formats[_format(column)])
    return buffer.getvalue()


def _titles(sheet: Any, contract: Contract, formats: Mapping[str, Any]) -> int:
    """What stands above the headings; returns their row."""
    sheet.write_string(0, 0, contract.title.vi or contract.title.en, formats["title"])
    row = 1
    for source in contract.as_of:
        if source.kind == "title":
            sheet.write_string(row, 0, source.of)
            sheet.write_blank(row, 1, None, formats["date"])
            row += 1
    return row + 1


def _column(
    sheet: Any,
    at: int,
    head: int,
    column: Column,
    choices: str,
    formats: Mapping[str, Any],
) -> None:
    sheet.set_column(at, at, max(12, min(len(heading(column)) + 2, 30)), formats[_format(column)])
    kind = "required" if column.is_required else "head"
    sheet.write_string(head, at, heading(column), formats[kind])
    sheet.write_comment(head, at, _comment(column), {"x_scale": 2})
    asked = _validation(column, choices)
    if asked:
        sheet.data_validation(head + 1, at, head + _ROWS, at, {"ignore_blank": True, **asked})


def _comment(column: Column) -> str:
    must = "Bắt buộc. " if column.is_required else ""
    return (
        f"{column.meaning.vi or column.meaning.en}. {must}{_how(column)} Ví dụ: {example(column)}"
    )


def _validation(column: Column, choices: str) -> dict[str, Any]:
    """What Excel lets people enter; it warns, and the warehouse judges."""
    warn = {"error_type": "warning", "error_title": column.label[:32]}
    if choices:
        return {"validate": "list", "source": choices, **warn}
    if column.type == "boolean":
        return {"validate": "list", "source": ["1", "0"], **warn}
    if column.type in ("integer", "number"):
        kind = "integer" if column.type == "integer" else "decimal"
        lowest = -1e15 if column.lowest is None else column.lowest
        highest = 1e15 if column.highest is None else column.highest
        limits = {"minimum": lowest, "maximum": highest}
        return {"validate": kind, "criteria": "between", **limits, **warn}
    if column.length is not None and column.length < 255:
        limit = {"criteria": "<=", "value": column.length}
        return {"validate": "length", **limit, **warn}
    return {}


def _lists(
    sheet: Any, contract: Contract, titles: Titles, formats: Mapping[str, Any]
) -> dict[str, str]:
    """The codes of every list, with their titles; where each lies, by name of the column."""
    places: dict[str, str] = {}
    by_list: dict[str, str] = {}
    at = 0
    for column in contract.table.columns:
        name = column.code_list or (column.label if column.values else "")
        if not name:
            continue
        if name not in by_list:
            known = titles(column.code_list) if column.code_list else {}
            codes = dict(known) if column.code_list else dict.fromkeys(column.values, "")
            sheet.write_string(0, at, name, formats["head"])
            for row, (code, title) in enumerate(codes.items(), 1):
                sheet.write_string(row, at, code, formats["text"])
                sheet.write_string(row, at + 1, title)
            letter = _letters(at)
            place = f"='{LISTS_SHEET}'!${letter}$2:${letter}${len(codes) + 1}"
            by_list[name] = place if 0 < len(codes) <= _MOST_CHOICES else ""
            sheet.set_column(at + 1, at + 1, 40)
            at += 3
        if by_list[name]:
            places[column.name] = by_list[name]
    return places


def _help(sheet: Any, contract: Contract, formats: Mapping[str, Any]) -> None:
    sheet.set_column(0, 1, 34, formats["wrap"])
    sheet.set_column(2, 5, 26, formats["wrap"])
    told = [
        contract.title.vi or contract.title.en,
        f"Điền vào trang “{LIST_SHEET}”, mỗi dòng là một {contract.table.grain.vi}. Không đổi tên "
        "cột; có thể bỏ cột không bắt buộc.",
        f"Mã lấy ở trang “{LISTS_SHEET}”. Ô tô màu cam là cột bắt buộc. Không gộp ô, không để công "
        "thức chưa tính, không ghi dòng tổng.",
    ]
    for row, text in enumerate(told):
        sheet.write_string(row, 0, text)
    for at, head in enumerate(_HELP):
        sheet.write_string(len(told) + 1, at, head, formats["head"])
    for row, column in enumerate(contract.table.columns, len(told) + 2):
        cells = (
            heading(column),
            column.meaning.vi or column.meaning.en,
            "Có" if column.is_required else "",
            _TYPES_VI[column.type],
            _how(column),
            example(column),
        )
        for at, text in enumerate(cells):
            sheet.write_string(row, at, text, formats["wrap"])


def _how(column: Column) -> str:
    """How a value is written, in a sentence."""
    told = []
    if column.type in ("date", "time"):
        told.append("Ghi " + " hoặc ".join(forms_of(column)))
    if column.values:
        told.append("Một trong: " + ", ".join(column.values[:20]))
    elif column.code_list:
        told.append(f"Mã của danh mục {column.code_list}")
    if column.length is not None:
        told.append(f"Không quá {column.length} ký tự")
    if column.lowest is not None:
        told.append(f"Từ {column.lowest:g}")
    if column.highest is not None:
        told.append(f"Đến {column.highest:g}")
    if column.not_after:
        told.append("Không sau ngày ở cột liên quan")
    return ". ".join(told) + "." if told else ""


def heading(column: Column) -> str:
    """What it is called in a template: beside an element's name, what people say."""
    labels = column.labels
    if len(labels) > 1 and labels[0].isascii() and labels[0].isupper():
        return f"{labels[0]} – {labels[1]}"
    return column.label


def example(column: Column) -> str:
    """A value as it is written."""
    if column.values:
        return column.values[0]
    if column.type in ("date", "time"):
        form = forms_of(column)[0]
        for part, digits in (("yyyy", "2026"), ("mm", "01"), ("dd", "31"), ("HH", "08")):
            form = form.replace(part, digits)
        return form.replace("MM", "30").replace("SS", "00")
    lowest = 1 if column.lowest is None else column.lowest
    plain = {"integer": f"{lowest:g}", "number": f"{lowest:g}", "boolean": "1"}
    return plain.get(column.type, "…")


def _format(column: Column) -> str:
    if column.type in ("date", "time"):
        return column.type
    return "number" if column.type in ("integer", "number") else "text"


def _fill(sheet: Any, row: int, at: int, value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, at, value, form)
    elif isinstance(value, str):
        sheet.write_string(row, at, value, form)
    else:
        sheet.write_number(row, at, value, form)


def _letters(at: int) -> str:
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name
