"""A contract from its YAML: everything that is wrong in it is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from health_warehouse.feeds.contract import (
    AsOf,
    Closed,
    Column,
    Contract,
    Expect,
    Identity,
    Refuse,
    Replacement,
    Sender,
    Table,
    Words,
)
from health_warehouse.feeds.draft import Columns, Draft, DraftTable, draft, listed
from health_warehouse.feeds.names import raw_table
from health_warehouse.feeds.problem import Problem
from health_warehouse.feeds.read_rules import row_rules
from health_warehouse.feeds.tree import Node

_REFUSE = {"empty": "is_empty", "header_missing": "is_header_missing"}
_SAME = (
    *("type", "length", "personal", "kind", "lowest", "highest", "not_after", "severity"),
    *("source", "confidence", "pattern", "list_day"),
)


def read_contract(
    root: Node, *, is_ours: bool = False, overridden: Mapping[str, Path] | None = None
) -> tuple[Contract | None, list[Problem]]:
    """The contract of a tree, or what is wrong with it. `is_ours`: it is shipped, and tests hold
    that nothing is wrong with it."""
    if is_ours:
        return _contract(draft(root, frozenset()), overridden or {}), []
    from health_warehouse.feeds.sense import problems_of_sense
    from health_warehouse.feeds.shape import problems_of_shape

    problems, faults = problems_of_shape(root)
    drawn = draft(root, faults)
    problems += problems_of_sense(drawn)
    if problems:
        return None, sorted(set(problems))
    return _contract(drawn, overridden or {}), []


def _contract(drawn: Draft, overridden: Mapping[str, Path]) -> Contract:
    keys = drawn.keys
    return Contract(
        feed=keys["feed"],
        title=Words(**keys["title"]),
        owner=keys["owner"],
        match=listed(keys["match"]),
        reader=listed(keys["reader"])[0],
        other_readers=listed(keys["reader"])[1:],
        **_locale(keys.get("locale", "")),
        mode=keys["mode"],
        tables=tuple(_table(keys["feed"], table, len(drawn.tables)) for table in drawn.tables),
        path=drawn.root.path,
        sender=_sender(keys["sender"]),
        document_key=listed(keys.get("document")),
        partition=listed(keys.get("partition")),
        as_of=tuple(map(_as_of, keys.get("as_of", ()))),
        newer=keys.get("newer", "received_at"),
        speaks_for=keys.get("speaks_for", "self"),
        missing=keys.get("missing", "not_reported"),
        expect=Expect(**keys["expect"]) if "expect" in keys else None,
        refuse=Refuse(**{_REFUSE.get(key, key): to for key, to in keys.get("refuse", {}).items()}),
        replacement=_replacement(keys["replacement"]) if "replacement" in keys else None,
        identity=Identity(**keys["identity"]) if "identity" in keys else None,
        closed=_closed(keys.get("closed", "none")),
        gate=keys.get("gate", "notice"),
        options=dict(keys.get("options", {})),
        rules=tuple(row_rules(keys.get("rules", {}))),
        overridden=dict(overridden),
    )


def _table(feed: str, table: DraftTable, count: int) -> Table:
    keys = {key: table.keys[key] for key in ("person_key",) if key in table.keys}
    if "lineage" in table.keys:
        keys["lineage"] = tuple(table.keys["lineage"])
    return Table(
        name=table.name or feed,
        raw_table=raw_table(feed, table.name if count > 1 else ""),
        grain=Words(**table.keys["grain"]),
        columns=_columns(table.columns or {}),
        **keys,
    )


def _columns(columns: Columns) -> tuple[Column, ...]:
    return tuple(_column(name, keys) for name, keys in columns.items())


def _column(name: str, keys: Mapping[str, Any]) -> Column:
    values: dict[str, Any] = {key: keys[key] for key in _SAME if key in keys}
    is_dated = "since" in keys or "until" in keys
    if "length" in values:
        values["length"] = int(values["length"])
    return Column(
        name=name,
        meaning=Words(**keys["meaning"]),
        labels=listed(keys.get("label")),
        is_required=keys.get("required", False) and not is_dated,
        is_required_then=keys.get("required", False) and is_dated,
        since=_day(keys.get("since")),
        until=_day(keys.get("until")),
        is_unique=keys.get("unique", False),
        formats=listed(keys.get("formats")),
        values=tuple(map(str, keys.get("values", ()))),
        code_list=keys.get("list"),
        **values,
    )


def _sender(written: str | Mapping[str, str]) -> Sender:
    if written == "folder":
        return Sender("folder")
    if isinstance(written, str):
        return Sender("reader")
    if "column" in written:
        return Sender("column", written["column"])
    return Sender("fixed", written["fixed"])


def _as_of(written: str | Mapping[str, str]) -> AsOf:
    if isinstance(written, str):
        return AsOf("receipt_month")
    ((kind, of),) = written.items()
    return AsOf(cast(Any, kind), of)


def _replacement(written: Mapping[str, Any]) -> Replacement:
    return Replacement(written.get("same_person", False), listed(written.get("same_days")))


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _locale(written: str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(written, str):
        return {"locale": written}
    return {"locale": written.get("default", ""), "locales": dict(written.get("senders", {}))}


def _closed(written: str | Mapping[str, Any]) -> Closed | None:
    if isinstance(written, str):
        return None
    columns = {kind: listed(to) for kind, to in written.items() if kind != "refers_to"}
    return Closed(**columns, refers_to=dict(written.get("refers_to", {})))
