"""The watchdog of a process: it shows that the process runs, and ends holders that do not.

A process that was killed frees its locks by itself: the kernel closes its connections. One that is
stopped, hangs, or lies on a machine that lost its network keeps them, and everybody waits. So each
process that may hold a lock has a thread with a session of its own, which asks the server something
every few seconds; that session's last statement is the sign of life. When a session of this process
waits for one whose sign of life stands still, that one is ended, by a session of its own role.

How long it stood still is counted in looks of the one who waits, never by a clock: a machine that
sleeps, or a clock that is set, makes nobody look dead. Without a session that shows signs, as when
the server had no connection for it, nobody is ended: `warehouse doctor` names such a holder.
"""

from __future__ import annotations

import logging
import math
import threading
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, Row, event, text
from sqlalchemy.exc import SQLAlchemyError

from health_warehouse.database.connections import OWNER, engine, role_url
from health_warehouse.database.roles import ROLES
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

log = logging.getLogger(__name__)

SUFFIX = " watchdog"
"""After the application_name of a process' sessions: that of its watchdog."""
_BEAT_SECONDS = 5.0
_LEAST_LOOKS = 10

_NAME = text("select set_config('application_name', :name, false)")
_IN_OUR_WAY = text(
    """
    select distinct holder.pid, holder.usename::text, holder.application_name
    from pg_stat_activity as waiting
    cross join lateral unnest(pg_blocking_pids(waiting.pid)) as blocking (pid)
    inner join pg_stat_activity as holder on holder.pid = blocking.pid
    where waiting.datname = current_database() and waiting.application_name = :ours
        and waiting.wait_event_type = 'Lock' and holder.application_name <> :ours
    """
)
_SIGN_OF = text(
    """
    select holder.backend_start, max(shown.state_change) as sign
    from pg_stat_activity as holder
    inner join pg_stat_activity as shown
        on shown.application_name = holder.application_name || :suffix
    where holder.pid = :pid and holder.usename = current_user and shown.usename = current_user
    group by holder.backend_start
    """
)
_END = text(
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where pid = :pid and backend_start = :backend_start and usename = current_user"
)
_STARTING = threading.Lock()
_WATCHDOGS: dict[Engine, _Watchdog] = {}


def watch(settings: Settings, role: str) -> None:
    """See to it that this process has a watchdog for its sessions of `role`; it shows life at once.

    To be called before a lock is taken for which others may wait. The watchdog ends with the
    engine or the process.
    """
    shared = engine(settings, role)
    with _STARTING:
        known = _WATCHDOGS.get(shared)
        if known is None or not known.is_alive():  # a fork has no threads of its parent
            _WATCHDOGS[shared] = _Watchdog(settings, role, shared)
            _WATCHDOGS[shared].start()


class _Watchdog(threading.Thread):
    def __init__(self, settings: Settings, role: str, shared: Engine) -> None:
        super().__init__(name=f"watchdog of {role}", daemon=True)
        bound = settings.silent_holder_seconds
        self._interval = min(_BEAT_SECONDS, bound / _LEAST_LOOKS)
        self._most_looks = math.ceil(bound / self._interval)
        self._settings, self._role, self._engine = settings, role, shared
        self._over = threading.Event()
        self._session: Connection | None = None
        self._silent: dict[int, tuple[Any, int]] = {}
        event.listen(shared, "engine_disposed", self._end)
        self._look()

    def run(self) -> None:
        while not self._over.wait(self._interval):
            self._look()
        self._close()

    def _end(self, _engine: Engine) -> None:
        self._over.set()
        _WATCHDOGS.pop(self._engine, None)

    def _look(self) -> None:
        """Any statement is a sign of life; this one tells also for whom we wait."""
        try:
            session = self._opened()
            found = session.execute(_IN_OUR_WAY, {"ours": self._name}).all()
            for holder in found:
                self._look_at(holder)
        except SQLAlchemyError:
            self._close()  # it is opened again at the next look

    def _opened(self) -> Connection:
        if self._session is None:
            pooled = self._engine.connect()
            self._session = pooled.execution_options(isolation_level="AUTOCOMMIT")
            self._name = str(self._session.execute(text("show application_name")).scalar_one())
            self._session.execute(_NAME, {"name": self._name + SUFFIX})
        return self._session

    def _close(self) -> None:
        if self._session is not None:
            with suppress(SQLAlchemyError):
                self._session.invalidate()
                self._session.close()
            self._session = None

    def _look_at(self, holder: Row[Any]) -> None:
        """Count how often its sign of life stood still, also from one wait to the next."""
        role = self._role_of(holder.usename)
        if role is None:
            return
        with engine(self._settings, role).connect() as pooled:
            session = pooled.execution_options(isolation_level="AUTOCOMMIT")
            values = {"pid": holder.pid, "suffix": SUFFIX}
            found = session.execute(_SIGN_OF, values).one_or_none()
            if found is None:
                return
            before, looks = self._silent.get(holder.pid, (None, 0))
            looks = looks + 1 if found.sign == before else 0
            self._silent[holder.pid] = found.sign, looks
            if looks < self._most_looks:
                return
            log.warning(
                "ending session %s of %s (%s): we wait for a lock of it, and its process has shown "
                "no sign of life for %.0f s; what it has not committed is rolled back",
                holder.pid, holder.usename, holder.application_name, looks * self._interval,
            )  # fmt: skip
            session.execute(_END, {"pid": holder.pid, "backend_start": found.backend_start})

    def _role_of(self, server_name: str) -> str | None:
        """The role that has this name on the server, if it is one of ours with a password here."""
        for role in (*ROLES, OWNER):
            with suppress(ConfigurationError):
                if role_url(self._settings, role).username == server_name:
                    return role
        return None
