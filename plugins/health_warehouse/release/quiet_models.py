"""Models that an increment leaves out: those that follow lists of which none changed.

Most days bring claims, and lists come once a month or a year. What is made of lists alone is what
it was when none of them changed, so an increment neither runs it nor compares it with what readers
see.
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


def changed_feeds(connection: Connection, build_id: int) -> set[str]:
    """Feeds of rows that an increment of the build finds changed."""
    return set(connection.execute(_CHANGED, {"build_id": build_id}).scalars())


def quiet_models(manifest: Mapping[str, Any], changed: Collection[str]) -> list[str]:
    """Names of the models whose sources are lists, and none of these is a feed that `changed`."""
    read: dict[str, frozenset[str]] = {}
    return sorted(
        str(node["name"])
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and _is_quiet(_sources(manifest, name, read), set(changed))
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
