"""What came since the published release: a build is due when that is anything."""

from __future__ import annotations

from sqlalchemy import text

from health_warehouse.release.builders import transformer
from health_warehouse.release.feeds_of_models import feeds_of_models
from health_warehouse.settings import Settings

_PUBLISHED_TO = text(
    "select coalesce(max(to_change_id), 0) from ops.releases where status = 'current'"
)
_CHANGED_DOSSIERS = text(
    "select count(distinct encounter_key) from ops.dossier_changes where change_id > :since"
)
_IS_BUILT = text("select to_regclass('intermediate.int_claims__current_versions') is not null")
_CHANGED_DOCUMENTS = text(
    """
    select count(distinct (feed, partition_key, document_key)) from ops.document_changes
    where change_id > :since and feed = any(:feeds)
    """
)


def pending_changes(settings: Settings) -> int:
    """Number of dossiers that changed since the published release, and of documents of other feeds
    that models read."""
    with transformer(settings) as connection:
        since: int = connection.execute(_PUBLISHED_TO).scalar_one()
        count: int = connection.execute(_CHANGED_DOSSIERS, {"since": since}).scalar_one()
        if connection.execute(_IS_BUILT).scalar_one():
            values = {"since": since, "feeds": list(feeds_of_models())}
            count += connection.execute(_CHANGED_DOCUMENTS, values).scalar_one()
        return count
