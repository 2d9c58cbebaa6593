"""`scripts/environment.sh` on machines that lack something: it says what to install.

The programs that it calls are stood in for by stubs, first on PATH.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from health_warehouse.settings import PROJECT_DIR

_NO_ENSUREPIP = f"""\
#!/bin/sh
# Debian's python3 before python3-venv is installed
if [ "$1 $2" = "-m venv" ]; then echo "ensurepip is not available" >&2; exit 1; fi
exec {sys.executable} "$@"
"""
_TOO_OLD = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    folder = tmp_path / "stubs"
    folder.mkdir()
    return folder


def _stub(folder: Path, name: str, content: str) -> None:
    path = folder / name
    path.write_text(content)
    path.chmod(0o755)


def _run(stubs: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROJECT_DIR / "scripts/environment.sh", "runtime"],
        env={
            "PATH": f"{stubs}:{os.environ['PATH']}",
            "PYTHON": "python-of-the-test",
            "WAREHOUSE_STATE": str(tmp_path / "state"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_python_that_cannot_make_environments_is_told_to_who_is_not_root(
    stubs: Path, tmp_path: Path
) -> None:
    _stub(stubs, "python-of-the-test", _NO_ENSUREPIP)
    _stub(stubs, "id", "#!/bin/sh\necho 1000\n")
    done = _run(stubs, tmp_path)
    assert done.returncode == 1
    assert "on Debian, as root: apt-get install python3-venv" in done.stderr


def test_root_gets_it_installed_or_is_told_that_this_failed(stubs: Path, tmp_path: Path) -> None:
    _stub(stubs, "python-of-the-test", _NO_ENSUREPIP)
    _stub(stubs, "id", "#!/bin/sh\necho 0\n")
    _stub(stubs, "apt-get", f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ "$1" = update ]\n')
    done = _run(stubs, tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "asked").read_text() == "update -q\ninstall -yq python3-venv\n"
    assert "apt-get could not install python3-venv; install it by hand" in done.stderr


def test_python_of_another_version_is_told_with_a_way_out(stubs: Path, tmp_path: Path) -> None:
    _stub(stubs, "python-of-the-test", _TOO_OLD)
    done = _run(stubs, tmp_path)
    assert done.returncode == 1
    assert "Python 3.11 is needed" in done.stderr
    assert "make PYTHON=/path/to/python3.11" in done.stderr
