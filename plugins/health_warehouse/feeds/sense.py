"""Whether what a contract says fits together: names that it uses exist, nothing is forgotten.

Each rule looks at what is there and says nothing of what is missing or has another form: that is
told by `shape`.
"""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.feeds.draft import Draft, Fault, Place, listed
from health_warehouse.feeds.names import why_no_column
from health_warehouse.feeds.owing_words import KINDS, words_of
from health_warehouse.feeds.problem import Problem, shown, write_one_of
from health_warehouse.feeds.sense_of_columns import problems_of_columns
from health_warehouse.feeds.sense_of_rules import problems_of_rules
from health_warehouse.feeds.sense_of_tables import problems_of_tables
from health_warehouse.reference.due import Due

_PLAIN_READERS = frozenset({"json_lines", "table"})
PARTITION_WORDS = ("sender", "as_of")
_KINDS = ("icd", "drug", "service", "disease")
_NAMING = ("citizen_id", "insurance_number", "local_id", "name")


def problems_of_sense(drawn: Draft) -> list[Problem]:
    """Everything that does not fit together."""
    found = list(problems_of_tables(drawn))
    found += problems_of_columns(drawn)
    found += problems_of_rules(drawn)
    for rule in (_mode, _as_of, _expect, _references, _not_personal, _identity, _closed, _reader):
        found += [drawn.root.problem(message, *place) for place, message in rule(drawn)]
    return found


_Found = Iterator[Fault]


def _mode(drawn: Draft) -> _Found:
    keys = drawn.keys
    mode = keys.get("mode")
    if mode == "snapshot" and "partition" not in keys and "partition" not in _written(drawn):
        yield Fault(
            ("mode",),
            "`partition` is missing: a snapshot replaces something as a whole; write what, for "
            "example `partition: [sender, as_of]`",
        )
    if mode in ("upsert", "append"):
        if "partition" in keys:
            yield Fault(
                ("partition",), f"only a snapshot has a partition: delete it, or {_or_snapshot()}"
            )
        if keys.get("missing") == "ended":
            yield Fault(
                ("missing",),
                f"only a snapshot can miss one: delete it, or {_or_snapshot()}",
            )
        if "shrinks_by_more_than" in keys.get("refuse", {}):
            yield Fault(
                ("refuse", "shrinks_by_more_than"),
                f"only a snapshot can shrink: delete it, or {_or_snapshot()}",
            )
    if "replacement" in keys and len(drawn.tables) < 2:
        yield Fault(
            ("replacement",),
            "versions of rows are not compared, only documents with rows of several kinds: "
            "delete it",
        )
    if mode == "upsert" and "document" not in _written(drawn):
        yield Fault(
            ("mode",),
            "`document` is missing: an upsert replaces the document with the same key; write its "
            "columns, or `mode: append` if nothing is ever replaced",
        )


def _as_of(drawn: Draft) -> _Found:
    keys = drawn.keys
    if "as_of" in listed(keys.get("partition")) and "as_of" not in _written(drawn):
        yield Fault(
            ("partition",),
            "`as_of` is missing, which the partition names: write where the day stands, for "
            "example `as_of: [receipt_month]`",
        )
    for at, source in enumerate(keys.get("as_of", ())):
        if not isinstance(source, dict):
            continue
        form = source.get("file_name")
        if form is not None and not ("yyyy" in form and "mm" in form):
            yield Fault(
                ("as_of", at, "file_name"),
                f"{shown(form)} tells no month: write yyyy and mm, and dd if the name has the day",
            )
        column = (drawn.columns or {}).get(source["column"]) if "column" in source else None
        if column is not None and column.get("type", "text") not in ("date", "time"):
            yield Fault(
                ("as_of", at, "column"),
                (f"the column {shown(source['column'])} is no day: write `type: date` there"),
            )


def _expect(drawn: Draft) -> _Found:
    expect = drawn.keys.get("expect", {})
    if "who" in expect:
        try:
            words_of(expect["who"])
        except ValueError as error:
            yield Fault(
                ("expect", "who"),
                f"nobody knows facilities that are {shown(str(error))}: "
                f"{write_one_of(str(error), KINDS)}",
            )
    if "due" in expect:
        try:
            Due.of(expect["due"])
        except ValueError:
            yield Fault(
                ("expect", "due"),
                f"{shown(expect['due'])} is a day that not every year has: write another one",
            )


def _references(drawn: Draft) -> _Found:
    """Columns that are named must be there."""
    for place, name, is_of_any in _named(drawn):
        tables = drawn.tables if is_of_any else drawn.tables[:1]
        if not tables or any(table.columns is None for table in tables):
            continue
        if not any(name in (table.columns or {}) for table in tables):
            yield Fault(
                place, f"there is no column {shown(name)}: {_known(drawn, name, is_of_any)}"
            )


