"""A dump into an empty database, with pg_restore."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from sqlalchemy import URL

from health_warehouse.backup import programs

# A line of `pg_restore --list`: number of the entry; catalogue and oid; kind, schema, name, owner
_ROW_SECURITY = re.compile(r"[0-9]+; [0-9]+ [0-9]+ (ROW SECURITY|POLICY|COMMENT \S+ POLICY) ")


def load_dump(address: URL, server_major: int, dump: Path) -> None:
    """Tables, rows, keys; row security last. Raises ProgramFailed.

    Foreign keys are checked by queries of the owner. Row security is forced on him too, and in the
    order of pg_restore some tables have it, and no policy yet, when keys that lead there are made.
    """
    listed = programs.run("pg_restore", server_major, address, ["--list", dump]).splitlines()
    with tempfile.TemporaryDirectory() as folder:
        for name, is_security in (("rows", False), ("row_security", True)):
            entries = [line for line in listed if bool(_ROW_SECURITY.match(line)) == is_security]
            path = Path(folder, name)
            path.write_text("\n".join(entries) + "\n", encoding="utf-8")
            options = [*_options(address), f"--jobs={programs.WORKERS}", "--use-list", path, dump]
            programs.run("pg_restore", server_major, address, options)


def load_small_dump(address: URL, server_major: int, dump: Path) -> None:
    """All of it in one transaction. Raises ProgramFailed; then nothing is there."""
    options = [*_options(address), "--single-transaction", dump]
    programs.run("pg_restore", server_major, address, options)


def _options(address: URL) -> list[str | Path]:
    return ["--format=directory", "--exit-on-error", "--no-owner", "--no-acl",
            "--dbname", address.database or ""]  # fmt: skip
