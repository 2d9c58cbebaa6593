"""Every column of the marts in two languages, as docs/dictionary.md shows it.

Pure: from dbt's manifest to text. Descriptions in the YAML are `English | Vietnamese`; names of
fields of the claim standard in them are the column's source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from health_warehouse.database.rights import readers_of
from health_warehouse.release import lineage
from health_warehouse.release.contracts import MartContract, parse_manifest
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES

_HEAD = """\
# Data dictionary / Từ điển dữ liệu

<!-- Written by scripts/write_data_pages.py from the dbt project; a test fails when it is stale. -->

Every table and column of `marts`, as their comments in the database say it. *Field* names the field
of the claim standard (QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT) that a column comes from; a column without
one is derived. Beside them `current_release` tells in its one row which release the tables hold.
What a table is built from, step by step: [lineage.md](lineage.md). Who sees which rows:
[runbooks/readers.md](runbooks/readers.md).

Mọi bảng và cột của `marts`, đúng như chú thích trong cơ sở dữ liệu. *Field* là trường của chuẩn dữ
liệu mà cột lấy từ đó; cột không có trường là cột suy ra. Bảng `current_release` có một dòng, cho
biết đang là bản công bố nào.

| table | one row per |
|---|---|"""
_FIELDS = {field.name for table in (*TABLES.values(), CHECK_INS) for field in table.fields}
_NAME = re.compile(r"\b[A-Z][A-Z0-9_]{2,}\b")


def page(manifest: Mapping[str, Any]) -> str:
    """docs/dictionary.md."""
    contracts = {contract.name: contract for contract in parse_manifest(manifest)}
    by_name = lineage.marts(manifest)
    lines = [_HEAD]
    for name in by_name:
        english, _ = _languages(contracts[name].comment)
        grain = english.removeprefix("One row per ").partition(". ")[0].rstrip(".")
        lines.append(f"| [{name}](#{name}) | {grain} |")
    for name, unique_id in by_name.items():
        lines += _mart(contracts[name], lineage.origins(manifest, unique_id))
    return "\n".join(lines) + "\n"


def _mart(contract: MartContract, origins: list[str]) -> Iterator[str]:
    english, vietnamese = _languages(contract.comment)
    yield f"\n## {contract.name}\n\n{english}\n\n{vietnamese}\n"
    yield f"- Key: {_names(contract.primary_key)}"
    for key in contract.foreign_keys:
        yield f"- {_names(key.columns)} → [{key.to}](#{key.to})"
    yield f"- Rows: {_audience(contract)}"
    yield f"- Built from: {_names(origins)}" if origins else "- Built from: the calendar"
    yield "\n| column | type | empty? | meaning | ý nghĩa | field |\n|---|---|---|---|---|---|"
    for column in contract.columns:
        in_english, in_vietnamese = _languages(column.comment)
        cells = (
            f"`{column.name}`",
            column.data_type,
            "" if column.is_required else "yes",
            in_english,
            in_vietnamese,
            ", ".join(_fields(in_english)),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _audience(contract: MartContract) -> str:
    """In words what privacy/row_security.py makes of the columns."""
    roles = _names(tuple(role.name for role in readers_of("marts", contract.name)))
    limits = []
    if contract.visible_through is not None:
        limits.append(f"those that a visible row of {contract.visible_through.mart} names")
    elif "facility_key" in contract.column_names:
        limits.append("those of the facilities in the login's scopes")
    if "is_hiv_related" in contract.column_names and contract.sensitivity is None:
        limits.append("related to HIV for `hiv_reader` only")
    return f"{roles}; {'; '.join(limits) or 'all of them'}"


def _languages(comment: str) -> tuple[str, str]:
    english, _, vietnamese = comment.partition(" | ")
    return english.strip(), vietnamese.strip()


def _fields(description: str) -> list[str]:
    return list(dict.fromkeys(name for name in _NAME.findall(description) if name in _FIELDS))


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
