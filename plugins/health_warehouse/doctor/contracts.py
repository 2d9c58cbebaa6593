"""Check of the contracts of feeds: each mistake of the folder WAREHOUSE_FEEDS."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.doctor.finding import Finding
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import examine
from health_warehouse.settings import Settings


def contracts(settings: Settings) -> Iterator[Finding]:
    try:
        problems = examine(settings.feeds).problems
    except ConfigurationError as error:
        yield Finding("contracts", "error", str(error), "set or unset WAREHOUSE_FEEDS")
        return
    for problem in problems:
        yield Finding("contracts", "error", str(problem), "mend it; `warehouse feeds validate`")
