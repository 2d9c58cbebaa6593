"""Airflow's metadata and its four processes."""

from __future__ import annotations

import http.client
import importlib.metadata
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

from health_warehouse import loopback
from health_warehouse.alerting.dag_states import UnreadFile, unread_files
from health_warehouse.alerting.metadata import metadata_connection
from health_warehouse.child_environment import Child, passed_on
from health_warehouse.database.connections import url_of
from health_warehouse.database.embedded import EmbeddedServer
from health_warehouse.errors import ConfigurationError
from health_warehouse.private_files import write_private
from health_warehouse.processes import listens_at
from health_warehouse.services import daemons
from health_warehouse.services.airflow_environment import airflow_home, environment, url
from health_warehouse.services.airflow_pools import import_document
from health_warehouse.services.daemons import Daemon
from health_warehouse.services.postgres import AIRFLOW_DATABASE, AIRFLOW_ROLE
from health_warehouse.services.secret_files import AirflowSecrets
from health_warehouse.services.state import Say
from health_warehouse.settings import DAGS_DIR, Settings

# `--skip-serve-logs`: all run on one machine and read the files; log servers would listen on every
# address, at ports that a second warehouse wants too.
COMMANDS = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
_HEALTH_KEYS = {
    "scheduler": "latest_scheduler_heartbeat",
    "dag_processor": "latest_dag_processor_heartbeat",
    "triggerer": "latest_triggerer_heartbeat",
}
_START_SECONDS = 240  # 25 s on two idle cores; a busy machine may take many times as long
# The scheduler waits for its tasks; one that is cut off is done again. The triggerer would wait
# 10 s for its own child, also when that has ended long since, and nothing of ours is deferred.
_GRACE_SECONDS = {"api-server": 5, "scheduler": 10, "dag-processor": 3, "triggerer": 2}


# It hands out tasks, which report to the API server: before that answers, each would fail at its
# first attempt with "Connection refused".
_LAST = "scheduler"


class PortLost(ConfigurationError):
    """Between our look at the port and our listening on it, somebody else took it."""


