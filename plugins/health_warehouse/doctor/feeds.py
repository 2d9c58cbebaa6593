"""Checks of feeds: contracts that were not taken up, and feeds that nobody describes any more."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor.finding import Finding
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.ddl import raw_columns
from health_warehouse.settings import Settings

_IS_THERE = text("select to_regclass('ops.feeds') is not null")
_TAKEN_UP = text(
    """
    select f.feed, f.mode, array(
        select a.attname::text from pg_attribute as a
        where a.attrelid = to_regclass('raw.' || f.feed) and a.attnum > 0 and not a.attisdropped
    ) as columns
    from ops.feeds as f
    where f.is_of_rows
    order by f.feed
    """
)


def feeds(settings: Settings) -> Iterator[Finding]:
    """Contracts and what this warehouse made of them."""
    with engine(settings, OWNER).connect() as connection:
        if not connection.execute(_IS_THERE).scalar_one():
            return  # a schema of before: the check of it says so
        taken_up = {row.feed: row for row in connection.execute(_TAKEN_UP)}
    try:
        known = catalogue(settings)
    except ConfigurationError:
        return  # the check of contracts says so
    contracts = {name: one for name, one in known.items() if one.is_of_rows}
    late = [
        name
        for name, one in contracts.items()
        if name not in taken_up
        or not {column.name for column in raw_columns(one.table)} <= set(taken_up[name].columns)
    ]
    if late:
        yield Finding(
            "feeds",
            "warning",
            f"contracts that this warehouse has not taken up as they are: {', '.join(late)}; "
            "their deliveries wait",
            "`warehouse migrate`",
        )
    for name, one in contracts.items():
        if name in taken_up and taken_up[name].mode != one.mode:
            yield Finding(
                "feeds",
                "error",
                f"the contract of {name} says `mode: {one.mode}`, and its documents are kept as "
                f"{taken_up[name].mode}: none of its deliveries is loaded",
                f"write `mode: {taken_up[name].mode}` in {one.path}, or give the feed another name",
            )
    gone = sorted(taken_up.keys() - contracts.keys())
    if gone:
        yield Finding(
            "feeds",
            "warning",
            f"feeds whose contract is gone: {', '.join(gone)}; what was loaded of them stays as it "
            "is, and nothing new of them is loaded",
            "put the files of their contracts back",
        )
