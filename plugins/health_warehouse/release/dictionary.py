"""Every column of the marts in two languages, as docs/dictionary.md shows it.

Pure: from dbt's manifest to text. Descriptions in the YAML are `English | Vietnamese`; names of
fields of the claim standard in them are the column's source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.marts.contracts import OPEN, MartContract, split_name
from health_warehouse.marts.manifest import mart_nodes, parse_manifest

_HEAD = """\
# Data dictionary / Từ điển dữ liệu

<!-- Written by scripts/write_data_pages.py from the dbt project; a test fails when it is stale. -->

Every table and column of `marts`, as their comments in the database say it. *Field* names the field
of the claim standard (QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT) that a column comes from; a column without
one is derived. *Labels* says where the meaning of a code is: a list of `dim_code_lists`, or a
column of a mart. Beside them `current_release` tells in its one row which release the tables hold.
Joins, examples, and what a table is built from: [a page per mart](marts/README.md). `marts` holds
what was computed without closed dossiers; who may see those reads the same tables in schema `hiv`,
with a column `is_closed`. Who reads which schema: [runbooks/readers.md](runbooks/readers.md).

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
_FIELDS = {
    column.label
    for contract in built_in().values()
    for table in contract.tables
    for column in table.columns
}
_NAME = re.compile(r"\b[A-Z][A-Z0-9_]{2,}\b")


def page(manifest: Mapping[str, Any]) -> str:
    """docs/dictionary.md."""
    contracts = {contract.mart: contract for contract in reversed(parse_manifest(manifest))}
    nodes = mart_nodes(manifest)
    lines = [_HEAD]
    lines += [f"| [{name}](#{name}) | {grain(contracts[name])} |" for name in nodes]
    for name, node in nodes.items():
        lines += _mart(contracts[name], _labels(node))
    return "\n".join(lines) + "\n"


def grain(contract: MartContract) -> str:
    """What a row is, in English: "day from 2000 to 2049, and …"."""
    english, _ = languages(contract.comment)
    return english.removeprefix("One row per ").partition(". ")[0].rstrip(".")


def languages(description: str) -> tuple[str, str]:
    """English and Vietnamese."""
    english, _, vietnamese = description.partition(" | ")
    return english.strip(), vietnamese.strip()


def facility_rows(contract: MartContract) -> str:
    """In words what release/reader_views.py makes of the contract for logins of facilities."""
    view = contract.facility_view
    if view is None:
        return "no view"
    if view.through is not None:
        rows = f"what a row of {view.through.mart} that the login sees names"
    elif view.by:
        rows = f"rows of their facilities, by {names(view.by)}"
    else:
        rows = "all rows"
    return f"{rows}; without {names(view.without)}" if view.without else rows


def names(listed: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in listed)


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


def _mart(contract: MartContract, labels: dict[str, str]) -> Iterator[str]:
    english, vietnamese = languages(contract.comment)
    yield f"\n## {contract.mart}\n\n{english}\n\n{vietnamese}\n"
    yield f"- Key: {names(contract.primary_key)}"
    for key in contract.foreign_keys:
        to = split_name(key.to)[1]
        yield f"- {names(key.columns)} → [{to}](#{to})"
    yield f"- Closed rows: {_CLOSED[contract.division]}" + (
        "; all of them are" if contract.store != OPEN else ""
    )
    yield f"- Logins of single facilities: {facility_rows(contract)}"
    yield f"- Joins, and an example: [its page](marts/{contract.mart}.md)"
    yield (
        "\n| column | type | empty? | meaning | ý nghĩa | field | labels |\n"
        "|---|---|---|---|---|---|---|"
    )
    for column in contract.columns:
        in_english, in_vietnamese = languages(column.comment)
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


def _fields(description: str) -> list[str]:
    return list(dict.fromkeys(name for name in _NAME.findall(description) if name in _FIELDS))
