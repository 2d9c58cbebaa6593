"""The JSON schema of an indicator's file: for editors and for `read`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from health_warehouse.feeds.schema import Schema

PATH = Path(__file__).with_name("indicator.schema.json")


@cache
def indicator_schema() -> Schema:
    """Of a whole file."""
    read: Schema = json.loads(PATH.read_text(encoding="utf-8"))
    return read
