"""Findings as a file that a sender can act on: CSV or a workbook, in Vietnamese.

A row says where (delivery, dossier, table, line, field), by which rule, what the rule asks, what
was found and what to do. It holds what the sender wrote into MA_LK and otherwise no value of a
patient. Nothing in it is ever a formula: a sender may write `=cmd()` for a name of a table, and
whoever opens the file is another person. Files are written as one whole, mode 0600.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from expectations import registry
from expectations.rules.rule import Rule, Severity
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.shown import shown_facility
from health_warehouse.private_files import write_private
from health_warehouse.quality.reasons_vi import in_vietnamese
from health_warehouse.readers.remark import SENTENCES_VI

COLUMNS = (
    "Cơ sở",
    "Lần gửi",
    "Mã liên kết (MA_LK)",
    "Hồ sơ thứ",
    "Bảng",
    "Dòng",
    "Trường",
    "Quy tắc",
    "Quy tắc yêu cầu",
    "Phát hiện",
    "Hậu quả",
    "Cần làm gì",
)
WHAT_TO_DO: Mapping[str, tuple[str, str]] = {
    Severity.REFUSE_FILE: (
        "Cả tệp bị từ chối, không hồ sơ nào được tính",
        "Sửa theo quy tắc rồi gửi lại mọi hồ sơ của tệp trong một tệp mới.",
    ),
    Severity.QUARANTINE_DOSSIER: (
        "Hồ sơ bị cách ly, chưa được tính",
        "Sửa trên phần mềm rồi gửi lại cả hồ sơ (mọi bảng, cùng MA_LK) trong một tệp mới.",
    ),
    Severity.FLAG_LINE: (
        "Hồ sơ vẫn được tính, có ghi nhận lỗi",
        "Kiểm tra; nếu sai thì sửa và gửi lại cả hồ sơ (mọi bảng, cùng MA_LK) trong một tệp mới.",
    ),
    Severity.RECORD: ("Chỉ ghi lại", "Không phải gửi lại; kiểm tra cho lần gửi sau."),
}
"""By severity: what it means for the dossier, and what the sender does."""

_OF_LISTS: Mapping[str, tuple[str, str]] = {
    Severity.REFUSE_FILE: (
        "Cả tệp bị từ chối, không dòng nào được tính",
        "Sửa theo quy tắc rồi gửi lại cả danh sách trong một tệp mới.",
    ),
    Severity.QUARANTINE_DOSSIER: (
        "Dòng bị cách ly, chưa được tính",
        "Sửa dòng này rồi gửi lại cả danh sách trong một tệp mới.",
    ),
    Severity.FLAG_LINE: (
        "Dòng vẫn được tính, có ghi nhận lỗi",
        "Kiểm tra; nếu sai thì sửa và gửi lại cả danh sách trong một tệp mới.",
    ),
    Severity.RECORD: ("Chỉ ghi lại", "Không phải gửi lại; kiểm tra cho lần gửi sau."),
}
"""The same for a row of a list, whose rules are called `feed.rule`."""

Rules = Mapping[str, Rule]
_DECLARED: Rules = {rule.id: rule for rule in registry.ALL}
_WIDTHS = (9, 28, 20, 9, 8, 14, 18, 11, 60, 45, 30, 50)
_ROWS_OF_A_SHEET = 1_048_575  # of Excel, below the heading
_LONGEST_CELL = 32_000  # Excel holds 32,767 characters
# What a spreadsheet takes for the beginning of a formula, full-width signs included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rows(
    entries: Iterable[Mapping[str, Any]], rules: Rules = _DECLARED
) -> Iterator[tuple[Any, ...]]:
    """What `findings.entries` gives, as rows of COLUMNS."""
    for entry in entries:
        rule = rules.get(entry["rule"])
        to_do = _OF_LISTS if "." in entry["rule"] else WHAT_TO_DO
        consequence, action = to_do[entry["severity"]]
        yield (
            entry["facility"],
            entry["delivery"],
            entry["dossier"],
            entry["position"],
            entry["table"],
            _line(entry),
            entry["field"],
            entry["rule"],
            rule.sentence_vi if rule else _of_reader(entry["rule"]),
            _reason(entry["reason"], rule),
            consequence,
            action,
        )


def _reason(reason: str, rule: Rule | None) -> str:
    """A reason that begins with the sentence of its rule says it in Vietnamese, too."""
    if rule is not None and reason.startswith(rule.sentence_en):
        return rule.sentence_vi + reason.removeprefix(rule.sentence_en).replace(" is ", " là ")
    return in_vietnamese(reason)


def _of_reader(rule: str) -> str:
    """What a reader asks of lists, by the last word of a rule's id."""
    return SENTENCES_VI.get(rule.rpartition(".")[2], "")


