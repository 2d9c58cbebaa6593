"""What a reader noticed and read nevertheless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RemarkKind = Literal["cell", "zeros", "columns", "sheet", "rows", "as_of"]
"""cell: an error or a formula without a value. zeros: a code that lost its zeros. columns: headings
other than the contract's. sheet: a sheet that is not read. rows: rows that are none of the list, or
hidden ones. as_of: two sources of the day that disagree."""

SENTENCES_VI: Mapping[str, str] = {
    "cell": "Ô không có lỗi công thức, và công thức đã được tính trước khi lưu.",
    "zeros": "Mã ghi dạng chữ để không mất số 0 ở đầu.",
    "columns": "Tên và thứ tự cột theo mẫu.",
    "sheet": "Mọi trang cần đọc đều hiển thị và có dòng tiêu đề cột theo mẫu.",
    "rows": "Danh sách chỉ gồm các dòng dữ liệu, không có dòng ẩn, dòng tổng hay ghi chú.",
    "as_of": "Ngày của danh sách thống nhất ở mọi chỗ ghi ngày.",
}
"""What senders are asked, by kind."""
SENTENCES_EN: Mapping[str, str] = {
    "cell": "No cell holds an error, and formulas are calculated before the file is saved.",
    "zeros": "Codes are written as text, so that they keep their zeros in front.",
    "columns": "Columns have the names and the order of the form.",
    "sheet": "Each sheet to be read is shown and has the headings of the form.",
    "rows": "The list holds rows of data only: no hidden rows, totals or notes.",
    "as_of": "The day of the list is the same wherever it is written.",
}
"""The same in English."""


@dataclass(frozen=True, slots=True)
class Remark:
    """`reason` holds no value of a row. `field`: the label of the column; None: it is about more
    than one."""

    kind: RemarkKind
    reason: str
    severity: Literal["flag", "record"] = "flag"
    field: str | None = None
