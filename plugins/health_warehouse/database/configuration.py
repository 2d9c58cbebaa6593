"""What the embedded Postgres is configured to, on the machine that it finds itself on."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

_MEGABYTE = 1 << 20
RESERVED = 20
"""Connections that readers cannot take (roles.yml, reserved_slots)."""
_LEAST_BUFFERS, _MOST_BUFFERS = 256, 4096
_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def configuration() -> str:
    """The text of its configuration file.

    log_…: rows of patients stay out of the server's log (a COPY error prints a whole row).
    """
    return f"""\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 120
reserved_connections = {RESERVED}
shared_buffers = '{buffers(memory())}MB'
work_mem = '32MB'
maintenance_work_mem = '128MB'
max_wal_size = '2GB'
checkpoint_timeout = '10min'
wal_compression = on
max_parallel_workers_per_gather = {helpers(len(os.sched_getaffinity(0)))}
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %a '
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""


def buffers(memory_bytes: int) -> int:
    """Megabytes of shared buffers: a sixteenth of the memory, for Airflow and the operating
    system's own cache want it, too. A table of more than a quarter of them is read past them, each
    time anew: with 256 MB that were 300,000 encounters."""
    return min(max(memory_bytes // 16 // _MEGABYTE, _LEAST_BUFFERS), _MOST_BUFFERS)


def helpers(cores: int) -> int:
    """Processes beside its own that help with a query: not more than there are other cores."""
    return min(cores - 1, 4)


def memory() -> int:
    """Bytes of memory that there are for us: of the machine, or of the container around us."""
    limits = [psutil.virtual_memory().total]
    for path in _CGROUP_LIMITS:
        if path.exists() and (limit := path.read_text().strip()).isdecimal():
            limits.append(int(limit))
    return min(limits)
