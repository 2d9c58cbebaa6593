"""Which rows a login sees, as SQL conditions. What depends on the login stands in sub-selects
without a reference to the row, which Postgres runs once per query.

A table of `marts` is for logins that see the whole province: its policy shows a login with the
scope *everything* every row, any other login none. A row filter cannot hide that a row exists, for
EXPLAIN ANALYZE counts what it removes; so closed rows lie in a store of their own, and logins that
see single facilities read views without the keys by which rows elsewhere could be found
(release/reader_views.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from health_warehouse.database.rights import readers_of
from health_warehouse.database.roles import role_name
from health_warehouse.marts.contracts import OPEN, MartContract
from health_warehouse.settings import Settings

FACILITIES = "dim_facilities"

SEES_EVERYTHING = sql.SQL(
    "(select exists (select from ops.reader_scopes where role_name = current_user"
    " and revoked_at is null and facility_id is null and province_code is null))"
)
# Of a row of dim_facilities. An array of 40 facilities is searched once per facility.
IN_ITS_SCOPES = sql.SQL(
    "(facility_id = any (array(select facility_id from ops.reader_scopes"
    " where role_name = current_user and revoked_at is null))"
    " or province_code = any (array(select province_code from ops.reader_scopes"
    " where role_name = current_user and revoked_at is null)))"
)


@dataclass(frozen=True)
class Audience:
    """A role of roles.yml that may read a mart, by its name on the server, and which rows."""

    role: str
    condition: sql.SQL


def audiences(settings: Settings, contract: MartContract) -> list[Audience]:
    """Who may read the table of a mart itself, and which rows. Nobody, in a closed store."""
    if contract.store != OPEN:
        return []
    return [
        Audience(role_name(settings, role.name), SEES_EVERYTHING)
        for role in readers_of(OPEN.schema, contract.mart)
    ]
