"""Columns that a standard lists already, as a contract would write them.

`fields: claims` are those of sources/claims/fields.csv, whose facts stay there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from health_warehouse.sources.claims.schema import CHECK_INS, TABLES, Field

_TYPES = {"S": "text", "N": "number"}


def field_list(name: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Table → column → its keys. Raises KeyError."""
    return {"claims": _claims}[name]()


@cache
def _claims() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return {
        table.name: {field.column: _column(field) for field in table.fields}
        for table in (*TABLES.values(), CHECK_INS)
    }


def _column(field: Field) -> Mapping[str, Any]:
    """The list has its meanings in English only."""
    column = {
        "meaning": {"vi": "", "en": field.meaning},
        "label": field.name,
        "type": _TYPES[field.type],
        "required": field.required == "R",
        "source": "QĐ 4750/QĐ-BYT",
    }
    if field.size is not None:
        column["length"] = field.size
    if field.is_personal:
        column["personal"] = "personal"
    return column
