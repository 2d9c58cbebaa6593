"""Parsing opens no file and no socket, whatever a file asks for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

WATCHER = Path(__file__).with_name("parse_and_watch.py")


def test_nothing_is_opened_while_parsing() -> None:
    done = subprocess.run(
        [sys.executable, str(WATCHER)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report.pop("parsed") > 200
    assert report == {"audited": [], "opened": 0, "connected": 0}
