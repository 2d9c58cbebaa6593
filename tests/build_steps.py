"""What tests of builds do around them: publish by note, look at the candidate, kill a builder."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import Row, text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.release.build import Build
from health_warehouse.settings import Settings

MARTS = (
    "bridge_atoms_periods",
    "bridge_encounters_diagnoses",
    "bridge_facility_areas",
    "dim_age_groups",
    "dim_areas",
    "dim_atoms",
    "dim_code_lists",
    "dim_communes",
    "dim_dates",
    "dim_departments",
    "dim_diagnoses",
    "dim_facilities",
    "dim_facility_periods",
    "dim_indicator_targets",
    "dim_indicators",
    "dim_items",
    "dim_periods",
    "dim_persons",
    "dim_practitioners",
    "dim_provinces",
    "fct_appointments",
    "fct_births",
    "fct_claim_lines",
    "fct_diagnostic_results",
    "fct_discharge_papers",
    "fct_encounters",
    "fct_hiv_treatments",
    "fct_indicator_components",
    "fct_indicator_values",
    "fct_record_summaries",
    "fct_sick_leaves",
    "fct_stays",
    "fct_tb_treatments",
    "fct_transfers",
    "fct_waiting_times",
    "rpt_appointment_months",
    "rpt_bed_months",
    "rpt_concordance_months",
    "rpt_facility_months",
    "rpt_item_months",
    "rpt_morbidity_months",
    "rpt_private_shares",
    "rpt_transfer_months",
)
MARTS_OF_LISTS = (
    "fct_hospital_activity_months",
    "fct_insurance_membership",
    "fct_population",
    "fct_posts",
    "fct_rotations",
    "fct_stations",
    "fct_workforce",
)
"""Those of no dossier; `MARTS` are the others."""
Rows = Counter[str]
_BUILDER = """
import sys
from pathlib import Path
from typing import Any
from pydantic import SecretStr
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
build(Settings(state=Path(sys.argv[1]), dsn=SecretStr(sys.stdin.read())))
"""


def note_published(settings: Settings, build: Build | Row[Any]) -> None:
    """Record `build` as the current release, as publish does, without touching marts."""
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text("update ops.releases set status = 'replaced' where status = 'current'")
        )
        connection.execute(
            text(
                "insert into ops.releases (build_id, to_change_id, is_full, status, started_at)"
                " values (:build_id, :to_change_id, :is_full, 'current', now())"
            ),
            {
                "build_id": build.build_id,
                "to_change_id": build.to_change_id,
                "is_full": build.is_full,
            },
        )
        connection.execute(
            text("update ops.builds set status = 'published' where build_id = :build_id"),
            {"build_id": build.build_id},
        )


def candidate(settings: Settings) -> dict[str, Rows]:
    """All rows of every mart, as text."""
    return _rows(settings, "mart::text")


def row_versions(settings: Settings) -> dict[str, Rows]:
    """Where each row lies and which transaction wrote it: changes with every write."""
    return _rows(settings, "concat(mart.xmin, ' ', mart.ctid)")


def _rows(settings: Settings, expression: str) -> dict[str, Rows]:
    with engine(settings, "transformer").connect() as connection:
        return {
            mart: Counter(
                connection.execute(text(f"select {expression} from candidate.{mart} as mart"))
                .scalars()
                .all()
            )
            for mart in MARTS
        }


def kill_builder_in(settings: Settings, relation: str, seconds: float = 120) -> None:
    """Start a builder in a process of its own and kill it (-9) while it writes `relation`.

    A lock on the relation, held by us, keeps the builder inside that model until it is dead.
    """
    assert settings.dsn is not None
    with engine(settings, "transformer").connect() as connection:
        connection.execute(text(f"lock table {relation} in access share mode"))
        connection.execute(text(f"select * from {relation} limit 1"))
        blocker = connection.execute(text("select pg_backend_pid()")).scalar_one()
        connection.execute(text(f"lock table {relation} in share mode"))
        builder = subprocess.Popen(
            [sys.executable, "-c", _BUILDER, str(settings.state)],
            stdin=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent,
        )
        assert builder.stdin is not None
        builder.stdin.write(settings.dsn.get_secret_value())
        builder.stdin.close()
        try:
            _wait_until_blocked(settings, blocker, builder, seconds)
        finally:
            builder.kill()
            builder.wait()


def _wait_until_blocked(
    settings: Settings, blocker: int, builder: subprocess.Popen[str], seconds: float
) -> None:
    deadline = time.monotonic() + seconds
    query = text("select count(*) from pg_stat_activity where :pid = any (pg_blocking_pids(pid))")
    while time.monotonic() < deadline:
        with engine(settings, OWNER).connect() as connection:
            if connection.execute(query, {"pid": blocker}).scalar_one():
                return
        assert builder.poll() is None, "the builder ended before it could be killed"
        time.sleep(0.05)
    raise AssertionError("the builder never reached the relation")