@dataclass(frozen=True)
class _Start:
    """A start under way: which processes are new since when (epoch seconds), what was said."""

    names: set[str]
    since: float
    say: Say
    told: set[str] = field(default_factory=set)
    started_again: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Airflow:
    """Airflow of one state folder. `metadata` is its database's URL, `port` that of its API."""

    settings: Settings
    secrets: AirflowSecrets
    metadata: URL
    port: int

    @property
    def url(self) -> str:
        return url(self.port)

    def environment(self, child: Child = Child.AIRFLOW_SERVICE) -> dict[str, str]:
        """The variables of Airflow, and the settings of ours that a process of that kind reads."""
        return environment(self.settings, self.secrets, self.metadata, self.port, child)

    def daemons(self) -> list[Daemon]:
        return [
            Daemon(
                name=name,
                command=(sys.executable, "-m", "airflow", *command),
                folder=self.settings.state / "run",
                log=self.log(name),
                cwd=airflow_home(self.settings),
                environment=self.environment(_child(name)),
                grace_seconds=_GRACE_SECONDS[name],
            )
            for name, command in COMMANDS.items()
        ]

    def log(self, name: str) -> Path:
        return self.settings.logs_dir / f"airflow-{name}.log"

    def start(self, say: Say) -> None:
        """Bring metadata up to date, start what does not run, wait until all of it is healthy.

        The scheduler starts when the API server answers. A process that runs with other settings
        than those of now is started again.
        Raises ConfigurationError naming the log to read.
        """
        outdated = [d for d in self.daemons() if d.is_running() and d.has_other_environment()]
        if outdated:
            say("settings have changed: restarting " + ", ".join(d.name for d in outdated))
            daemons.stop(outdated)
        self._migrate(say)
        waiting = [daemon for daemon in self.daemons() if not daemon.is_running()]
        if waiting:
            say("starting Airflow: " + ", ".join(daemon.name for daemon in waiting))
        start = _Start({daemon.name for daemon in waiting}, time.time(), say)
        for daemon in waiting:
            if daemon.name != _LAST:
                daemon.start(passed_on(_child(daemon.name)))
        if _LAST in start.names:
            self._wait_until_healthy(start, {"api_server"})
            next(d for d in waiting if d.name == _LAST).start(passed_on(_child(_LAST)))
        self._wait_until_healthy(start, {*_HEALTH_KEYS, "api_server"})
        self._wait_for_dags(say)

    def stop(self) -> None:
        """End all four and what they left running; a task that is cut off is tried again later."""
        daemons.stop(self.daemons())

    def health(self) -> dict[str, Any]:
        """What the API says about each component; empty when it does not answer."""
        connection = http.client.HTTPConnection(loopback.ADDRESS, self.port, timeout=20)
        try:
            connection.request("GET", "/api/v2/monitor/health")
            return dict(json.loads(connection.getresponse().read()))
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of Airflow's metadata, read only."""
        address = self.metadata.set(drivername="postgresql")
        with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
            connection.read_only = True
            return connection.execute(statement.encode()).fetchall()

    def dag_count(self) -> int:
        return int(self.query("select count(*) from dag where not is_stale")[0][0])

    def unread_files(self) -> list[UnreadFile]:
        """Files of DAGs that do not run; none while the DAG processor is down, or started just now.

        Raises psycopg.Error when the metadata cannot be read.
        """
        processor = next(one for one in self.daemons() if one.name == "dag-processor")
        started_at = processor.started_at()
        if started_at is None:
            return []
        with metadata_connection(self.metadata) as metadata:
            return unread_files(metadata, started_at, DAGS_DIR)

    def _read_files(self) -> set[str]:
        """Names of the files in which DAGs were found."""
        rows = self.query("select distinct relative_fileloc from dag where not is_stale")
        return {str(name) for (name,) in rows}

    def import_errors(self) -> list[str]:
        """Files of DAGs that do not load, each with the last line of its error.

        A file that was written since then is left out: the DAG processor has not read it yet.
        """
        rows = self.query("select filename, stacktrace, timestamp from import_error order by 1")
        return [
            f"{name}: {trace.strip().splitlines()[-1]}"
            for name, trace, told_at in rows
            if not _was_written_after(DAGS_DIR / name, told_at)
        ]

    def _migrate(self, say: Say) -> None:
        """Airflow's migrations and our pools. Each call costs 5 s of imports: skip when done."""
        stamp = airflow_home(self.settings) / "metadata.json"
        pools = airflow_home(self.settings) / "pools.json"
        wanted = {
            "airflow": importlib.metadata.version("apache-airflow"),
            "pools": sha256(import_document().encode()).hexdigest(),
        }
        done = json.loads(stamp.read_text()) if stamp.exists() else {}
        if done == wanted | {"revision": self._revision()}:
            return
        say("preparing Airflow's metadata")
        self._run("db", "migrate")
        write_private(pools, import_document())
        self._run("pools", "import", str(pools))
        write_private(stamp, json.dumps(wanted | {"revision": self._revision()}))

    def _revision(self) -> str | None:
        try:
            return str(self.query("select version_num from alembic_version")[0][0])
        except (psycopg.errors.UndefinedTable, IndexError):
            return None

    def _run(self, *command: str) -> None:
        log = self.log("setup")
        with log.open("ab") as output:
            done = subprocess.run(
                [sys.executable, "-m", "airflow", *command],
                env={**passed_on(Child.AIRFLOW_SERVICE), **self.environment()},
                cwd=airflow_home(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                umask=0o077,
                check=False,
            )
        if done.returncode:
            raise ConfigurationError(f"`airflow {' '.join(command)}` failed; read {log}")

    def _wait_until_healthy(self, start: _Start, wanted: set[str]) -> None:
        """Wait for the components in `wanted`; the scheduler may be down until it is one."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            self._replace_the_dead(start, is_last_due=_LAST in wanted)
            missing = self._not_yet_healthy(start)
            for name in sorted({*_HEALTH_KEYS, "api_server"} - missing - start.told):
                start.told.add(name)
                if name.replace("_", "-") in start.names:
                    start.say(f"Airflow's {name.replace('_', '-')} is healthy")
            if not missing & wanted:
                return
            if time.monotonic() > deadline:
                names = ", ".join(sorted(missing & wanted))
                raise ConfigurationError(
                    f"Airflow is not healthy after {_START_SECONDS} s ({names}); "
                    f"read {self.log('*')}"
                )
            time.sleep(0.3)

    def _replace_the_dead(self, start: _Start, *, is_last_due: bool) -> None:
        """Start once more what ended: while the database was away all of it may end, but late.

        Raises PortLost when another server was faster to listen on our port, ConfigurationError
        when a process ends a second time.
        """
        for daemon in self.daemons():
            if daemon.is_running() or (daemon.name == _LAST and not is_last_due):
                continue
            if daemon.name == "api-server" and not loopback.is_free(self.port):
                raise PortLost(f"port {self.port} was taken by {loopback.holder(self.port)}")
            if daemon.name in start.started_again:
                raise ConfigurationError(
                    f"Airflow's {daemon.name} ends as soon as it starts; read {daemon.log}"
                )
            start.say(f"Airflow's {daemon.name} has ended: starting it again")
            start.started_again.add(daemon.name)
            start.names.add(daemon.name)
            daemon.start(passed_on(_child(daemon.name)))

    def _answers(self) -> bool:
        """Whether it is our own API server that listens on our port, not another warehouse's."""
        [server] = [daemon for daemon in self.daemons() if daemon.name == "api-server"]
        return any(listens_at(process, self.port) for process in server.processes())

    def _not_yet_healthy(self, start: _Start) -> set[str]:
        """Components without a heartbeat; of those just started, without one since then."""
        health = self.health() if self._answers() else {}
        if health.get("metadatabase", {}).get("status") != "healthy":
            return {*_HEALTH_KEYS, "api_server"}
        missing = set()
        for name, key in _HEALTH_KEYS.items():
            component = health.get(name) or {}
            beat = component.get(key)
            is_new = beat is not None and datetime.fromisoformat(beat).timestamp() >= start.since
            if component.get("status") != "healthy" or (
                name.replace("_", "-") in start.names and not is_new
            ):
                missing.add(name)
        return missing

    def _wait_for_dags(self, say: Say) -> None:
        """Wait until each file in `dags/` is known, or raise ConfigurationError naming one."""
        files = {path.name for path in DAGS_DIR.glob("*.py") if path.name[0] != "_"}
        deadline = time.monotonic() + _START_SECONDS
        is_told = False
        while missing := files - self._read_files():
            errors = self.import_errors()
            if errors or time.monotonic() > deadline:
                none = f"no DAG is found in {', '.join(sorted(missing))}"
                raise ConfigurationError(
                    f"DAG files do not load: {'; '.join(errors) or none}; "
                    f"read {self.log('dag-processor')}"
                )
            if not is_told:
                say("waiting for the DAGs to be read")
                is_told = True
            time.sleep(0.3)


def _child(name: str) -> Child:
    """The scheduler starts the tasks, which get what it has."""
    return Child.TASKS if name == "scheduler" else Child.AIRFLOW_SERVICE


def _was_written_after(path: Path, moment: datetime) -> bool:
    return path.exists() and path.stat().st_mtime > moment.timestamp()


def metadata_url(
    settings: Settings, secrets: AirflowSecrets, postgres: EmbeddedServer | None
) -> URL:
    """Where Airflow keeps its metadata: WAREHOUSE_AIRFLOW_DSN, else the embedded server."""
    if settings.airflow_dsn is not None:
        return url_of("WAREHOUSE_AIRFLOW_DSN", settings.airflow_dsn)
    if postgres is None:
        raise ConfigurationError("Airflow's metadata needs a server: set WAREHOUSE_AIRFLOW_DSN")
    return make_url(postgres.url(AIRFLOW_DATABASE, AIRFLOW_ROLE, secrets.metadata_password))
