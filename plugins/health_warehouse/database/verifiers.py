"""Passwords of roles as the server keeps them, so that no statement, and no log of one, has them.

`log_statement = ddl`, a statement that fails and pg_stat_activity show statements as they were sent
(PostgreSQL documentation, ALTER ROLE, notes).
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql


def verifier(connection: psycopg.Connection[Any], role: str, password: str) -> sql.Literal:
    """What stands after `password` in CREATE ROLE and ALTER ROLE: SCRAM-SHA-256, freshly salted."""
    made = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return sql.Literal(made.decode())
