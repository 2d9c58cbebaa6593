"""Anybody's words as a literal of SQL: labels and codes come from contracts."""

from __future__ import annotations


def literal(words: str) -> str:
    """A literal that holds no colon: SQLAlchemy, and so Great Expectations, takes a word behind
    one for a parameter, in a literal too."""
    if ":" not in words:
        return "'" + words.replace("'", "''") + "'"
    escaped = words.replace("\\", "\\\\").replace("'", "''").replace(":", "\\003A")
    return f"U&'{escaped}'"
