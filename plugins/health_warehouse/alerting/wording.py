"""The words for each kind of alert. Only these, counts, rule ids and ids of runs go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from health_warehouse.alerting.conditions import Kind


@dataclass(frozen=True)
class Wording:
    """`title` is filled with the facts; `meaning` says what it is for readers and senders."""

    title: str
    meaning: str
    runbook: str


WORDINGS: Mapping[Kind, Wording] = {
    Kind.RELEASE_HELD: Wording(
        "Release held by {reasons}",
        "A critical promise to readers does not hold for the next release, so it was not "
        "published. Readers keep the last good release; no delivery is lost.",
        "docs/runbooks/release_held.md",
    ),
    Kind.RULES_IN_ERROR: Wording(
        "Rules could not be judged: {reasons}",
        "New files wait unjudged and are not in the warehouse yet. They are judged by the next "
        "run once the rule is mended.",
        "docs/runbooks/task_failed.md",
    ),
    Kind.FILES_INCOMPLETE: Wording(
        "{file_count} incomplete in the warehouse",
        "Fewer rows are in the warehouse than were read from the file. These files wait; others "
        "go on.",
        "docs/runbooks/task_failed.md",
    ),
    Kind.DECISIONS_WAITING: Wording(
        "Dossiers wait for a decision ({reasons})",
        "A facility used the key of a dossier (MA_LK) again for another person and another time. "
        "The new version is held and the former one still counts, until somebody decides.",
        "docs/runbooks/decisions.md",
    ),
    Kind.TASK_FAILED: Wording(
        "Task {dag_id}.{task_id} {ended}",
        "It failed for good: no attempt is left. No data is lost; the next run takes up the work.",
        "docs/runbooks/task_failed.md",
    ),
    Kind.RUN_FAILED: Wording(
        "Run of {dag_id} failed",
        "The run failed without a task that did, as when it takes too long as a whole.",
        "docs/runbooks/task_failed.md",
    ),
    Kind.SCHEDULER_SILENT: Wording(
        "Airflow's scheduler is silent",
        "It has sent no heartbeat since the time below: nothing is taken in or published.",
        "docs/runbooks/alerts.md",
    ),
    Kind.NOTHING_ENDS: Wording(
        "No run of Airflow ends",
        "The scheduler lives, but no run has ended since the time below: nothing is taken in or "
        "published.",
        "docs/runbooks/alerts.md",
    ),
    Kind.METADATA_UNREACHABLE: Wording(
        "Airflow's database cannot be read",
        "Since the time below. Nothing is taken in or published, and failures of tasks are not "
        "seen until it is back.",
        "docs/runbooks/alerts.md",
    ),
    Kind.DATABASE_AWAY: Wording(
        "The warehouse's database cannot be used",
        "Since the time below. Nothing is taken in or published, readers get no answer, and other "
        "failures are not seen until it is back.",
        "docs/runbooks/alerts.md",
    ),
    Kind.DAG_FILES_UNREAD: Wording(
        "Airflow does not read {reasons}",
        "The file cannot be imported, or takes too long to import, or nothing reads files: the "
        "DAGs in it do not run. No delivery is lost; they wait.",
        "docs/runbooks/alerts.md",
    ),
    Kind.TRIAL: Wording(
        "Test of alerts",
        "Nothing is wrong: somebody ran `warehouse alerts test`, and you get alerts.",
        "docs/runbooks/alerts.md",
    ),
}
_ENDED = {"failed": "failed", "lost": "was lost (its process was killed)"}


def title(content: Mapping[str, Any]) -> str:
    """The one line that says what is wrong; `content` is that of a message."""
    facts = content["facts"]
    count = facts.get("file_count", 1)
    words = {
        "reasons": ", ".join(content["reasons"]),
        "file_count": "1 file is" if count == 1 else f"{count} files are",
        "dag_id": facts.get("dag_id"),
        "task_id": facts.get("task_id"),
        "ended": " and ".join(_ENDED[name] for name in content["reasons"] if name in _ENDED),
    }
    line = WORDINGS[Kind(content["kind"])].title.format(**words)
    if content["event"] == "widened":
        return f"{line} (now also {', '.join(content['new_reasons'])})"
    return f"Recovered: {line}" if content["event"] == "resolved" else line