def _line(entry: Mapping[str, Any]) -> Any:
    """The line of a dossier; of a list the cell as people find it."""
    if entry.get("cell") is None:
        return entry["line"]
    return f"Trang {entry['sheet']}, ô {entry['cell']}"


def write_csv(path: Path, entries: Iterable[Mapping[str, Any]], rules: Rules = _DECLARED) -> None:
    """With a byte order mark, by which Excel knows the encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(value) for value in row] for row in rows(entries, rules))
    _write(path, ("\ufeff" + text.getvalue()).encode())


def write_xlsx(path: Path, entries: Sequence[Mapping[str, Any]], rules: Rules = _DECLARED) -> None:
    """A sheet of findings and one of the rules that they name."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(buffer, options) as workbook:
        formats = {
            "head": workbook.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDEBF7"}),
            "text": workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
            # what looks like a formula stays text also after somebody edits the cell
            "quoted": workbook.add_format(
                {"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True}
            ),
        }
        listed = list(rows(entries, rules))
        for number, start in enumerate(range(0, len(listed) or 1, _ROWS_OF_A_SHEET), 1):
            name = "Phát hiện" if number == 1 else f"Phát hiện {number}"
            part = listed[start : start + _ROWS_OF_A_SHEET]
            _fill(workbook.add_worksheet(name), formats, COLUMNS, part, _WIDTHS)
        sheet = workbook.add_worksheet("Quy tắc")
        _fill(sheet, formats, _RULE_COLUMNS, _rules(entries, rules), (11, 12, 90, 60))
    _write(path, buffer.getvalue())


def write_each_facility(
    folder: Path, entries: Sequence[Mapping[str, Any]], rules: Rules = _DECLARED
) -> dict[str, Path]:
    """A workbook for each facility, FOLDER/96001.xlsx, with its own rows only; paths by facility.

    Findings without a facility that looks like one are in none: nobody knows whose they are.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is not a folder")
    by_facility: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        by_facility[shown_facility(entry["facility"])].append(entry)
    by_facility.pop(shown_facility(None), None)
    paths = {facility: folder / f"{facility}.xlsx" for facility in sorted(by_facility)}
    for facility, path in paths.items():
        write_xlsx(path, by_facility[facility], rules)
    return paths


_RULE_COLUMNS = ("Quy tắc", "Số phát hiện", "Quy tắc yêu cầu", "Căn cứ")


def _rules(entries: Iterable[Mapping[str, Any]], rules: Rules) -> list[tuple[Any, ...]]:
    counts = Counter(entry["rule"] for entry in entries)
    known = {name: rules.get(name) for name in counts}
    return [
        (name, count, rule.sentence_vi if rule else "", rule.source.text if rule else "")
        for name, count in counts.most_common()
        for rule in (known[name],)
    ]


def _fill(
    sheet: Any,
    formats: Mapping[str, Any],
    columns: Sequence[str],
    listed: Sequence[tuple[Any, ...]],
    widths: Sequence[int],
) -> None:
    sheet.freeze_panes(1, 0)
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    for number, name in enumerate(columns):
        sheet.write_string(0, number, name, formats["head"])
    for row, values in enumerate(listed, 1):
        for column, value in enumerate(values):
            _put(sheet, row, column, value, formats)
    sheet.autofilter(0, 0, len(listed), len(columns) - 1)


def _put(sheet: Any, row: int, column: int, value: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value, formats["text"])
    elif value is not None:
        text = str(value)[:_LONGEST_CELL]
        kind = "quoted" if _is_like_formula(text) else "text"
        sheet.write_string(row, column, text, formats[kind])


def _is_like_formula(text: str) -> bool:
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def _harmless(value: Any) -> Any:
    """A cell of CSV: what a spreadsheet would take for a formula has an apostrophe before it."""
    if value is None or isinstance(value, int):
        return value
    text = str(value)
    return f"'{text}" if _is_like_formula(text) else text


def _write(path: Path, content: bytes) -> None:
    try:
        write_private(path, content)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
