"""Commands of a release: build, publish, roll back, list, and the whole path in one."""

from __future__ import annotations

import getpass
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from health_warehouse.commands.ahead import tell_ahead
from health_warehouse.commands.published import print_either, show_publication, show_roll_back
from health_warehouse.errors import ConfigurationError
from health_warehouse.moments import to_second
from health_warehouse.settings import Settings, get_settings

if TYPE_CHECKING:
    from health_warehouse.release.candidates import Approval
    from health_warehouse.release.publish import Publication
    from health_warehouse.release.rebuild import Chosen

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
_DRY_RUN = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")
]
_FULL = Annotated[bool, typer.Option("--full", help="Build everything anew, not what changed.")]
_progress = Console(stderr=True, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    app.command()(build)
    app.command()(publish)
    app.command()(rollback)
    app.command()(run)
    group = typer.Typer(help="List the releases, or tell what changed between two.")
    group.callback(invoke_without_command=True)(releases)
    group.command("diff")(releases_diff)
    app.add_typer(group, name="releases")


def build(
    full: _FULL = False,
    facility: Annotated[
        str | None, typer.Option(help="Also build the dossiers of this facility (MACSKCB) anew.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="Also those whose care ended then or later.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Also those whose care ended then or earlier.")
    ] = None,
    dry_run: _DRY_RUN = False,
    as_json: _AS_JSON = False,
) -> None:
    """Build the candidate, the next release, with dbt. Readers see nothing of it.

    What changed is built; with a facility or days (2026-01-31), what both name is built anew, too.
    """
    from health_warehouse.landing.scope import Scope
    from health_warehouse.landing.senders import require_sender
    from health_warehouse.release import build as builds
    from health_warehouse.release import rebuild
    from health_warehouse.release.pending import pending_changes

    settings = get_settings()
    scope = Scope.of(facility, first, last)
    require_sender(settings, facility)
    if dry_run and scope is not None:
        _show_chosen(rebuild.preview(settings, scope), as_json)
        return
    if scope is not None:
        _progress.print(f"{rebuild.note(settings, scope)} dossiers are built anew")
    if dry_run:
        count = pending_changes(settings)
        told = f"{count} dossiers changed since the last release"
        if full:
            told += "; every dossier would be built anew"
        print_either({"pending_changes": count, "full": full}, as_json, told)
        return
    with _step("building the candidate") as tell:
        done = builds.build(settings, full=full, progress=tell)
    print_either(
        {"build_id": done.build_id}, as_json, f"build {done.build_id} is ready to be audited"
    )


def _show_chosen(chosen: list[Chosen], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"would_build": [asdict(one) for one in chosen]}, indent=1))
        return
    if not chosen:
        typer.echo("no dossier counts in that scope: nothing would be built anew")
        return
    table = Table("facility", "dossiers", "lines", box=None, pad_edge=False)
    for one in chosen:
        table.add_row(one.facility_id, str(one.dossiers), str(one.lines))
    Console().print(table)


def publish(
    resume: Annotated[
        bool, typer.Option(help="Lift the hold that a roll-back left, and publish.")
    ] = False,
    approve: Annotated[
        list[str] | None, typer.Option(help="A failed rule to let pass, once. Repeatable.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who approves.")] = "",
    reason: Annotated[str, typer.Option(help="Why it may pass.")] = "",
    dry_run: _DRY_RUN = False,
    as_json: _AS_JSON = False,
) -> None:
    """Publish the audited candidate: all marts, in one transaction."""
    from health_warehouse.release import publish as publishing

    settings = get_settings()
    if dry_run:
        plans = publishing.plan(settings)
        if as_json:
            typer.echo(json.dumps([asdict(one) for one in plans], indent=1))
            return
        if not plans:
            typer.echo("nothing new to publish: the newest build is what readers see")
            return
        table = Table("mart", "delete", "insert", box=None, pad_edge=False)
        for one in plans:
            table.add_row(one.mart, str(one.rows_to_delete), str(one.rows_to_insert))
        Console().print(table)
        return
    approvals = _approvals(approve or [], by, reason)
    with _step("publishing"):
        done = publishing.publication(settings, resume=resume, approvals=approvals)
    show_publication(done, as_json)


