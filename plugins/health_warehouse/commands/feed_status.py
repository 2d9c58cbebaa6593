"""`warehouse feeds status`: who owes what, until when, and what has come."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from health_warehouse.commands.listing import print_rows
from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.landing.delivery_states import DeliveryState

_SHOWN = 200
_PERIODS = 2
_HEADS = ("feed", "period", "from", "state", "due", "came", "days late")
_SUMMARY = ("feed", "period", "due", "missing", "late", "not due", "came late", "in time")


def status(
    feed: Annotated[str | None, typer.Option(help="Only this feed.")] = None,
    facility: Annotated[
        str | None, typer.Option(help="Only what this facility or other sender owes.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            help="Only periods that begin or end in 2026, 2026-Q2, 2026-06 or 2026-06-30."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Say what is owed and what came: delivered, late, missing or not due yet, and by how long.

    Without options: of each feed, the last periods in sums, and what waits in the inbox. With any,
    one line per delivery that is owed, what is missing first.
    """
    from health_warehouse.feeds.catalogue import contract_of
    from health_warehouse.landing.arrivals import waiting
    from health_warehouse.landing.asked import days_of
    from health_warehouse.landing.delivery_states import states
    from health_warehouse.reference.canonical import canonical_code

    settings = get_settings()
    if feed is not None:
        contract_of(settings, feed)  # says which feeds there are
    days = days_of(period) if period else None
    sender = None if facility is None else _sender(settings, canonical_code(facility), facility)
    is_recent = feed is None and facility is None and period is None
    found = states(settings, feed, sender, days, is_recent=is_recent)
    if as_json:
        told = {
            "deliveries": [one.as_json() for one in found],
            "waiting": [
                {
                    "feed": one.feed,
                    "files": one.file_count,
                    "bytes": one.byte_count,
                    "oldest_at": one.oldest_at.isoformat(),
                    "since": one.waits_since.isoformat(),
                }
                for one in waiting(settings)
            ],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    if is_recent:
        _print_sums(found)
        for one in waiting(settings):
            typer.echo(
                f"in the inbox: {one.file_count} files of {one.feed}, since {one.waits_since}"
            )
        return
    _print_each(found)


def _sender(settings: Any, code: str, written: str) -> str:
    """A facility by its code, or another sender as contracts write it."""
    from health_warehouse.feeds.catalogue import catalogue

    named = {one.sender.of for one in catalogue(settings).values() if one.sender.kind == "fixed"}
    named |= {one.expect.who for one in catalogue(settings).values() if one.expect is not None}
    return written if written in named else code


def _print_sums(found: Sequence[DeliveryState]) -> None:
    if not found:
        typer.echo("no contract asks for a delivery, or nobody is known to owe one")
        return
    by_feed: dict[str, dict[str, list[DeliveryState]]] = {}
    for one in found:
        by_feed.setdefault(one.feed, {}).setdefault(one.period, []).append(one)
    rows = []
    for feed, periods in by_feed.items():
        due = [name for name, owed in periods.items() if _is_due(owed)]
        ahead = [name for name, owed in periods.items() if not _is_due(owed)]
        for name in [*due[-_PERIODS:], *ahead[:1]]:
            counts = Counter(one.state for one in periods[name])
            rows.append(
                [feed, name, _day(periods[name][0])]
                + [
                    str(counts[state] or "")
                    for state in ("missing", "late", "not_due", "delivered_late", "delivered")
                ]
            )
    print_rows(_SUMMARY, rows)


def _print_each(found: Sequence[DeliveryState]) -> None:
    from health_warehouse.landing.delivery_states import STATES
    from health_warehouse.moments import to_minute

    ranks = {state: place for place, state in enumerate(STATES)}
    in_order = sorted(found, key=lambda one: (ranks[one.state], one.period_start, one.sender_id))
    if not in_order:
        typer.echo("nothing of that is owed")
        return
    rows = [
        [
            one.feed,
            one.period,
            one.sender_id,
            one.state.replace("_", " "),
            _day(one),
            "" if one.delivered_at is None else f"{to_minute(one.delivered_at)} UTC",
            "" if one.late_days is None else f"{one.late_days:g}",
        ]
        for one in in_order[:_SHOWN]
    ]
    print_rows(_HEADS, rows)
    if len(in_order) > _SHOWN:
        typer.echo(
            f"and {len(in_order) - _SHOWN} more: name a feed, a facility or a period, or --json"
        )


def _is_due(owed: Sequence[DeliveryState]) -> bool:
    return any(one.state != "not_due" for one in owed)


def _day(one: DeliveryState) -> str:
    """The last day on which it is in time; it ends at `due_at`."""
    from datetime import timedelta

    from health_warehouse.reference.due import LOCAL_TIME

    return f"{(one.due_at - timedelta(seconds=1)).astimezone(LOCAL_TIME):%Y-%m-%d}"
