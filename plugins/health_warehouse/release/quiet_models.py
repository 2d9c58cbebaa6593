"""Models that an increment leaves out: those that follow lists of which none changed.

Most days bring claims, and lists come once a month or a year. What is made of lists alone is what
it was when none of them changed, so an increment neither runs it nor compares it with what readers
see. Models that take a list at the ends of periods (`config.meta.follows_calendar`) run, too, when
a period has ended since the published release.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, text

_FEEDS = "feeds"
# Another reference list makes everything anew, and the log only says whether a mart is rewritten.
_NEVER_ASKED = ("ref", "ops.builds", "ops.document_changes")
_CHANGED = text(
    """
    select distinct changes.feed
    from ops.document_changes as changes
    inner join ops.builds as builds
        on changes.change_id > coalesce(builds.increment_from_change_id, builds.from_change_id)
        and changes.change_id <= builds.to_change_id
    where builds.build_id = :build_id
    """
)

CALENDAR = "calendar"
"""Stands among the changed feeds when a period has ended."""
# The days are those of int_indicators__days: ends of months, 14 June and 14 December.
_PERIOD_ENDED = text(
    """
    with builds_of as (
        select
            (builds.started_at at time zone 'Asia/Ho_Chi_Minh')::date as current_day,
            (max(published.started_at) at time zone 'Asia/Ho_Chi_Minh')::date as previous_day
        from ops.builds as builds
        left join ops.builds as published
            on published.status = 'published' and published.build_id < builds.build_id
            and published.to_change_id
            = coalesce(builds.increment_from_change_id, builds.from_change_id)
        where builds.build_id = :build_id
        group by builds.started_at
    )
    select previous_day is null or exists (
        select from (
            values
            (date_trunc('month', current_day)::date - 1),
            (make_date(extract(year from current_day)::integer, 6, 14)),
            (make_date(extract(year from current_day)::integer, 12, 14))
        ) as ends (day)
        where ends.day >= previous_day and ends.day < current_day
    )
    from builds_of
    """
)


def changed_feeds(connection: Connection, build_id: int) -> set[str]:
    """Feeds of rows that an increment of the build finds changed, and CALENDAR when a period has
    ended since the published release."""
    changed: set[str] = set(connection.execute(_CHANGED, {"build_id": build_id}).scalars())
    asked = {"build_id": build_id}
    has_ended = bool(connection.execute(_PERIOD_ENDED, asked).scalar_one())
    return changed | {CALENDAR} if has_ended else changed


def quiet_models(manifest: Mapping[str, Any], changed: Collection[str]) -> list[str]:
    """Names of the models whose sources are lists, and none of these is a feed that `changed`."""
    read: dict[str, frozenset[str]] = {}
    return sorted(
        str(node["name"])
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and _is_quiet(_sources(manifest, name, read), set(changed))
        and not (CALENDAR in changed and _follows_calendar(node))
    )


def _is_quiet(sources: frozenset[str], changed: set[str]) -> bool:
    feeds = {one.partition(".")[2] for one in sources if one.startswith(f"{_FEEDS}.")}
    others = {
        one
        for one in sources
        if one not in _NEVER_ASKED and one.partition(".")[0] not in (_FEEDS, *_NEVER_ASKED)
    }
    return bool(feeds) and not others and not feeds & changed


def _sources(
    manifest: Mapping[str, Any], name: str, read: dict[str, frozenset[str]]
) -> frozenset[str]:
    """`schema.name` of all that a model reads, through others too."""
    if name in manifest["sources"]:
        source = manifest["sources"][name]
        return frozenset([f"{source['schema']}.{source['name']}"])
    if name not in read:
        parents = manifest["nodes"].get(name, {}).get("depends_on", {}).get("nodes", ())
        read[name] = frozenset().union(*(_sources(manifest, one, read) for one in parents))
    return read[name]


def _follows_calendar(node: Mapping[str, Any]) -> bool:
    meta = node.get("config", {}).get("meta") or {}
    return bool(meta.get("follows_calendar"))
