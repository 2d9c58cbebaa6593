"""Assets: doorbells between DAGs, never the list of work.

Airflow 3.3.2 loses asset events when the consumer has `max_active_runs=1` (4 sent, 3 consumed;
apache/airflow#56050, mended in 3.4.0). So the consumer also runs on a clock and reads the ledger.
"""

from __future__ import annotations

from airflow.sdk import Asset

INBOX = Asset(name="inbox", uri="warehouse://inbox", group="warehouse")
"""Files are in the inbox that nobody has taken in."""
CLAIMS = Asset(name="claims", uri="warehouse://claims", group="warehouse")
RELEASE = Asset(name="release", uri="warehouse://release", group="warehouse")
"""Readers see a new release. For DAGs of others, which may be scheduled on it."""
