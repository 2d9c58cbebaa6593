"""How much a full build has to compute."""

from __future__ import annotations

from sqlalchemy import text

from health_warehouse.release.builders import transformer
from health_warehouse.settings import Settings

LINES_THAT_COUNT = """
select coalesce(sum(versions.line_count), 0)::bigint
from ops.current_dossiers as counted
inner join ops.dossier_versions as versions using (file_id, position)
"""


def lines_that_count(settings: Settings) -> int:
    """Lines of drugs and services of the dossiers that count now. Reads the ledger of all."""
    with transformer(settings) as connection:
        return int(connection.execute(text(LINES_THAT_COUNT)).scalar_one())
