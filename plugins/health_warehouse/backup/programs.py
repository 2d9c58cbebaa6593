"""pg_dump and pg_restore of the embedded Postgres, for that server and for any other one."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.pq import Conninfo
from sqlalchemy import URL

from health_warehouse.child_environment import Child, passed_on
from health_warehouse.database.seat import programs_of
from health_warehouse.errors import WarehouseError

WORKERS = "2"  # sessions at once; each takes a table at a time


class ProgramFailed(WarehouseError):
    """pg_dump or pg_restore ended with an error, which is the message."""


def run(program: str, server_major: int, url: URL, options: Sequence[str | Path]) -> str:
    """Run `program` against the database of `url`; what it printed. Raises ProgramFailed.

    pg_dump 16 for a server 16, else that of 18: a dump by 18 holds settings that 16 refuses. The
    password goes by the environment, which only this user can read; a command line all can.
    """
    version = "16" if server_major == 16 else "18"
    done = subprocess.run(
        [programs_of(version) / program, "--no-password", *options],
        env=_environment(url),
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise ProgramFailed(f"{program} failed: {_reasons(done.stderr)}")
    return done.stdout


def _environment(url: URL) -> dict[str, str]:
    """Each part of the URL by libpq's own name; nothing else that libpq would read."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    given = {
        part.envvar.decode(): part.val.decode()
        for part in Conninfo.parse(address.encode())
        if part.envvar is not None and part.val is not None
    }
    return passed_on(Child.DATABASE_PROGRAM) | given


def _reasons(stderr: str) -> str:
    """Its errors without rows: CONTEXT of a failed COPY quotes the line, DETAIL the key."""
    told = [line for line in stderr.splitlines() if "error: " in line or "ERROR: " in line]
    return "; ".join(told[:3]) or "no reason given"
