"""What happens before the tests look: files, a duplicate and a correction become two releases."""

from __future__ import annotations

import re
import shutil
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from typer.testing import CliRunner

from health_warehouse.cli import app
from health_warehouse.database.connections import engine
from health_warehouse.landing import findings
from health_warehouse.landing.ledger import entries
from health_warehouse.services.airflow import Airflow
from health_warehouse.settings import Settings
from live_warehouse import Marts, marts, until
from oracle.recount import Recount, read_folder, recount

HOSTILE_NAME = "{{ 7*7 }}.xml"  # a template, if anybody rendered names of files


@dataclass(frozen=True)
class Story:
    """`ran` is each task instance until the second release: DAG, task, kind of run, state, tries,
    name in the UI; `ledger` the receipts by then."""

    settings: Settings
    airflow: Airflow
    first: Marts
    first_recount: Recount
    second: Marts
    second_recount: Recount
    ran: list[tuple[Any, ...]]
    ledger: list[dict[str, Any]]

    @property
    def inbox(self) -> Path:
        return self.settings.state / "inbox"


def deliver_a_province(inbox: Path, outbox: Path) -> None:
    """Make the files of two facilities and three days, with defects, and one that is empty."""
    inbox.mkdir(parents=True)
    options = ["--facilities=2", "--days=3", "--dossiers=60", "--defects=0.1", "--seed=7"]
    made = CliRunner().invoke(app, ["synth", str(outbox), *options])
    assert made.exit_code == 0, made.output
    for file in sorted(outbox.rglob("*.xml")):
        shutil.copy2(file, inbox)  # the modification time is the receipt
    (inbox / HOSTILE_NAME).touch()


def live_through(warehouse: Airflow) -> Story:
    """Files are in the inbox; two more come while the first release is being built."""
    settings, inbox = warehouse.settings, warehouse.settings.state / "inbox"
    first_recount = recount(read_folder(inbox))
    until(warehouse, lambda: _build_count(settings))
    assert len(entries(settings)) == len(first_recount.ledger)

    # While the first build runs: its stretch of changes is fixed, so these wait for the second.
    shutil.copy(deliver_correction(settings, "corrected.xml"), inbox / "sent_again.xml")
    second_recount = recount(read_folder(inbox))
    first = until(warehouse, lambda: marts(settings))
    second = until(warehouse, lambda: marts(settings, after=first.release_id))
    ran = warehouse.query(
        "select t.dag_id, t.task_id, r.run_type, t.state, t.try_number, t.rendered_map_index "
        "from task_instance as t inner join dag_run as r using (dag_id, run_id) "
        "where dag_id in ('ingest_claims', 'build_release')"
    )
    ledger = entries(settings, with_names=True)
    return Story(settings, warehouse, first, first_recount, second, second_recount, ran, ledger)


def deliver_correction(settings: Settings, name: str) -> Path:
    """Send a file again with one patient discharged by transfer; returns the file that it corrects.

    `MA_LOAI_RV` 1 (discharged) becomes 2 (transferred), a value that no rule of sums depends on.
    Corrected is what counts now: a file all of whose dossiers are current or quarantined.
    """
    inbox = settings.state / "inbox"
    quarantined = {str(found["dossier"]).encode() for found in findings.entries(settings)}
    for entry in entries(settings, status="loaded", with_names=True):
        original = inbox / entry["file"]
        corrected = _corrected(original.read_bytes(), quarantined)
        if corrected is not None and not entry["dossiers"]["superseded"]:
            (inbox / f"{name}.part").write_bytes(corrected)  # renamed when whole, as senders should
            (inbox / f"{name}.part").rename(inbox / name)
            return original
    raise LookupError(f"no file in {inbox} has a patient to transfer")


def _corrected(content: bytes, passed_over: set[bytes]) -> bytes | None:
    for match in re.finditer(rb"<NOIDUNGFILE>([A-Za-z0-9+/=\s]+)</NOIDUNGFILE>", content):
        part = b64decode(match[1])
        dossier = re.search(rb"<MA_LK>([^<]*)</MA_LK>", part)
        if b"<TONG_HOP>" not in part or dossier is None or dossier[1] in passed_over:
            continue
        if b"<MA_LOAI_RV>1</MA_LOAI_RV>" in part:
            changed = part.replace(b"<MA_LOAI_RV>1<", b"<MA_LOAI_RV>2<", 1)
            return content[: match.start(1)] + b64encode(changed) + content[match.end(1) :]
    return None


def _build_count(settings: Settings) -> int:
    with engine(settings, "ops_reader").connect() as connection:
        return int(connection.execute(text("select count(*) from ops.builds")).scalar_one())
