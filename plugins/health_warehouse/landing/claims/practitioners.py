"""Licence numbers of a file's practitioners, and the keys that stand for them in the marts.

A licence number (số giấy phép hành nghề) names a doctor, so marts hold an HMAC of it, made here
because the key never enters Postgres. Read are the fields that QĐ 4750 fills with licence numbers;
MA_BS and MA_TTDV of the papers (XML7–XML11) hold insurance numbers instead (portal sheet, M).
"""

from __future__ import annotations

from sqlalchemy import Connection, TextClause, text

from health_warehouse.feeds.contract import Contract
from health_warehouse.privacy.person_key import practitioner_key

_MOST = 10_000  # at once
# In canonical form: lines name the same number in small letters, with blanks, several with ";"
# between them (MA_BAC_SI since QĐ 3176, NGUOI_THUC_HIEN always). What is longer than 100 is none.
_NEW_CODES = text(
    r"""
    select distinct raw.canonical_code(code) as code
    from (
        select ma_bac_si as codes from raw.claims_xml2 where file_id = :file_id
        union all
        select ma_bac_si from raw.claims_xml3 where file_id = :file_id
        union all
        select nguoi_thuc_hien from raw.claims_xml3 where file_id = :file_id
        union all
        select ma_bs_doc_kq from raw.claims_xml4 where file_id = :file_id
        union all
        select nguoi_thuc_hien from raw.claims_xml5 where file_id = :file_id
        union all
        select ma_bac_si from raw.claims_xml13 where file_id = :file_id
        union all
        select ma_bac_si from raw.claims_xml14 where file_id = :file_id
    ) as named
    cross join regexp_split_to_table(codes, ';') as code
    where raw.canonical_code(code) <> '' and length(code) <= 100
        and not exists (
            select from raw.practitioners as known
            where known.practitioner_code = raw.canonical_code(code)
        )
    order by 1
    limit :most
    """
)
_NEW_CODES_OF_A_LIST = r"""
    select distinct raw.canonical_code(listed.{column}) as code
    from raw.{table} as listed
    where
        listed.file_id = :file_id
        and raw.canonical_code(listed.{column}) <> '' and length(listed.{column}) <= 100
        and not exists (
            select from raw.practitioners as known
            where known.practitioner_code = raw.canonical_code(listed.{column})
        )
    order by 1
    limit :most
"""
_REMEMBER = text(
    """
    insert into raw.practitioners (practitioner_code, practitioner_key)
    select * from unnest(cast(:codes as text[]), cast(:keys as uuid[]))
    on conflict do nothing
    """
)


def remember_practitioners(connection: Connection, key: bytes, file_id: int) -> None:
    """Add the licence numbers of a file that are new, each with its key.

    In order of the numbers, so that two loaders can wait for, but never dead-lock, each other.
    Memory is bounded, whatever a file invents.
    """
    _remember(connection, key, file_id, _NEW_CODES)


def remember_licences(connection: Connection, key: bytes, file_id: int, contract: Contract) -> None:
    """The same for a list whose rows name a licence: by it, it is joined to lines of claims."""
    if contract.identity is not None and contract.identity.licence is not None:
        statement = _NEW_CODES_OF_A_LIST.format(
            table=contract.table.raw_table, column=contract.identity.licence
        )
        _remember(connection, key, file_id, text(statement))


def _remember(connection: Connection, key: bytes, file_id: int, statement: TextClause) -> None:
    is_more = True
    while is_more:
        found = connection.execute(statement, {"file_id": file_id, "most": _MOST})
        codes: list[str] = list(found.scalars())
        is_more = len(codes) == _MOST
        if codes:
            keys = [practitioner_key(key, code) for code in codes]
            connection.execute(_REMEMBER, {"codes": codes, "keys": keys})
