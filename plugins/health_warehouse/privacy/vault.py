"""What a person key stands for. Written by the loader, read by `vault_reader` alone."""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.feeds.contract import Contract

# From raw, where the same transaction has just put the rows: nothing is held in memory, and one
# sorted insert per file means that two loaders can wait for, but never dead-lock, each other.
# Cut at 400: an index entry holds at most 2,704 bytes, and no honest identifier comes near.
_REMEMBER = text(
    r"""
    insert into vault.person_identifiers (person_key, kind, value)
    select distinct x._person_key, i.kind, left(btrim(i.value, E' \t\r\n'), 400)
    from (
        select
            h._person_key, v.facility_id, h.ho_ten, h.so_cccd, h.dien_thoai, h.ngay_sinh, h.ma_bn,
            h.ma_the_bhyt
        from raw.claims_xml1 as h
        inner join ops.dossier_versions as v on v.file_id = h.file_id and v.position = h.position
        where h.file_id = :file_id
    ) as x
    cross join lateral (
        select 'name' as kind, x.ho_ten as value
        union all select 'citizen_id', x.so_cccd
        union all select 'phone', x.dien_thoai
        union all select 'birth', x.ngay_sinh
        union all
        select 'local_id', x.facility_id || '/' || nullif(btrim(x.ma_bn, E' \t\r\n'), '')
        union all select 'card', c.card from regexp_split_to_table(x.ma_the_bhyt, ';') as c (card)
        union all
        select 'insurance_number', right(btrim(upper(c.card), E' \t\r\n'), 10)
        from regexp_split_to_table(x.ma_the_bhyt, ';') as c (card)
        where btrim(upper(c.card), E' \t\r\n') ~ '^([A-Z]{2}[1-5][0-9]{12}|[0-9]{10})$'
    ) as i
    where btrim(i.value, E' \t\r\n') <> ''
    order by 1, 2, 3
    on conflict do nothing
    """
)


def remember_persons(connection: Connection, file_id: int) -> None:
    """Add the identifiers of a file's XML1 rows.

    Run it last: it holds locks until commit.
    """
    connection.execute(_REMEMBER, {"file_id": file_id})


_KINDS = ("name", "citizen_id", "licence", "birth")
"""Identifiers that are kept as they are sent."""

_OF_CARDS = (
    " union all select 'card', c.card from regexp_split_to_table(sent.{column}, ';') as c (card)"
    r" union all select 'insurance_number', right(btrim(upper(c.card), E' \t\r\n'), 10)"
    " from regexp_split_to_table(sent.{column}, ';') as c (card)"
    r" where btrim(upper(c.card), E' \t\r\n') ~ '^([A-Z]{{2}}[1-5][0-9]{{12}}|[0-9]{{10}})$'"
)
_OF_LOCAL_ID = (
    " union all select 'local_id',"
    r" v.sender_id || '/' || nullif(btrim(sent.{column}, E' \t\r\n'), '')"
)


def remember_persons_of(connection: Connection, contract: Contract, file_id: int) -> None:
    """Add the identifiers of a delivery's rows, as its contract names them."""
    identity = contract.identity
    if identity is None:
        return
    values: sql.Composable = sql.SQL("select 'name', null")
    for kind in _KINDS:
        if (column := getattr(identity, kind)) is not None:
            values += sql.SQL(" union all select {}, sent.{}").format(
                sql.Literal(kind), sql.Identifier(column)
            )
    for column, kinds in (
        (identity.insurance_number, _OF_CARDS), (identity.local_id, _OF_LOCAL_ID)
    ):  # fmt: skip
        if column is not None:
            values += sql.SQL(kinds).format(column=sql.Identifier(column))
    statement = sql.SQL(
        "insert into vault.person_identifiers (person_key, kind, value)"
        r" select distinct sent._person_key, i.kind, left(btrim(i.value, E' \t\r\n'), 400)"
        " from {} as sent inner join ops.document_versions as v"
        " on v.feed = {} and v.file_id = sent.file_id and v.position = sent.position"
        " cross join lateral ({}) as i (kind, value)"
        " where sent.file_id = {} and sent._person_key is not null"
        r" and btrim(i.value, E' \t\r\n') <> '' order by 1, 2, 3 on conflict do nothing"
    ).format(
        sql.Identifier("raw", contract.table.raw_table),
        sql.Literal(contract.feed),
        values,
        sql.Literal(file_id),
    )
    driver_connection(connection).execute(statement)
