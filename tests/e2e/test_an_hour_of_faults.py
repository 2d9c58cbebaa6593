"""An hour of deliveries, one a minute, while its processes are killed: nothing is lost or doubled.

In the first half everything may be killed, the server included; in the second only tasks, so that
the memory of the services that live through it can be compared. `WAREHOUSE_SOAK_MINUTES` sets
another length.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
import pytest
from sqlalchemy import text

from health_warehouse.database.connections import dispose_engines, engine
from health_warehouse.landing.ledger import STATES, entries
from health_warehouse.release.pending import pending_changes
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.alert_sender import alert_sender
from health_warehouse.services.bring_up import up
from health_warehouse.services.daemons import Daemon
from health_warehouse.services.postgres import server
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from live_warehouse import Marts, assert_equal, marts, running, say_nothing
from mail_server import MailServer
from oracle.recount import read_folder, recount

MINUTES = int(os.environ.get("WAREHOUSE_SOAK_MINUTES", "60"))
_SETTLE_SECONDS = 1800
_RUNNING = "select pid from task_instance where state = 'running' and pid is not null"

pytestmark = [pytest.mark.soak, pytest.mark.timeout(MINUTES * 60 + 2 * _SETTLE_SECONDS)]


@dataclass
class Hour:
    """`faults` tells what was killed when; `memory` is MB per service, once a minute of its
    second half."""

    settings: Settings
    inbox: Path
    faults: list[str] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    releases: int = 0
    last: Marts | None = None
    mail: MailServer = field(default_factory=MailServer)


@pytest.fixture(scope="module")
def hour() -> Iterator[Hour]:
    with tempfile.TemporaryDirectory(prefix="warehouse-hour-") as folder:
        mail = MailServer()
        settings = Settings(
            state=Path(folder) / "state",
            inbox_quiet_seconds=0,
            **mail.settings,
        )
        inbox = settings.state / "inbox"
        inbox.mkdir(parents=True)
        options = Options(facilities=5, days=30, dossiers=40 * MINUTES, seed=8, defects=0.02)
        generate(Path(folder) / "outbox", options)
        sent = sorted(Path(folder, "outbox").rglob("*.xml"), key=lambda path: path.stat().st_mtime)
        with mail.running(), running(settings) as airflow:
            yield _live_through(airflow, Hour(settings, inbox, mail=mail), sent)


def _live_through(airflow: Airflow, hour: Hour, sent: list[Path]) -> Hour:
    random, begun = Random(60), time.monotonic()
    for minute in range(MINUTES):
        _deliver(sent[minute * len(sent) // MINUTES : (minute + 1) * len(sent) // MINUTES], hour)
        is_first_half = minute < MINUTES // 2
        if minute % 2:
            time.sleep(random.uniform(0, 30))  # the instant is the point; nothing is waited for
            fault = random.choice(_ANY if is_first_half else _TASKS)
            hour.faults.append(f"minute {minute}: {fault.__name__}: {fault(airflow, random)}")
            dispose_engines()
            up(hour.settings, say_nothing)
        if not is_first_half:
            _measure(airflow, hour)
        time.sleep(max(0.0, begun + 60 * (minute + 1) - time.monotonic()))
    _settle(airflow, hour)
    return hour


def _deliver(files: list[Path], hour: Hour) -> None:
    for file in files:
        arriving = hour.inbox / f"{file.name}.part"
        shutil.copy2(file, arriving)  # the modification time is the receipt
        arriving.rename(hour.inbox / file.name)


def _settle(airflow: Airflow, hour: Hour) -> None:
    """Until all that was sent is in the marts, by runs that the scheduler starts itself."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    names = {path.name for path in hour.inbox.iterdir()}
    while (
        names != {entry["file"] for entry in entries(hour.settings, with_names=True)}
        or _unjudged(hour.settings)
        or pending_changes(hour.settings)
    ):
        assert time.monotonic() < deadline, f"not settled; faults: {hour.faults}"
        time.sleep(2)
    hour.last = marts(hour.settings)
    with engine(hour.settings, "ops_reader").connect() as connection:
        hour.releases = connection.execute(
            text("select count(*) from ops.releases where status in ('current', 'replaced')")
        ).scalar_one()


