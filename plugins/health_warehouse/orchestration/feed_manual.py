"""The manual of `ingest_<feed>`, from its contract: what Airflow shows as the DAG's page."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.in_words import lines_of
from health_warehouse.orchestration.dag_names import JUDGING

_LEFT_OUT = frozenset({"feed", "title", "contract", "other than ours"})

_PARAMETERS = """\
**Parameters**

- `period` — take in only files of 2026, 2026-Q2, 2026-06 or 2026-06-30: by the day that the name of
  the file tells where the contract reads it, else by the local day of receipt. The others wait.
- `facility` — take in only files with this code (MACSKCB) as a word of their path: a folder, or a
  part of the name. The others wait.
- `received_at` — when the files count as received: empty (their modification time, the default),
  {declared}or an instant with its offset. It decides which delivery of a document is the newer one.
- `dry_run` — list the batches in the log of `list_new_files` and load nothing.
"""

_DECLARED = "`declared` (the sender's date NGAYLAP, for loading an archive of past months), "

_JUDGED_AT_ONCE = """\
**What it does.** It lists the files that senders left in the inbox, cuts them into
batches and, per batch, archives the bytes, loads them and applies the rules at the door. Refused
files and quarantined dossiers are handled outcomes: they are in `warehouse quarantine` with rule
and reason, and the run stays green. With nothing new, the run ends at the first task. When a
document changed, it starts `build_release` (asset `warehouse://changes`). Your own DAGs can follow
the feed by its asset `warehouse://feed/{feed}`. Bundles, files that nobody reads, and files of
other feeds that are called alike are taken in here, too.
"""

_JUDGED_TOGETHER = """\
**What it does.** It lists the files of this feed that senders left in the inbox, and per batch
archives the bytes and loads them. A task is called after the facility and the day of its list, or,
when many came at once, after how many facilities there were.
Then it starts `{judging}` (asset `warehouse://loaded`), which judges the lists of all feeds
together and starts `build_release`. Your own DAGs can follow the feed by its asset
`warehouse://feed/{feed}`. A refused file is a handled outcome: it is in `warehouse quarantine`
with its reason, and the run stays green.
"""

_REST = """\
**When it runs.** Every minute `watch_inbox` lists the inbox for all feeds, and rings when something
of this one is there (asset `warehouse://inbox/{feed}`); and once an hour by the clock, because
asset events get lost.

**Safe to rerun**, at any time and twice at once: the same bytes count once, and files that a crash
left unjudged are taken up by the next run.
"""

_EXAMPLES = """\
**Example.** To see what would be taken in of June 2026, and nothing else: trigger it with
`{{"period": "2026-06", "dry_run": true}}`. {archive}
"""

_ARCHIVE_DECLARED = (
    "To load an archive of last year: copy it into the inbox with\n"
    'this DAG paused, trigger it with `{"received_at": "declared"}`, then unpause it.'
)
_ARCHIVE = "To stop taking files of this feed in, pause\nthis DAG: they wait."

_FAILURES = """\
**When it fails**

- `list_new_files` red: the inbox or the database cannot be reached, or a contract is wrong: the log
  names file and line (`docs/runbooks/task_failed.md`).
- `{load}` red: {why}
  (`docs/runbooks/task_failed.md`). Other batches and the marts go on.
- `SourceDenied`, or an inbox on an SFTP server or in S3: `docs/runbooks/inbox_elsewhere.md`.
- A sender asks why a file is missing: `docs/runbooks/file_refused.md`.
"""

_WHY_JUDGED = "a rule could not be judged, or a batch came in incomplete"
_WHY_LOADED = "a file could not be read, or the feed has no table yet (`warehouse migrate`)"


def manual_of(contract: Contract) -> str:
    """Markdown: what the DAG does, and what its contract says. Its first line is the purpose."""
    return "\n".join(_parts(contract))


def purpose_of(contract: Contract) -> str:
    """The first line of the manual."""
    return (
        f"Take in the feed `{contract.feed}` ({contract.title.en} | {contract.title.vi}), checked."
    )


def _parts(contract: Contract) -> Iterator[str]:
    is_of_rows, feed = contract.is_of_rows, contract.feed
    yield purpose_of(contract) + "\n"
    what = _JUDGED_TOGETHER if is_of_rows else _JUDGED_AT_ONCE
    yield what.format(feed=feed, judging=JUDGING)
    yield _REST.format(feed=feed)
    yield _PARAMETERS.format(declared="" if is_of_rows else _DECLARED)
    yield _EXAMPLES.format(archive=_ARCHIVE if is_of_rows else _ARCHIVE_DECLARED)
    yield _FAILURES.format(
        load="load_lists" if is_of_rows else "load_batch",
        why=_WHY_LOADED if is_of_rows else _WHY_JUDGED,
    )
    yield f"**What its contract says** (`warehouse feeds show {feed}` has the columns, too)\n"
    for word, sentence in lines_of(contract):
        if word not in _LEFT_OUT:
            yield f"- *{word}*: {_plain(sentence)}"


def _plain(sentence: str) -> str:
    """Signs of a pattern are no Markdown."""
    return sentence.replace("*", r"\*").replace("_", r"\_")
