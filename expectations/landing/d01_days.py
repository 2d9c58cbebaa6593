"""D01_day: a field of 8 characters that is a date holds a day of the calendar.

Generated from fields.csv: what has 8 characters there is `yyyymmdd`, in every table; NGAY_TAI_KHAM
is a list of them. What cannot be read is null in the marts, so it must not pass unseen. Longer
texts are told by K02, days that a rule compares by that rule. Of a birth month and day may be
unknown.
"""

from __future__ import annotations

from expectations.rules.by_field import rows_by_field
from expectations.rules.cards import items
from expectations.rules.fragments import described, is_day, quoted_time, text_or_null
from expectations.rules.rule import Category, Check, Rule, Severity, Source
from health_warehouse.feeds.contract import Column, Table

_SIZE = 8
_LISTS = (("XML1", "NGAY_TAI_KHAM"),)
_TOLD = {("XML7", "NGAY_CT"), ("XML11", "TU_NGAY"), ("XML14", "NGAY_CT")}  # D05
_BIRTHS = ("NGAYSINH_NND", "NGAY_SINHCON")
_UNKNOWN_PARTS = "^(19|20)[0-9][0-9](00|0[1-9]|1[0-2])00$"


def is_asked(table: Table, field: Column) -> bool:
    """Whether the list of fields has it as `yyyymmdd`, and no other rule reads it."""
    place = (table.name, field.label)
    has_day = field.type == "text" and field.length == _SIZE
    return (has_day or place in _LISTS) and place not in _TOLD


def _check(table: Table, field: Column) -> Check | None:
    if not is_asked(table, field):
        return None
    text = f"btrim({field.name})"
    holds = [f"{text_or_null(field.name)} is null"]
    if (table.name, field.label) in _LISTS:
        holds.append(f"(select bool_and({is_day('day')}) from unnest({items(field.name)}) as day)")
    else:
        holds += [is_day(text), f"length({text}) > {_SIZE}"]
    if field.label in _BIRTHS:
        holds.append(f"{text} ~ '{_UNKNOWN_PARTS}'")
    told = described if field.is_personal or field.label in _BIRTHS else quoted_time
    return Check(
        field=field.label,
        holds=" or ".join(f"({condition})" for condition in holds),
        reason=f"'{field.label} is not a day (yyyymmdd): ' || {told(field.name)}",
    )


RULE = Rule(
    id="D01_day",
    sentence_vi="Trường ngày 8 ký tự ghi một ngày có thật (yyyymmdd); "
    "ngày sinh ghi 0 cho phần chưa rõ.",
    sentence_en="A date field of 8 characters has a day of the calendar (yyyymmdd); "
    "a birth has zeros for what is not known.",
    source=Source("QĐ 4750/QĐ-BYT, fields of 8 characters in all tables; catalogue D01", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=rows_by_field(_check),
)
