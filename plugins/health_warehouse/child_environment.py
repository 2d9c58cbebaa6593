"""Which variables each kind of process that we start gets: allow-lists, in this one place.

A process shows its environment to whoever may read it: a superuser of Postgres reads that of the
server by SQL. So a variable that is not listed here reaches nobody, be it a setting of ours, of
another Airflow, or a password that somebody exported in the shell that ran `warehouse up`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

from health_warehouse.settings import PREFIX, Settings, inherited_environment

_SYSTEM = ("PATH", "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
_PERSON = ("HOME", "USER", "LOGNAME")
_PYTHON = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_DATABASE_TLS = ("PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLCRL")
_BUCKET = ("AWS_*",)  # the machine's own role, where the inbox in S3 has no login

_SERVICE = (*_SYSTEM, *_PERSON, *_PYTHON, *_DATABASE_TLS)
_CALLS_OUT = (*_SERVICE, *_CERTIFICATES, *_PROXIES)
_WHERE = ("STATE", "DSN", "ROLE_PREFIX", "POSTGRES_VERSION", "POSTGRES_PORT")


@dataclass(frozen=True)
class Needs:
    """Patterns of names: `machine` of variables that are passed on, `settings` of our settings,
    without their prefix; of those, `never` wins."""

    machine: tuple[str, ...]
    settings: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class Child(Enum):
    """The kinds of processes that we start."""

    POSTGRES = Needs(_SYSTEM)
    DATABASE_PROGRAM = Needs((*_SYSTEM, *_PERSON))
    """pg_dump and pg_restore, whose password is given by the caller."""
    AIRFLOW_SERVICE = Needs(_SERVICE, ("STATE", "FEEDS"))
    """API server, DAG processor, triggerer: of ours the second reads where contracts are."""
    TASKS = Needs((*_CALLS_OUT, *_BUCKET), ("*",), ("ALERT_*",))
    """The scheduler, for the tasks that it starts; alerts are no task."""
    ALERT_SENDER = Needs(_CALLS_OUT, (*_WHERE, "AIRFLOW_DSN", "AIRFLOW_PORT", "ALERT_*"))
    METRICS = Needs(_SERVICE)
    """MetricFlow, whose login is given by the caller."""
    GENERATOR = Needs((*_SYSTEM, *_PERSON, *_PYTHON), ("STATE",))
    """`warehouse synth`, which writes the files of the demo."""


def passed_on(child: Child) -> dict[str, str]:
    """What a process of that kind gets of the environment of whoever starts it."""
    return {n: v for n, v in inherited_environment().items() if _is_named(n, child.value.machine)}


def settings_for(child: Child, settings: Settings) -> dict[str, str]:
    """The settings that a process of that kind reads, as variables."""
    needs = child.value
    return {
        name: value
        for name, value in settings.as_environment().items()
        if _is_named(name.removeprefix(PREFIX), needs.settings)
        and not _is_named(name.removeprefix(PREFIX), needs.never)
    }


def _is_named(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