def rollback(
    reason: Annotated[str, typer.Option(help="Why; kept with the hold.")] = "",
    by: Annotated[str, typer.Option(help="Who; the user of the terminal by default.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: _DRY_RUN = False,
    as_json: _AS_JSON = False,
) -> None:
    """Bring the previous release back, and hold publishing until `warehouse publish --resume`.

    Only a person at a terminal is asked first: nothing is lost, for --resume publishes again.
    """
    from health_warehouse.release import rollback as rolling_back

    settings = get_settings()
    current, previous, reversals = rolling_back.plan_rollback(settings)
    if dry_run:
        plan = {
            "release_id": current.release_id,
            "returns_to": previous.release_id,
            "marts": [asdict(one) for one in reversals],
        }
        lines = [f"release {current.release_id} would give way to {previous.release_id}:"]
        lines += [f"  {r.mart}: -{r.rows_to_delete} +{r.rows_to_restore}" for r in reversals]
        print_either(plan, as_json, "\n".join(lines))
        return
    if not yes and _is_person_there():
        typer.confirm(f"Take release {current.release_id} back?", abort=True, err=True)
    done = rolling_back.roll_back(settings, reason or "no reason given", by or getpass.getuser())
    show_roll_back(done, as_json)


def _is_person_there() -> bool:
    return sys.stdin.isatty()


def releases(context: typer.Context, as_json: _AS_JSON = False) -> None:
    """All releases, newest first: what went in, checks, notices, approvals, times."""
    if context.invoked_subcommand is not None:
        return
    from health_warehouse.release.releases import entries

    found = entries(get_settings())
    if as_json:
        typer.echo(json.dumps(found, indent=1, default=str))
        return
    columns = ("release", "status", "published (UTC)", "build", "deleted", "inserted", "notices")
    table = Table(*columns, box=None, pad_edge=False)
    for one in found:
        table.add_row(
            str(one["release_id"]),
            one["status"],
            to_second(one["published_at"]),
            str(one["build_id"]),
            str(sum(one["rows_deleted"].values())),
            str(sum(one["rows_inserted"].values())),
            ", ".join(notice["rule_id"] for notice in one["notices"]),
        )
    Console().print(table)
    for hold in (one["hold"] for one in found if one["hold"]):
        typer.echo(hold["message"])


def releases_diff(
    older: Annotated[int, typer.Argument(help="A release.")],
    newer: Annotated[int, typer.Argument(help="A later release.")],
    as_json: _AS_JSON = False,
) -> None:
    """The restatement between two releases: rows added, removed and changed in each mart."""
    from health_warehouse.release.restatement import restatement

    found = restatement(get_settings(), older, newer)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=1))
        return
    table = Table("mart", "added", "removed", "changed", box=None, pad_edge=False)
    for one in found:
        table.add_row(one.mart, str(one.rows_added), str(one.rows_removed), str(one.rows_changed))
    Console().print(table)


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or fsspec URLs; none: the inbox.", show_default=False),
    ] = None,
    full: _FULL = False,
    dry_run: _DRY_RUN = False,
    as_json: _AS_JSON = False,
) -> None:
    """Ingest, build, audit and publish, without Airflow. Of two at once, the second waits."""
    from health_warehouse.landing.inbox import look, seconds_until_quiet
    from health_warehouse.landing.ingest import ingest
    from health_warehouse.release.pending import pending_changes
    from health_warehouse.release.turns import turn

    settings = get_settings()
    if dry_run:
        listing, pending = look(settings, paths or ()), pending_changes(settings)
        listed = len(listing.new)
        tell_ahead(listing.ahead)
        print_either(
            {"files": listed, "pending_changes": pending},
            as_json,
            f"{listed} files would be loaded; {pending} dossiers changed since the last release",
        )
        return
    if not paths and (wait := seconds_until_quiet(settings)):
        with _step(f"waiting {wait:.0f} s: a file just came and may still be growing"):
            time.sleep(wait)
    with _step("ingesting"):
        listing = look(settings, paths or ())
        report = ingest(settings, listing.new, unreadable=listing.unreadable)
    tell_ahead(listing.ahead)
    with turn(settings, lambda: _progress.print("another `warehouse run` is at work; waiting")):
        done = _release(settings, full)
    if as_json:
        release = asdict(done.release) if done is not None and done.is_new else None
        summary = {"files": report.outcomes, "release": release}
        typer.echo(json.dumps(summary, indent=1, default=str))
    elif done is None:
        typer.echo("nothing changed since the last release")
    else:
        show_publication(done, as_json)


def _release(settings: Settings, full: bool) -> Publication | None:
    """Build, audit and publish; None when the published release holds every change."""
    from health_warehouse.quality.marts import audit
    from health_warehouse.release import build as builds
    from health_warehouse.release.due import is_up_to_date
    from health_warehouse.release.publish import publication

    if not full and is_up_to_date(settings):
        return None
    with _step("building the candidate") as tell:
        built = builds.build(settings, full=full, progress=tell)
    with _step("auditing it"):
        audit(settings, built.build_id)
    with _step("publishing"):
        return publication(settings, built.build_id)


def _approvals(rules: list[str], by: str, reason: str) -> list[Approval]:
    """Raises ConfigurationError when a rule is to pass without a name or a reason."""
    from health_warehouse.release.candidates import Approval

    if rules and not (by.strip() and reason.strip()):
        raise ConfigurationError("--approve needs --by NAME and --reason TEXT: both are recorded")
    _require_rules(rules)
    return [Approval(rule, by.strip(), reason.strip()) for rule in rules]


def _require_rules(rules: list[str]) -> None:
    from expectations.registry import MARTS

    known = [rule.id for rule in MARTS]
    unknown = [rule for rule in rules if rule not in known]
    if unknown:
        raise ConfigurationError(
            f"--approve {', '.join(unknown)}: no such rule of a release; there are "
            f"{', '.join(known)}"
        )


@contextmanager
def _step(title: str) -> Iterator[Callable[[str], None]]:
    """Show that a step runs, on stderr; yields what tells its parts."""
    with _progress.status(title) as status:
        yield lambda part: status.update(f"{title}: {part}")
    _progress.print(f"{title}: done", highlight=False)
