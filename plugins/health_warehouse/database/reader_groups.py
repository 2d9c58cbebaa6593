"""To which group a login of a reader belongs: it decides which schema the login reads.

group                sees                      reads
bi_reader            the whole province        marts: what was computed without closed documents
hiv_reader           the whole province        hiv: every mart with closed rows
facility_reader      facilities of its scopes  facility: open rows, without keys that join elsewhere
facility_hiv_reader  facilities of its scopes  facility_hiv: the same with closed rows
report_reader        the whole province        report: monthly reports with closed cases, no rows

Whether a login sees HIV, or reports, is said when it is made. Whether it sees the whole province or
single facilities follows from its scopes: with each change of them the login moves to its group.
No login is both in bi_reader and in report_reader: the difference of a report is the number of
closed cases.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy import Connection, Row, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.database.roles import role_name
from health_warehouse.settings import Settings

GROUPS = ("hiv_reader", "bi_reader", "facility_hiv_reader", "facility_reader", "report_reader")
_SEE_HIV = ("hiv_reader", "facility_hiv_reader")
_MAY_CHANGE = text("select pg_has_role(:login, 'member with admin option')")
_LOGINS = text(
    """
    select
        rolname::text as name,
        array(
            select one from unnest(cast(:groups as text[])) as one
            where pg_has_role(pg_roles.oid, one, 'usage')
        ) as groups
    from pg_roles
    where rolcanlogin and not rolsuper and rolname <> current_user
        and exists (
            select from unnest(cast(:groups as text[])) as one
            where pg_has_role(pg_roles.oid, one, 'usage')
        )
    order by rolname
    """
)
_SEEING_EVERYTHING = text(
    "select role_name from ops.reader_scopes"
    " where revoked_at is null and facility_id is null and province_code is null"
)
_DIRECT = text(
    """
    select groups.rolname::text
    from pg_auth_members
    join pg_roles as groups on groups.oid = roleid
    join pg_roles as members on members.oid = member
    where members.rolname = :login and groups.rolname = any (:groups)
    """
)


@dataclass(frozen=True)
class Login:
    """A login that may read, by its name on the server; `groups` are all that it has rights of."""

    name: str
    groups: tuple[str, ...]

    @property
    def group(self) -> str:
        """Its own group; of a built-in role, itself. The HIV reader has the rights of bi_reader."""
        return self.groups[0]

    @property
    def sees_hiv(self) -> bool:
        return self.group in _SEE_HIV

    def wanted_group(self, seeing_everything: Set[str]) -> str:
        """The group that its scopes ask for, given the logins that see everything."""
        if self.group == "report_reader":
            return self.group
        province, facility = (
            ("hiv_reader", "facility_hiv_reader")
            if self.sees_hiv
            else ("bi_reader", "facility_reader")
        )
        return province if self.name in seeing_everything else facility

    @property
    def is_mixed(self) -> bool:
        """Whether it reads both rows and reports, and so the number of closed cases."""
        return "report_reader" in self.groups and len(self.groups) > 1


def may_change(connection: Connection, login: str) -> bool:
    """Whether we made that login of the server, so that the owner of the warehouse may alter it."""
    return bool(connection.execute(_MAY_CHANGE, {"login": login}).scalar_one())


def first_group(sees_hiv: bool, reads_reports: bool) -> str:
    """The group of a login that has no scope yet."""
    if reads_reports:
        return "report_reader"
    return "facility_hiv_reader" if sees_hiv else "facility_reader"


def logins(connection: Connection, settings: Settings) -> list[Login]:
    """Every login that may read, the roles of roles.yml among them, but not the owner."""
    rows: Sequence[Row[Any]] = connection.execute(
        _LOGINS, {"groups": [role_name(settings, group) for group in GROUPS]}
    ).all()
    return [
        Login(
            row.name,
            tuple(name.removeprefix(settings.role_prefix) for name in row.groups),
        )
        for row in rows
    ]


def seeing_everything(connection: Connection) -> frozenset[str]:
    """Logins with the scope *everything*, by their names on the server."""
    return frozenset(connection.execute(_SEEING_EVERYTHING).scalars())


def settle_groups(connection: Connection, settings: Settings) -> None:
    """Move every login into the group that its scopes ask for. Idempotent.

    Built-in roles are groups themselves, and logins that somebody else made are not ours to move:
    `warehouse doctor` names those.
    """
    cursor = driver_connection(connection).cursor()
    built_in = {role_name(settings, group) for group in GROUPS}
    seeing = seeing_everything(connection)
    for login in logins(connection, settings):
        wanted = login.wanted_group(seeing)
        if login.name in built_in or login.group == wanted:
            continue
        if may_change(connection, login.name):
            _move(connection, cursor, settings, login.name, wanted)


def join_group(cursor: Cursor[Any], member: sql.Identifier, group: sql.Identifier) -> None:
    """`set false`: a member that could become the group would read by the group's scopes."""
    cursor.execute(sql.SQL("grant {} to {} with inherit true, set false").format(group, member))


def _move(
    connection: Connection, cursor: Cursor[Any], settings: Settings, login: str, group: str
) -> None:
    wanted = role_name(settings, group)
    names = {"login": login, "groups": [role_name(settings, one) for one in GROUPS]}
    held_groups: list[str] = list(connection.execute(_DIRECT, names).scalars())
    for held in held_groups:
        if held != wanted:
            cursor.execute(
                sql.SQL("revoke {} from {}").format(sql.Identifier(held), sql.Identifier(login))
            )
    join_group(cursor, sql.Identifier(login), sql.Identifier(wanted))
