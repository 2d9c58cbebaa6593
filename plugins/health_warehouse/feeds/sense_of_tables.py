"""Whether the tables of a contract can be made in `raw`."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.feeds.draft import Draft, DraftTable, Fault
from health_warehouse.feeds.field_lists import field_list
from health_warehouse.feeds.names import OTHER_TABLES, raw_table, why_no_column, why_no_name
from health_warehouse.feeds.problem import Problem, shown

LONGEST = 63
"""Bytes of a name in Postgres; longer ones are cut in silence."""


def problems_of_tables(drawn: Draft) -> Iterator[Problem]:
    """What is wrong with tables and with names of columns."""
    for rule in (_which, _names_of_tables, _columns_of_tables, _lineage, _names_of_columns):
        for place, message in rule(drawn):
            yield drawn.root.problem(message, *place)


_Found = Iterator[Fault]


def _which(drawn: Draft) -> _Found:
    written = drawn.root.keys
    both = [key for key in ("grain", "columns") if key in written]
    if "tables" in written:
        for key in both:
            yield Fault(
                (key,), f"`{key}` stands beside `tables`: write it under a table, or delete one"
            )
    elif "fields" in written:
        yield Fault(
            ("fields",), "`tables` is missing: write which tables of the list come, with a grain"
        )
    else:
        for key in ("grain", "columns"):
            if key not in written:
                yield Fault((), f"`{key}` is missing: write what a row is, and its columns")


def _names_of_tables(drawn: Draft) -> _Found:
    feed = drawn.keys.get("feed")
    if not isinstance(feed, str):
        return
    taken: dict[str, str] = {}
    several = len(drawn.tables) > 1
    for table in drawn.tables:
        place = ("tables", table.name) if table.name else ("feed",)
        name = raw_table(feed, table.name if several else "")
        if len(name.encode()) > LONGEST:
            yield Fault(place, f"raw.{name} is longer than {LONGEST} bytes: write a shorter name")
        if name in taken:
            yield Fault(
                place, f"raw.{name} is the table of {shown(taken[name])} already: rename one"
            )
        if name in OTHER_TABLES:
            yield Fault(place, f"raw.{name} holds something else: write another name")
        elif why := why_no_name(name):
            yield Fault(place, f"no table can be called {shown(name)}: {why}; write another name")
        taken[name] = table.name


def _columns_of_tables(drawn: Draft) -> _Found:
    fields = drawn.keys.get("fields")
    known = field_list(fields) if fields else {}
    for table in drawn.tables:
        if not table.name:
            continue
        if fields and table.name not in known:
            message = f"the list of {fields} has no table {shown(table.name)}"
            yield Fault(("tables", table.name), f"{message}: write one of {', '.join(known)}")
        elif fields:
            for name in table.columns or {}:
                if name not in known[table.name]:
                    yield Fault(
                        (*table.place, name),
                        f"the list of {fields} has no field {shown(name)} in {table.name}: "
                        "delete it",
                    )
        elif table.columns is None and not _is_written(drawn, table):
            yield Fault(
                ("tables", table.name), "`columns` is missing: write the columns of the table"
            )


def _is_written(drawn: Draft, table: DraftTable) -> bool:
    return "columns" in drawn.root.at("tables", table.name).keys


def _lineage(drawn: Draft) -> _Found:
    for table in drawn.tables:
        lineage = table.keys.get("lineage") if table.name else None
        if lineage is not None and "file_id" not in lineage:
            yield Fault(
                ("tables", table.name, "lineage"), "`file_id` is missing in it: write it first"
            )


def _names_of_columns(drawn: Draft) -> _Found:
    for table in drawn.tables:
        for name in table.columns or {}:
            if why := why_no_column(name):
                yield Fault(
                    (*table.place, name),
                    f"no column can be called {shown(name)}: {why}; write another name, and what "
                    "senders call it as its `label`",
                )
