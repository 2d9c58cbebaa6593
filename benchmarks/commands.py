"""Commands of the warehouse, as a person runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run_command(state: Path, name: str) -> None:
    """`warehouse NAME` for the warehouse in that folder, progress on standard error.

    Raises CalledProcessError when it ends with an error.
    """
    program = Path(sys.executable).with_name("warehouse")
    environment = {**os.environ, "WAREHOUSE_STATE": str(state)}
    subprocess.run([program, name], env=environment, check=True, stdout=subprocess.DEVNULL)