def _unjudged(settings: Settings) -> int:
    with engine(settings, "loader").connect() as connection:
        query = text("select count(*) from ops.files where judged_at is null")
        return int(connection.execute(query).scalar_one())


# ---------- faults


def a_task(airflow: Airflow, random: Random) -> str:
    return _killed(_task(airflow, random))


def what_watches_a_task(airflow: Airflow, random: Random) -> str:
    task = _task(airflow, random)
    return _killed(task.parent() if task else None)


def a_service(airflow: Airflow, random: Random) -> str:
    daemon = random.choice([*airflow.daemons(), alert_sender(airflow.settings)])
    pid = daemon.pid()
    return f"{daemon.name}, {_killed(psutil.Process(pid) if pid else None)}"


def the_server(airflow: Airflow, random: Random) -> str:
    pid = server(airflow.settings).pid()
    return _killed(psutil.Process(pid) if pid else None)


_TASKS: list[Callable[[Airflow, Random], str]] = [a_task, what_watches_a_task]
_ANY = [*_TASKS, a_service, a_service, the_server]


def _task(airflow: Airflow, random: Random) -> psutil.Process | None:
    """One that runs within the next half minute, if any."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for (pid,) in random.sample(found := airflow.query(_RUNNING), len(found)):
            if psutil.pid_exists(pid):
                return psutil.Process(pid)
        time.sleep(0.1)
    return None


def _killed(process: psutil.Process | None) -> str:
    if process is None:
        return "there was none"
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return "it had ended"
    return "killed"


# ---------- memory


def _measure(airflow: Airflow, hour: Hour) -> None:
    daemons: list[Daemon] = [*airflow.daemons(), alert_sender(airflow.settings)]
    for daemon in daemons:
        pid = daemon.pid()
        if pid is not None:
            hour.memory[daemon.name].append(psutil.Process(pid).memory_info().rss / 2**20)


def test_all_that_was_sent_is_in_the_marts_once(hour: Hour) -> None:
    assert hour.last is not None
    assert_equal(hour.last, recount(read_folder(hour.inbox)))


def test_every_dossier_is_accounted_for(hour: Hour) -> None:
    for entry in entries(hour.settings, with_names=True):
        counts = entry["dossiers"]
        assert counts["received"] == sum(counts[state] for state in STATES[1:]), entry["file"]


def test_releases_went_on_and_faults_hit(hour: Hour) -> None:
    assert hour.releases >= MINUTES // 6
    hit = [fault for fault in hour.faults if fault.endswith("killed")]
    assert len(hit) >= MINUTES // 4, hour.faults


def test_every_alert_arrived(hour: Hour) -> None:
    """A copy is one that the killed sender could not know of: its Message-ID is the first's."""
    query = text(
        "select message_key::text, sent_at is not null from ops.alert_deliveries"
        " inner join ops.alert_messages using (message_id)"
    )
    with engine(hour.settings, "ops_reader").connect() as connection:
        sent = {key for key, is_sent in connection.execute(query) if is_sent}
    arrived = [str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in hour.mail.received]
    assert set(arrived) == sent
    kills = sum("alert-sender, killed" in fault for fault in hour.faults)
    assert len(arrived) - len(sent) <= kills


def test_memory_of_the_services_is_flat(hour: Hour) -> None:
    """The last third of the quiet half against its first third, a tenth and 10 MB allowed."""
    assert len(hour.memory) == 5
    for name, samples in hour.memory.items():
        third = len(samples) // 3
        before, after = statistics.median(samples[:third]), statistics.median(samples[-third:])
        assert after <= before * 1.1 + 10, f"{name}: {[round(mb) for mb in samples]} MB"