def _named(drawn: Draft) -> Iterator[tuple[Place, str, bool]]:
    """Places that name a column, and whether it may be of any table."""
    keys = drawn.keys
    for place, name in _shown(drawn):
        yield place, name, False
    for place, name in _each(drawn, ("document",)):
        yield place, name, False
    for kind, name in keys.get("identity", {}).items():
        if kind != "domain":
            yield ("identity", kind), name, False
    closed = keys.get("closed")
    if isinstance(closed, dict):
        for kind in _KINDS:
            for place, name in _each(drawn, ("closed", kind)):
                yield place, name, True
        for feed, name in closed.get("refers_to", {}).items():
            yield ("closed", "refers_to", feed), name, True


def _shown(drawn: Draft) -> Iterator[tuple[Place, str]]:
    """Places that name a column whose values are stored beside documents, and shown."""
    keys = drawn.keys
    for place, name in _each(drawn, ("partition",)):
        if name not in PARTITION_WORDS:
            yield place, name
    if keys.get("newer", "received_at") != "received_at":
        yield ("newer",), keys["newer"]
    if isinstance(sender := keys.get("sender"), dict) and "column" in sender:
        yield ("sender", "column"), sender["column"]
    for at, source in enumerate(keys.get("as_of", ())):
        if isinstance(source, dict) and "column" in source:
            yield ("as_of", at, "column"), source["column"]
    if "period" in keys.get("expect", {}):
        yield ("expect", "period"), keys["expect"]["period"]


def _not_personal(drawn: Draft) -> _Found:
    columns = drawn.columns or {}
    for place, name in _shown(drawn):
        if columns.get(name, {}).get("personal"):
            yield Fault(
                place,
                f"the column {shown(name)} is personal, and `{place[0]}` is shown in the ledger: "
                "name another column",
            )


def _identity(drawn: Draft) -> _Found:
    columns = drawn.columns or {}
    for kind, name in drawn.keys.get("identity", {}).items():
        if kind in _NAMING and name in columns and not columns[name].get("personal"):
            yield Fault(
                ("identity", kind),
                (f"the column {shown(name)} names a person: write `personal: personal` there"),
            )


def _closed(drawn: Draft) -> _Found:
    closed = drawn.keys.get("closed")
    if closed is None and "closed" in _written(drawn):
        return
    for table in drawn.tables:
        for name, column in (table.columns or {}).items():
            kind = column.get("kind")
            place = (*table.place, name, "kind")
            if kind and closed is None:
                yield Fault(
                    place,
                    f"`closed` is missing: codes of {kind} may tell of a closed class; write "
                    f"`closed: {{{kind}: [{name}]}}`, or `closed: none` if they never do",
                )
            elif kind and isinstance(closed, dict) and name not in listed(closed.get(kind)):
                yield Fault(
                    place,
                    f"`closed` does not name this column: write `{kind}: [{name}]` there, or "
                    "delete the kind",
                )


def _reader(drawn: Draft) -> _Found:
    readers = listed(drawn.keys.get("reader"))
    plain = [reader for reader in readers if reader in _PLAIN_READERS]
    if plain and "tables" in drawn.keys:
        yield Fault(
            ("tables",), f"{plain[0]} gives rows of one kind: write `grain` and `columns` instead"
        )
    if len(readers) > 1 and len(plain) < len(readers):
        yield Fault(("reader",), "only json_lines and table can stand beside another reader")
    titles = [at for at, one in enumerate(drawn.keys.get("as_of", ())) if "title" in one]
    if readers and titles and "table" not in readers:
        yield Fault(("as_of", titles[0]), "only lists have a title: write `reader: table`")


def _written(drawn: Draft) -> frozenset[str]:
    """Keys that stand there, fitting or not."""
    return frozenset(drawn.root.keys)


def _each(drawn: Draft, place: Place) -> Iterator[tuple[Place, str]]:
    """The names at a place that has one or a list; what does not fit is left out."""
    node = drawn.root.at(*place)
    keys = drawn.keys
    for step in place:
        keys = keys.get(str(step), {})
    fitting = {name for name in listed(keys or None) if isinstance(name, str)}
    if isinstance(node.value, list):
        for at, item in enumerate(node.value):
            if isinstance(item.value, str) and item.value in fitting:
                yield (*place, at), item.value
    else:
        yield from ((place, name) for name in fitting)


def _known(drawn: Draft, name: str, is_of_any: bool) -> str:
    tables = drawn.tables if is_of_any else drawn.tables[:1]
    names = dict.fromkeys(
        column
        for table in tables
        for column in table.columns or {}
        if why_no_column(column) is None
    )
    return write_one_of(name, names) if names else "write it under `columns`"


def _or_snapshot() -> str:
    return "write `mode: snapshot`"
