"""Which variables a running process was started with: read where Linux shows them."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

# The shell that starts a service adds these.
_OF_SHELLS = ("PWD", "OLDPWD", "SHLVL", "_")
SYSTEM = ("PATH", "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
_PROGRAM = (
    *SYSTEM,
    *("HOME", "USER", "LOGNAME"),
    *("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
    *("PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLCRL"),
)
_NETWORK = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)
_AIRFLOW = (
    *_PROGRAM,
    *("AIRFLOW_HOME", "AIRFLOW__*", "PYTHONUNBUFFERED", "NO_COLOR"),
    *("DO_NOT_TRACK", "SCARF_ANALYTICS", "DBT_SEND_ANONYMOUS_USAGE_STATS"),
    *("GX_ANALYTICS_ENABLED", "ASTRONOMER_COSMOS_TELEMETRY"),
    "WAREHOUSE_STATE",
)
_READ_BY_TASKS = (
    *("DSN", "DSN_CONN_ID", "ROLE_PREFIX", "POSTGRES_VERSION", "POSTGRES_PORT"),
    *("AIRFLOW_PORT", "AIRFLOW_PARALLELISM", "AIRFLOW_DSN"),
    *("INBOX", "ARCHIVE", "INBOX_QUIET_SECONDS", "INBOX_CONN_ID", "INBOX_CONNECTION"),
    *("PERSON_KEY", "PERSON_KEY_VARIABLE", "MAX_*", "KEEP_*"),
    *("READER_CONNECTIONS", "SILENT_HOLDER_SECONDS", "LATE_DELIVERY_SECONDS"),
    *("FULL_BUILD_*", "HOLD_RELEASE_FOR"),
)
_READ_BY_ALERTS = (
    *("STATE", "DSN", "ROLE_PREFIX", "POSTGRES_VERSION", "POSTGRES_PORT"),
    *("AIRFLOW_DSN", "AIRFLOW_PORT", "ALERT_*"),
)
ALLOWED = {
    "postgres": SYSTEM,
    "api-server": _AIRFLOW,
    "dag-processor": _AIRFLOW,
    "triggerer": _AIRFLOW,
    "scheduler": (*_AIRFLOW, *_NETWORK, "AWS_*", *(f"WAREHOUSE_{name}" for name in _READ_BY_TASKS)),
    "alert-sender": (*_PROGRAM, *_NETWORK, *(f"WAREHOUSE_{name}" for name in _READ_BY_ALERTS)),
}
"""By service; this list is the test's own. A name that ends in `*` stands for all that begin so."""


def variables_of(pid: int) -> dict[str, str]:
    """By name. A process that writes its title over the place has fewer, and never others."""
    pairs = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    split = (pair.decode(errors="replace").partition("=") for pair in pairs)
    return {name: value for name, equals, value in split if equals}


def not_allowed(service: str, found: Mapping[str, str]) -> set[str]:
    """Names of variables that the service has and does not need."""
    allowed = (*ALLOWED[service], *_OF_SHELLS)
    return {name for name in found if not any(fnmatchcase(name, one) for one in allowed)}
