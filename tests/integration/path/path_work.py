"""The steps of the path as functions that a process of its own can be given."""

from __future__ import annotations

from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.pending import pending_changes
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings


def load(settings: Settings) -> None:
    """Load and check what is new in the inbox."""
    ingest(settings, list_new(settings))


def release(settings: Settings) -> None:
    """Build, audit and publish what changed."""
    if pending_changes(settings):
        built = build(settings)
        audit(settings, built.build_id)
        publish(settings, built.build_id)


def run(settings: Settings) -> None:
    """The whole path."""
    load(settings)
    release(settings)
