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


_KINDS = {"name": "name", "citizen_id": "citizen_id", "licence": "licence", "birth": "birth"}
"""Of the columns that a contract names, the kind of identifier that they hold."""
_LOCAL = (
    "select 'local_id', version.sender_id || '/' || nullif(btrim(sent.{local}, E' \\t\\r\\n'), '')"
)
_CARDS = (
    "select 'card', c.card from regexp_split_to_table(sent.{cards}, ';') as c (card)"
    " union all select 'insurance_number', right(btrim(upper(c.card), E' \\t\\r\\n'), 10)"
    " from regexp_split_to_table(sent.{cards}, ';') as c (card)"
    " where btrim(upper(c.card), E' \\t\\r\\n') ~ '^([A-Z]{{2}}[1-5][0-9]{{12}}|[0-9]{{10}})$'"
)


def remember_persons_of(connection: Connection, contract: Contract, file_id: int) -> None:
    """Add the identifiers of a delivery's rows, as its contract names them."""
    identity = contract.identity
    if identity is None:
        return
    values = [
        sql.SQL("select {}, sent.{}").format(
            sql.Literal(kind), sql.Identifier(getattr(identity, name))
        )
        for name, kind in _KINDS.items()
        if getattr(identity, name) is not None
    ]
    if identity.local_id is not None:
        values.append(sql.SQL(_LOCAL).format(local=sql.Identifier(identity.local_id)))
    if identity.insurance_number is not None:
        values.append(sql.SQL(_CARDS).format(cards=sql.Identifier(identity.insurance_number)))
    statement = sql.SQL(
        "insert into vault.person_identifiers (person_key, kind, value)"
        " select distinct sent._person_key, i.kind, left(btrim(i.value, E' \\t\\r\\n'), 400)"
        " from {} as sent"
        " inner join {} as version"
        " on version.file_id = sent.file_id and version.position = sent.position"
        " cross join lateral ({}) as i (kind, value)"
        " where sent.file_id = {} and sent._person_key is not null"
        " and btrim(i.value, E' \\t\\r\\n') <> '' order by 1, 2, 3 on conflict do nothing"
    ).format(
        sql.Identifier("raw", contract.table.raw_table),
        sql.Identifier("ops", f"document_versions_{contract.feed}"),
        sql.SQL(" union all ").join(values),
        sql.Literal(file_id),
    )
    driver_connection(connection).execute(statement)
