"""Which facilities a login sees in marts: rows of ops.reader_scopes, enforced by row security.

A scope is one facility, all facilities of a province, or everything. A login without a scope sees
no row: access that nobody granted is never there by accident. Scopes count for the login itself
(current_user), not for the members of a role, so a login does not see what its group sees. They
also decide the group: who sees everything reads tables, who sees single facilities reads views
(database/reader_groups.py). Ended scopes stay, for they tell who could read what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.reader_groups import settle_groups
from health_warehouse.database.readers import Reader, find_reader, server_role
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

_FACILITY = re.compile(r"[0-9A-Z]{1,15}")


@dataclass(frozen=True)
class Scope:
    """Facility and province both None: everything. `revoked_at` None: it holds."""

    role_name: str
    facility_id: str | None
    province_code: str | None
    granted_at: datetime
    granted_by: str
    reason: str | None
    revoked_at: datetime | None
    revoked_by: str | None


def scopes(settings: Settings, name: str | None = None, ended: bool = False) -> list[Scope]:
    """Scopes that hold, of one login or of all; with `ended` those that held, too."""
    role = server_role(settings, name) if name else None
    with engine(settings, OWNER).connect() as connection:
        rows = connection.execute(
            text(
                """
                select role_name, facility_id, province_code, granted_at, granted_by, reason,
                    revoked_at, revoked_by
                from ops.reader_access
                where (cast(:role as text) is null or role_name = :role)
                    and (revoked_at is null or :ended)
                order by role_name, granted_at, scope_id
                """
            ),
            {"role": role, "ended": ended},
        )
        return [Scope(**row._mapping) for row in rows]


def grant_scope(
    settings: Settings,
    name: str,
    by: str,
    *,
    facility_id: str | None = None,
    province_code: str | None = None,
    reason: str | None = None,
) -> None:
    """Let a login see one facility, one province, or, with neither, everything.

    Holds from the next query of the login on; what it has already is left as it is. Raises
    ConfigurationError when it is no reader, or the facility or province is none.
    """
    reader = find_reader(settings, name)
    with engine(settings, OWNER).begin() as connection:
        _check(connection, facility_id, province_code)
        _check_reader(reader, is_everything=facility_id is None and province_code is None)
        try:
            with connection.begin_nested():
                connection.execute(
                    text(
                        "insert into ops.reader_scopes"
                        " (role_name, facility_id, province_code, granted_by, reason)"
                        " values (:role, :facility_id, :province_code, :by, :reason)"
                    ),
                    {
                        "role": server_role(settings, name),
                        "facility_id": facility_id,
                        "province_code": province_code,
                        "by": by,
                        "reason": reason,
                    },
                )
        except IntegrityError:
            return  # it holds already
        settle_groups(connection, settings)


def revoke_scope(
    settings: Settings,
    name: str,
    by: str,
    *,
    facility_id: str | None = None,
    province_code: str | None = None,
) -> None:
    """End a scope as it was granted. Raises ConfigurationError when the login does not have it."""
    with engine(settings, OWNER).begin() as connection:
        ended = connection.execute(
            text(
                """
                update ops.reader_scopes
                set revoked_at = clock_timestamp(), revoked_by = :by
                where role_name = :role and revoked_at is null
                    and facility_id is not distinct from :facility_id
                    and province_code is not distinct from :province_code
                """
            ),
            {
                "role": server_role(settings, name),
                "facility_id": facility_id,
                "province_code": province_code,
                "by": by,
            },
        )
        if not ended.rowcount:
            raise ConfigurationError(
                f"{name} has no such scope; see `warehouse scopes list {name}`"
            )
        settle_groups(connection, settings)


def _check_reader(reader: Reader, is_everything: bool) -> None:
    if is_everything or not (reader.is_built_in or reader.reads_reports):
        return
    if reader.reads_reports or reader.group in ("bi_reader", "hiv_reader"):
        raise ConfigurationError(
            f"{reader.name} sees the whole province or nothing: grant it --all, or make a login "
            "for single facilities (`warehouse readers create`)"
        )


def _check(connection: Connection, facility_id: str | None, province_code: str | None) -> None:
    if facility_id is not None and province_code is not None:
        raise ConfigurationError("a scope is a facility or a province: grant two scopes")
    if facility_id is not None and not _FACILITY.fullmatch(facility_id):
        raise ConfigurationError(f"{facility_id!r} is not a facility code")
    if province_code is None:
        return
    ended = connection.execute(
        text(
            "select valid_to, successor_code from ref.provinces where province_code = :code"
            " order by valid_to is null desc limit 1"
        ),
        {"code": province_code},
    ).one_or_none()
    if ended is None:
        raise ConfigurationError(f"there is no province {province_code!r}")
    if ended.valid_to is not None:
        raise ConfigurationError(
            f"province {province_code} ended on {ended.valid_to}: it is a part of "
            f"{ended.successor_code} now; grant that one, or its facilities one by one"
        )
