"""The view of a feed of rows as it stands now: typed, and without what is personal."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from health_warehouse.feeds.contract import Column, Contract
from health_warehouse.feeds.dates import forms_of, moment_sql

LINEAGE = ("document_key", "partition_key", "sender_id", "as_of", "received_at", "person_key")
"""The columns of every view, before those of the contract."""

PRACTITIONER_KEY = "practitioner_key"
"""The key by which lines of claims name a practitioner, in views of feeds with a licence."""


def create_view(contract: Contract, order: Sequence[str] = ()) -> str:
    """The statement that makes `feeds.<feed>`; for a cursor, without parameters. Columns that
    `order` names stand in that order before the others.

    A value that cannot be read is null there; the rules tell its sender.
    """
    places = {name: at for at, name in enumerate(order)}

    def place(name: str) -> int:
        return places.get(name, len(places))

    typed = [
        sql.SQL("    {} as {}").format(
            sql.SQL(typed_value("sent", column)), sql.Identifier(column.name)
        )
        for column in sorted(contract.table.columns, key=lambda one: place(one.name))
        if not column.is_personal
    ]
    if contract.identity is not None and contract.identity.licence is not None:
        typed.insert(0, _practitioner(contract.identity.licence))
    person = "sent._person_key" if contract.table.person_key != "none" else "cast(null as uuid)"
    return (
        sql.SQL(
            """create view {view} as
select
    current.document_key,
    current.partition_key,
    version.sender_id,
    delivery.as_of,
    delivery.received_at,
    {person} as person_key,
{columns}
from ops.current_documents as current
inner join ops.document_versions as version
    on
        version.feed = {feed}
        and version.file_id = current.file_id
        and version.position = current.position
        and version.partition_key = current.partition_key
inner join ops.delivery_partitions as delivery
    on
        delivery.feed = {feed}
        and delivery.file_id = current.file_id
        and delivery.partition_key = current.partition_key
inner join {raw} as sent
    on sent.file_id = current.file_id and sent.position = current.position
where current.feed = {feed} and not current.is_withdrawal
"""
        )
        .format(
            view=sql.Identifier("feeds", contract.feed),
            person=sql.SQL(person),
            columns=sql.SQL(",\n").join(typed),
            feed=sql.Literal(contract.feed),
            raw=sql.Identifier("raw", contract.table.raw_table),
        )
        .as_string(None)
    )


def _practitioner(licence: str) -> sql.Composed:
    """The licence itself is personal, and stays behind the view."""
    return sql.SQL(
        "    (select known.practitioner_key from raw.practitioners as known"
        " where known.practitioner_code = raw.canonical_code({})) as {}"
    ).format(sql.Identifier("sent", licence), sql.Identifier(PRACTITIONER_KEY))


def typed_value(relation: str, column: Column) -> str:
    """SQL of the value of a column in its type; null when it cannot be read."""
    name = sql.Identifier(relation, column.name).as_string(None)
    if column.type == "integer":
        number = f"raw.parse_number({name})"
        return f"case when mod({number}, 1) = 0 then {number} end"
    if column.type == "number":
        return f"raw.parse_number({name})"
    if column.type == "date":
        return f"cast({moment_sql(name, forms_of(column))} as date)"
    if column.type == "time":
        return moment_sql(name, forms_of(column))
    if column.type == "boolean":
        return f"raw.parse_flag({name})"
    if column.type == "code":
        return f"nullif(raw.canonical_code({name}), '')"
    return f"nullif(btrim({name}), '')"
