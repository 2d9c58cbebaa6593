"""Commands of access: logins of readers, and which facilities each of them sees."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from health_warehouse.commands.listing import print_rows
from health_warehouse.moments import to_minute
from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.privacy.scopes import Scope

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
_NAME = Annotated[str, typer.Argument(help="Login of a reader.")]
_BY = Annotated[str, typer.Option(help="Who decides; the user of the terminal by default.")]
_FACILITY = Annotated[list[str] | None, typer.Option(help="A facility code. Repeatable.")]
_PROVINCE = Annotated[
    list[str] | None, typer.Option(help="A province of today, by its code. Repeatable.")
]
_ALL = Annotated[bool, typer.Option("--all", help="All facilities.")]


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    logins = typer.Typer(help="Logins that may read marts.", no_args_is_help=True)
    logins.command("list")(list_readers)
    logins.command("create")(create_reader)
    logins.command("rotate")(rotate_reader)
    logins.command("drop")(drop_reader)
    app.add_typer(logins, name="readers")
    rows = typer.Typer(help="Which facilities each login sees in marts.", no_args_is_help=True)
    rows.command("list")(list_scopes)
    rows.command("grant")(grant_scopes)
    rows.command("revoke")(revoke_scopes)
    app.add_typer(rows, name="scopes")


def list_readers(as_json: _AS_JSON = False) -> None:
    """Every login that may read, what it reads, and whether it sees HIV."""
    from health_warehouse.database.readers import readers

    found = readers(get_settings())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=1))
        return
    rows = [(one.name, _mark(one.is_built_in), one.group, _mark(one.sees_hiv)) for one in found]
    print_rows(("login", "built in", "group", "sees HIV"), rows)


def create_reader(
    name: _NAME,
    hiv: Annotated[bool, typer.Option("--hiv", help="It sees HIV, too.")] = False,
    reports: Annotated[
        bool, typer.Option("--reports", help="Monthly reports with closed cases, and no rows.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Make a login. It sees no row until `warehouse scopes grant`."""
    from health_warehouse.database.connections import dsn
    from health_warehouse.database.readers import create_reader as create

    settings = get_settings()
    made = create(settings, name, sees_hiv=hiv, reads_reports=reports)
    if as_json:
        typer.echo(json.dumps(asdict(made) | {"dsn": dsn(settings, name)}, indent=1))
        return
    typer.echo(
        f"{name} may log in (`warehouse dsn --role {name}`) and sees nothing yet: "
        f"`warehouse scopes grant {name} …`"
    )


def rotate_reader(name: _NAME, as_json: _AS_JSON = False) -> None:
    """Give a login a new password: the old one is dead, its sessions end, its scopes stay."""
    from health_warehouse.database.connections import dsn
    from health_warehouse.database.readers import rotate_reader as rotate

    settings = get_settings()
    changed = rotate(settings, name)
    if as_json:
        typer.echo(json.dumps(asdict(changed) | {"dsn": dsn(settings, name)}, indent=1))
        return
    typer.echo(
        f"{name} has a new password (`warehouse dsn --role {name}`); its sessions ended, its "
        "scopes are as they were"
    )


def drop_reader(name: _NAME, by: _BY = "", as_json: _AS_JSON = False) -> None:
    """Remove a login: it is shut at once; its sessions, its scopes and what it owns go."""
    from health_warehouse.database.reader_removal import drop_reader as drop

    drop(get_settings(), name, by or getpass.getuser())
    typer.echo(json.dumps({"dropped": name}) if as_json else f"{name} is gone")


def list_scopes(
    name: Annotated[str | None, typer.Argument(help="Login; none: all of them.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Those that ended, too.")] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Who sees which facilities, since when, by whom."""
    from health_warehouse.database.readers import find_reader
    from health_warehouse.privacy.scopes import scopes

    settings = get_settings()
    found = scopes(settings, name, ended=ended)
    if name is not None and not found:  # what a login that is gone once saw is still listed
        find_reader(settings, name)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=1, default=str))
        return
    columns = ("login", "sees", "since (UTC)", "granted by", "until (UTC)", "reason")
    print_rows(columns, [_row(one) for one in found])


def grant_scopes(
    name: _NAME,
    facility: _FACILITY = None,
    province: _PROVINCE = None,
    everything: _ALL = False,
    by: _BY = "",
    reason: Annotated[str, typer.Option(help="Why; kept with the scope.")] = "",
    as_json: _AS_JSON = False,
) -> None:
    """Let a login see facilities, provinces, or everything, from its next query on."""
    from health_warehouse.landing.senders import has_sent
    from health_warehouse.privacy.scopes import grant_scope

    settings = get_settings()
    for facility_id, province_code in _wanted(facility, province, everything):
        grant_scope(
            settings,
            name,
            by or getpass.getuser(),
            facility_id=facility_id,
            province_code=province_code,
            reason=reason or None,
        )
        if facility_id is not None and not has_sent(settings, facility_id):
            _warn(
                f"facility {facility_id} has sent nothing yet: {name} sees nothing of it until it "
                "does; is the code (MACSKCB) right?"
            )
    list_scopes(name, as_json=as_json)


def revoke_scopes(
    name: _NAME,
    facility: _FACILITY = None,
    province: _PROVINCE = None,
    everything: _ALL = False,
    by: _BY = "",
    as_json: _AS_JSON = False,
) -> None:
    """Take back what was granted; say it as it was granted."""
    from health_warehouse.privacy.scopes import revoke_scope

    settings = get_settings()
    for facility_id, province_code in _wanted(facility, province, everything):
        revoke_scope(
            settings,
            name,
            by or getpass.getuser(),
            facility_id=facility_id,
            province_code=province_code,
        )
    list_scopes(name, as_json=as_json)


def _wanted(
    facilities: list[str] | None, provinces: list[str] | None, everything: bool
) -> list[tuple[str | None, str | None]]:
    wanted: list[tuple[str | None, str | None]] = [(one, None) for one in facilities or ()]
    wanted += [(None, one) for one in provinces or ()]
    if everything:
        wanted.append((None, None))
    if not wanted:
        raise typer.BadParameter("say which: --facility CODE, --province CODE or --all")
    return wanted


def _warn(message: str) -> None:
    """On stderr: JSON stays alone on stdout."""
    Console(stderr=True, soft_wrap=True).print(f"warning: {message}", style="yellow", markup=False)


def _row(scope: Scope) -> list[str | None]:
    ended = scope.revoked_at
    return [
        scope.role_name,
        _what(scope.facility_id, scope.province_code),
        to_minute(scope.granted_at),
        scope.granted_by,
        f"{to_minute(ended)}, {scope.revoked_by}" if ended else "",
        scope.reason,
    ]


def _what(facility_id: str | None, province_code: str | None) -> str:
    if facility_id is not None:
        return f"facility {facility_id}"
    return f"province {province_code}" if province_code is not None else "everything"


def _mark(is_so: bool) -> str:
    return "yes" if is_so else ""
