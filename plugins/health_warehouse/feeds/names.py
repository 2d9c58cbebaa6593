"""Names that a contract may give: they become tables and columns of Postgres."""

from __future__ import annotations

LINEAGE = frozenset(
    {"file_id", "position", "line", "facility_id", "receipt_id", "document_id", "sender", "as_of"}
) | {"document_key", "partition_key", "sender_id", "received_at", "person_key", "practitioner_key"}
"""What the loader and the views of feeds call their own columns, and the words for sender and day
in `partition`."""

SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"})

OTHER_TABLES = frozenset({"claims_other", "practitioners", "card_kinds", "identities"})
"""Relations of `raw` that no contract describes; a test compares them with a migrated database."""

_RESERVED = (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast "
    "check collate collation column concurrently constraint create cross current_catalog "
    "current_date current_role current_schema current_time current_timestamp current_user "
    "default deferrable desc distinct do else end except false fetch for foreign freeze from "
    "full grant group having ilike in initially inner intersect into is isnull join lateral "
    "leading left like limit localtime localtimestamp natural not notnull null offset on only "
    "or order outer overlaps placing primary references returning right select session_user "
    "similar some symmetric system_user table tablesample then to trailing true union unique "
    "user using variadic verbose when where window with "
)
RESERVED = frozenset(_RESERVED.split())
"""Words of SQL that Postgres 16 to 18 do not take as names without quotes; a test asks it."""


def raw_table(feed: str, table: str) -> str:
    """What the table of a feed is called in `raw`; `table` is blank where the feed has one only."""
    return f"{feed}_{table.lower()}" if table else feed


def why_no_column(name: str) -> str | None:
    """Why a column cannot be called so."""
    if name in LINEAGE:
        return "the loader has a column or word of this name"
    if name in SYSTEM_COLUMNS:
        return "Postgres has a column of this name in every table"
    return why_no_name(name)


def why_no_name(name: str) -> str | None:
    """Why neither a table nor a column can be called so."""
    return "it is a word of SQL" if name in RESERVED else None
