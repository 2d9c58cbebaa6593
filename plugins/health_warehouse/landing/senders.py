"""Which facilities ever sent something: a code that did not is more likely a slip than a wish."""

from __future__ import annotations

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

_ROLE = "maintainer"
_HAS_SENT = text(
    """
    select
        exists (select from ops.files where facility_id = :facility_id)
        or exists (select from ops.delivery_partitions where sender_id = :facility_id)
    """
)


def has_sent(settings: Settings, facility_id: str) -> bool:
    """Whether a file or a dossier of the facility is known, whatever became of it."""
    with engine(settings, _ROLE).connect() as connection:
        return bool(connection.execute(_HAS_SENT, {"facility_id": facility_id}).scalar_one())


def require_sender(settings: Settings, facility_id: str | None) -> None:
    """Raises ConfigurationError when the facility never sent anything; None: all of them."""
    if facility_id and not has_sent(settings, facility_id):
        raise ConfigurationError(
            f"facility {facility_id} never sent anything: check the code (MACSKCB)"
        )
