"""Moments in the tables of commands: UTC, whatever zone the session that read them has."""

from __future__ import annotations

from datetime import UTC, datetime


def to_second(moment: datetime) -> str:
    """Such as `2026-11-30 04:05:47`, of a moment with a zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def to_minute(moment: datetime) -> str:
    """Such as `2026-11-30 04:05`, of a moment with a zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
