"""Which rows of a mart a login sees, as conditions of row security.

Cheap by construction: what depends on the login (its scopes, its groups) stands in sub-selects
without a reference to the row, which Postgres runs once per query, and only if needed; per row
there is left a flag, or a look into a hash table. (An array of 40 facilities was four times slower
than the hash table, a correlated `exists` made the planner join row by row.) The condition follows
from the columns of the mart, so that no new mart can be forgotten:

facility_key      facilities in the login's scopes
is_hiv_related    members of hiv_reader only, where it is true
visible_through   (config.meta) rows that a visible row of another mart refers to: persons with an
                  encounter that the login may see
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from health_warehouse.database.rights import readers_of
from health_warehouse.database.roles import role_name
from health_warehouse.errors import ConfigurationError
from health_warehouse.release.contracts import MartContract
from health_warehouse.settings import Settings

FACILITIES = "dim_facilities"
HIV = "hiv"

_NOTHING_TO_HIDE = sql.SQL("true")
_SEES_EVERYTHING = sql.SQL(
    "(select exists (select from ops.reader_scopes where role_name = current_user"
    " and revoked_at is null and facility_id is null and province_code is null))"
)
_IN_ITS_SCOPES = sql.SQL(
    "facility_id = any (array(select facility_id from ops.reader_scopes"
    " where role_name = current_user and revoked_at is null))"
    " or province_code = any (array(select province_code from ops.reader_scopes"
    " where role_name = current_user and revoked_at is null))"
)
# the sub-select runs under row security, too: it returns the facilities that the login sees
_AT_ITS_FACILITIES = sql.SQL("facility_key in (select facility_key from marts.{})")
# distinct: what does not fit into twice work_mem is searched row by row (roles.yml sets work_mem)
_THROUGH = sql.SQL("({columns}) in (select distinct {columns} from {mart})")
# null only while a column that was just added waits for the release that fills it
_HIV_FOR_ITS_READERS = sql.SQL("(is_hiv_related is not true or (select pg_has_role({}, 'usage')))")


@dataclass(frozen=True)
class Audience:
    """A role of roles.yml that may read a mart, by its name on the server, and which rows."""

    role: str
    condition: sql.Composed


def audiences(settings: Settings, contract: MartContract) -> list[Audience]:
    """Who may read a mart, and which rows of it.

    Raises ConfigurationError when roles.yml lets others than hiv_reader read a mart whose
    `config.meta.sensitivity` is hiv.
    """
    roles = [role.name for role in readers_of("marts", contract.name)]
    if contract.sensitivity == HIV and roles != ["hiv_reader"]:
        raise ConfigurationError(
            f"mart {contract.name} is for hiv_reader only, but roles.yml lets {', '.join(roles)} "
            "read it: give it a name with _hiv_ in it"
        )
    condition = _condition(settings, contract)
    return [Audience(role_name(settings, role), condition) for role in roles]


def _condition(settings: Settings, contract: MartContract) -> sql.Composed:
    parts: list[sql.Composable] = []
    where = _place(contract)
    if where is not None:
        parts.append(sql.SQL("({} or {})").format(_SEES_EVERYTHING, where))
    if "is_hiv_related" in contract.column_names:
        hiv_reader = sql.Literal(role_name(settings, "hiv_reader"))
        parts.append(_HIV_FOR_ITS_READERS.format(hiv_reader))
    return sql.SQL(" and ").join(parts or [_NOTHING_TO_HIDE])


def _place(contract: MartContract) -> sql.Composable | None:
    """The condition by place of care; None for what has none: the calendar, lists of codes."""
    if contract.name == FACILITIES:
        return _IN_ITS_SCOPES
    if contract.visible_through is not None:
        link = contract.visible_through
        columns = sql.SQL(", ").join(map(sql.Identifier, link.columns))
        return _THROUGH.format(columns=columns, mart=sql.Identifier("marts", link.mart))
    if "facility_key" in contract.column_names:
        return _AT_ITS_FACILITIES.format(sql.Identifier(FACILITIES))
    return None
