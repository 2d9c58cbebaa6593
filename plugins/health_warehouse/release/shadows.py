"""What each release replaced: one typed table per mart and store, `ops.replaced_<mart>`.

Rows that a release deleted are kept whole, of rows that it inserted only the key. That is enough to
go back, and to tell what a restatement changed. Typed, because rows kept as JSON took 3 times the
space, were 5 times slower to write, and took 14 s per million rows to restore.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from health_warehouse.database.roles import role_name
from health_warehouse.marts.contracts import MartContract, split_name
from health_warehouse.release.catalogue import read_tables
from health_warehouse.release.transaction import ReleaseCursor
from health_warehouse.settings import Settings

DELETED = "deleted"
INSERTED = "inserted"


def shadow_name(mart: str) -> str:
    """`replaced_fct_births`; for `closed.fct_births`, `replaced_closed_fct_births`."""
    return "replaced_" + mart.replace(".", "_")


def shadow_table(mart: str) -> sql.Identifier:
    return sql.Identifier("ops", shadow_name(mart))


def ensure_shadows(
    cursor: ReleaseCursor, settings: Settings, contracts: Sequence[MartContract]
) -> None:
    """Create the shadow tables of marts, or add the columns that they lack. Idempotent."""
    shadows = read_tables(cursor, "ops", [shadow_name(contract.name) for contract in contracts])
    for contract in contracts:
        known = shadows.get(shadow_name(contract.name))
        if known is None:
            _create(cursor, settings, contract)
            continue
        for column in contract.columns:
            if column.name not in known.columns:
                cursor.execute(
                    sql.SQL("alter table {} add column {} {}").format(
                        shadow_table(contract.name),
                        sql.Identifier(column.name),
                        sql.SQL(column.data_type),
                    )
                )


def _create(cursor: ReleaseCursor, settings: Settings, contract: MartContract) -> None:
    """Row security lets only the publisher in: whoever may read `ops` or a part of `marts` must
    not find here the rows of persons that are kept from them there.

    The index is a BRIN: releases are appended in order, and it costs next to nothing to write.
    """
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.data_type))
        for column in contract.columns
    ]
    for statement in (
        "create table {table} (release_id bigint not null,"
        " action text not null check (action in ({deleted}, {inserted})), {columns})",
        "comment on table {table} is {comment}",
        "create index on {table} using brin (release_id) with (pages_per_range = 16)",
        "alter table {table} enable row level security",
        "alter table {table} force row level security",
        "create policy publisher_all on {table} to {publisher} using (true) with check (true)",
    ):
        cursor.execute(
            sql.SQL(statement).format(
                table=shadow_table(contract.name),
                columns=sql.SQL(", ").join(columns),
                deleted=sql.Literal(DELETED),
                inserted=sql.Literal(INSERTED),
                comment=sql.Literal(
                    f"What each release replaced in {'.'.join(split_name(contract.name))}: "
                    "deleted rows whole, of inserted rows the key."
                ),
                publisher=sql.Identifier(role_name(settings, "publisher")),
            )
        )
