"""MetricFlow's command asks nobody whether there is a newer version."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

_OURS = [sys.executable, "-m", "health_warehouse.release.mf"]
_THEIRS = [str(Path(sys.executable).parent / "mf")]


@pytest.mark.parametrize(("command", "asks"), [(_OURS, False), (_THEIRS, True)])
def test_the_command_as_it_comes_calls_out_and_ours_does_not(
    command: list[str], asks: bool, tmp_path: Path
) -> None:
    """A proxy would take the call; the folder has no project, so both end at once."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        environment = {**os.environ, "HTTPS_PROXY": address, "https_proxy": address}
        environment |= {"TMPDIR": str(tmp_path), "NO_PROXY": "", "no_proxy": ""}
        done = subprocess.run(
            [*command, "list", "metrics"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "dbt_project.yml" in done.stdout
        if asks:
            caller, _ = proxy.accept()
            caller.close()
        else:
            with pytest.raises(BlockingIOError):
                proxy.accept()
    assert (tmp_path / "update_checker_cache.pkl").exists() is asks
