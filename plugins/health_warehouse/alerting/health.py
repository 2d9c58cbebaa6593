"""Whether alerts work now, for a monitor outside, `warehouse status` and health checks."""

from __future__ import annotations

from health_warehouse.alerting.channels import channels
from health_warehouse.alerting.heartbeat import Health, age_seconds, stuck_count
from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings


def health(settings: Settings) -> Health:
    """Age of the last beat, and how many messages do not get through.

    Raises OperationalError when the database is away, ConfigurationError when a channel is set up
    by half: neither is well.
    """
    targets = [channel.target for channel in channels(settings)]
    with engine(settings, "ops_reader").connect() as connection:
        return Health(age_seconds(settings), stuck_count(connection, targets))
