"""Incidents: what a person must know. One open row per cause, however often it comes back."""

from __future__ import annotations

from sqlalchemy import Connection, text

from health_warehouse.quality.outcomes import Suite


def raise_incident(
    connection: Connection,
    fingerprint: str,
    suite: Suite,
    rule_id: str | None,
    message: str,
    build_id: int | None = None,
    file_id: int | None = None,
) -> None:
    """Open an incident, or count one more occurrence of the open one with this fingerprint.

    The fingerprint names the cause (suite, rule, facility …), never a run. No value of a patient
    may be in the message.
    """
    connection.execute(
        text(
            "insert into ops.incidents as open"
            " (fingerprint, suite, rule_id, message, build_id, file_id)"
            " values (:fingerprint, :suite, :rule_id, :message, :build_id, :file_id)"
            " on conflict (fingerprint) where state = 'open' do update set"
            " message = excluded.message, build_id = excluded.build_id,"
            " file_id = excluded.file_id, last_seen_at = clock_timestamp(),"
            " occurrence_count = open.occurrence_count + 1"
        ),
        {
            "fingerprint": fingerprint,
            "suite": suite,
            "rule_id": rule_id,
            "message": message,
            "build_id": build_id,
            "file_id": file_id,
        },
    )


def resolve_incidents(connection: Connection, fingerprint_prefix: str) -> int:
    """Resolve the open incidents whose fingerprint starts so; returns how many."""
    result = connection.execute(
        text(
            "update ops.incidents set state = 'resolved', resolved_at = clock_timestamp()"
            " where state = 'open' and starts_with(fingerprint, :prefix)"
        ),
        {"prefix": fingerprint_prefix},
    )
    return int(result.rowcount)
