"""Which days the rows of a delivery speak of, for feeds that replace single documents.

Noted when a delivery is judged; who asks whether something was delivered need not read its rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql
from sqlalchemy import Connection

from health_warehouse.database.connections import driver_connection
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.dates import forms_of, moment_sql

_OF_MONTHS = ("yyyy-mm", "yyyymm", "mm/yyyy")
"""How a month is written in a column that is no date."""

_NOTE = sql.SQL(
    """
    insert into ops.delivery_days (feed, file_id, sender_id, day)
    select distinct version.feed, version.file_id, version.sender_id, {day}
    from ops.document_versions as version
    inner join {raw} as sent using (file_id, position)
    where version.feed = {feed} and version.file_id = any(%(file_ids)s)
    on conflict do nothing
    """
)


def note_delivery_days(connection: Connection, contract: Contract, file_ids: Sequence[int]) -> None:
    """Note senders and days of deliveries of a feed of rows; lists have their partitions."""
    if contract.mode == "snapshot" or not contract.is_of_rows:
        return
    statement = _NOTE.format(
        day=sql.SQL(_day(contract)),
        raw=sql.Identifier("raw", contract.table.raw_table),
        feed=sql.Literal(contract.feed),
    )
    driver_connection(connection).cursor().execute(statement, {"file_ids": list(file_ids)})


def period_column(contract: Contract) -> str | None:
    """The column whose day says which period a row is for; None: no column does."""
    if contract.expect is not None and contract.expect.period is not None:
        return contract.expect.period
    return next((one.of for one in contract.as_of if one.kind == "column"), None)


def _day(contract: Contract) -> str:
    name = period_column(contract)
    if name is None:
        return "cast(null as date)"
    column = contract.table.column(name)
    forms = forms_of(column) if column.type in ("date", "time") else _OF_MONTHS
    value = sql.Identifier("sent", name).as_string(None)
    return f"cast({moment_sql(value, forms)} as date)"
