"""The steps of maintenance by name. Imports nothing heavy: each parse of the DAG file reads it."""

from __future__ import annotations

from enum import StrEnum


class StepName(StrEnum):
    """In the order in which they run; each begins with a verb, for they are names of tasks."""

    REMOVE_ARCHIVED_FILES = "remove_archived_files"
    REMOVE_SUPERSEDED_ROWS = "remove_superseded_rows"
    REMOVE_FORMER_READINGS = "remove_former_readings"
    REMOVE_REPLACED_ROWS = "remove_replaced_rows"
    REMOVE_CHECK_RESULTS = "remove_check_results"
    REMOVE_INCIDENTS = "remove_incidents"
    REMOVE_ALERTS = "remove_alerts"
    REMOVE_RUNS = "remove_runs"
    TRIM_LOGS = "trim_logs"
    CLEAN_AIRFLOW = "clean_airflow"
    ANALYZE_TABLES = "analyze_tables"


WHAT = {
    StepName.REMOVE_ARCHIVED_FILES: (
        "Remove files from the archive of which no dossier counts any more."
    ),
    StepName.REMOVE_SUPERSEDED_ROWS: "Remove the rows of superseded dossier versions from raw.",
    StepName.REMOVE_FORMER_READINGS: "Remove former readings of files that were read again.",
    StepName.REMOVE_REPLACED_ROWS: (
        "Remove what releases replaced that are old or were rolled back."
    ),
    StepName.REMOVE_CHECK_RESULTS: "Remove old results of rules.",
    StepName.REMOVE_INCIDENTS: "Remove incidents that were resolved long ago.",
    StepName.REMOVE_ALERTS: "Remove alerts that are over and were delivered.",
    StepName.REMOVE_RUNS: "Remove old records of maintenance.",
    StepName.TRIM_LOGS: "Empty large logs of services, delete old logs of tasks.",
    StepName.CLEAN_AIRFLOW: "Remove old runs and tasks from Airflow's metadata.",
    StepName.ANALYZE_TABLES: "Renew the planner's statistics where they are stale.",
}
