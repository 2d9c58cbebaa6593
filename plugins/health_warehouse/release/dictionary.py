"""Every column of the marts in two languages, as docs/dictionary.md shows it.

Pure: from dbt's manifest to text. Descriptions in the YAML are `English | Vietnamese`; names of
fields of the claim standard in them are the column's source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from health_warehouse.marts.contracts import OPEN, MartContract, split_name
from health_warehouse.marts.manifest import parse_manifest
from health_warehouse.release import lineage
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES

_HEAD = """\
# Data dictionary / Từ điển dữ liệu

<!-- Written by scripts/write_data_pages.py from the dbt project; a test fails when it is stale. -->

Every table and column of `marts`, as their comments in the database say it. *Field* names the field
of the claim standard (QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT) that a column comes from; a column without
one is derived. *Labels* says where the meaning of a code is: a list of `dim_code_lists`, or a
column of a mart. Beside them `current_release` tells in its one row which release the tables hold.
What a table is built from, step by step: [lineage.md](lineage.md). `marts` holds what was computed
without closed dossiers; who may see those reads the same tables in schema `hiv`, with a column
`is_closed`. Who reads which schema: [runbooks/readers.md](runbooks/readers.md).

Mọi bảng và cột của `marts`, đúng như chú thích trong cơ sở dữ liệu. *Field* là trường của chuẩn dữ
liệu mà cột lấy từ đó; cột không có trường là cột suy ra. *Labels* cho biết ý nghĩa của mã ở đâu:
danh mục trong `dim_code_lists`, hoặc cột của một bảng. Bảng `current_release` có một dòng, cho
biết đang là bản công bố nào.

| table | one row per |
|---|---|"""
_CLOSED = {
    "by_row": "a row is a function of one dossier, and closed with it",
    "twice": "a row is a function of several dossiers, and computed with and without closed ones",
}
_FIELDS = {field.name for table in (*TABLES.values(), CHECK_INS) for field in table.fields}
_NAME = re.compile(r"\b[A-Z][A-Z0-9_]{2,}\b")


def page(manifest: Mapping[str, Any]) -> str:
    """docs/dictionary.md."""
    contracts = {contract.mart: contract for contract in reversed(parse_manifest(manifest))}
    by_name = lineage.marts(manifest)
    labels = {name: _labels(manifest["nodes"][one]) for name, one in by_name.items()}
    lines = [_HEAD]
    for name in by_name:
        english, _ = _languages(contracts[name].comment)
        grain = english.removeprefix("One row per ").partition(". ")[0].rstrip(".")
        lines.append(f"| [{name}](#{name}) | {grain} |")
    for name, unique_id in by_name.items():
        lines += _mart(contracts[name], lineage.origins(manifest, unique_id), labels[name])
    return "\n".join(lines) + "\n"


def _labels(node: Mapping[str, Any]) -> dict[str, str]:
    """Where the labels of each code are, by column."""
    found = {}
    for column in node["columns"].values():
        meta = column["config"]["meta"]
        if "code_list" in meta:
            found[column["name"]] = f"list `{meta['code_list']}`"
        elif "named_in" in meta:
            found[column["name"]] = f"`{meta['named_in']}`"
    return found


def _mart(contract: MartContract, origins: list[str], labels: dict[str, str]) -> Iterator[str]:
    english, vietnamese = _languages(contract.comment)
    yield f"\n## {contract.mart}\n\n{english}\n\n{vietnamese}\n"
    yield f"- Key: {_names(contract.primary_key)}"
    for key in contract.foreign_keys:
        to = split_name(key.to)[1]
        yield f"- {_names(key.columns)} → [{to}](#{to})"
    yield f"- Closed rows: {_CLOSED[contract.division]}" + (
        "; all of them are" if contract.store != OPEN else ""
    )
    yield f"- Logins of single facilities: {_facility_view(contract)}"
    yield f"- Built from: {_names(origins)}" if origins else "- Built from: the calendar"
    yield (
        "\n| column | type | empty? | meaning | ý nghĩa | field | labels |\n"
        "|---|---|---|---|---|---|---|"
    )
    for column in contract.columns:
        in_english, in_vietnamese = _languages(column.comment)
        cells = (
            f"`{column.name}`",
            column.data_type,
            "" if column.is_required else "yes",
            in_english,
            in_vietnamese,
            ", ".join(_fields(in_english)),
            labels.get(column.name, ""),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _facility_view(contract: MartContract) -> str:
    """In words what release/reader_views.py makes of the contract."""
    view = contract.facility_view
    if view is None:
        return "no view"
    if view.through is not None:
        rows = f"what a row of {view.through.mart} that the login sees names"
    elif view.by:
        rows = f"rows of their facilities, by {_names(view.by)}"
    else:
        rows = "all rows"
    return f"{rows}; without {_names(view.without)}" if view.without else rows


def _languages(comment: str) -> tuple[str, str]:
    english, _, vietnamese = comment.partition(" | ")
    return english.strip(), vietnamese.strip()


def _fields(description: str) -> list[str]:
    return list(dict.fromkeys(name for name in _NAME.findall(description) if name in _FIELDS))


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
