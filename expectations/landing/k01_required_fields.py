"""K01: what the standard requires is filled in. One pass per table, generated from fields.csv.

Only what says whose episode it is, of what kind and where puts a dossier into quarantine. The rest
is a flag: the list of required fields is that of the insurer's test sheet of 2024 (M), a later one
may ask for less.
"""

from __future__ import annotations

import re

from expectations.landing.required_fields import IDENTIFYING, required_when
from expectations.rules.fragments import is_filled
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import check_ins, headers, lines
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES, Table

_SOURCE = Source(
    "QĐ 4750/QĐ-BYT and the insurer's portal sheet of 2024, column required; catalogue K01", "M"
)


def _checks(table: Table, *, identifying: bool) -> tuple[Check, ...]:
    checks = []
    for field in table.fields:
        condition = required_when(table, field)
        is_identifying = table.name == "XML1" and field.name in IDENTIFYING
        if condition is None or is_identifying != identifying:
            continue
        filled = is_filled(field.column)
        excused = "" if condition == "true" else f" or ({condition}) is not true"
        checks.append(Check(field.name, f"{filled}{excused}", f"'{field.name} is blank'"))
    return tuple(checks)


def _rows(table: Table) -> Rows:
    checks = _checks(table, identifying=False)
    named = " ".join(check.holds for check in checks)
    columns = [f.column for f in table.fields if re.search(rf"\b{f.column}\b", named)]
    if table is CHECK_INS:
        selected = check_ins(*columns)
    elif table.name == "XML1":
        selected = headers(*(f"header.{column}" for column in columns))
    else:
        selected = lines(int(table.name[3:]), *(f"line.{column}" for column in columns))
    return Rows(f"'{table.name}'", selected, checks)


_IDENTIFYING_CHECKS = _checks(TABLES["XML1"], identifying=True)

RULE = Rule(
    id="K01",
    sentence_vi="XML1 có đủ mã, họ tên, ngày sinh, giới tính người bệnh, loại KCB và mã cơ sở.",
    sentence_en="XML1 names the patient (number, name, birth, sex), the type of care "
    "and the facility.",
    source=_SOURCE,
    category=Category.COMPLETENESS,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers(*(f"header.{check.field.lower()}" for check in _IDENTIFYING_CHECKS)),
            _IDENTIFYING_CHECKS,
        ),
    ),
)

OTHER = Rule(
    id="K01_other",
    sentence_vi="Các trường bắt buộc khác của mọi bảng có giá trị "
    "(trừ trường bảo hiểm của lượt khám không có thẻ).",
    sentence_en="Every other required field of every table is filled "
    "(insurance fields only for insured visits).",
    source=_SOURCE,
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=tuple(_rows(table) for table in (*TABLES.values(), CHECK_INS)),
)
