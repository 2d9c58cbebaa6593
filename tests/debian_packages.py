"""Programs of Debian's packages for tests: what is installed, else fetched, without being root.

Fetched packages stay in the state folder's cache. Only what apt would add to this machine is taken,
so the programs find the libraries that are there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

STATE = Path(sys.prefix).parent  # the test environment is STATE/venv
_CACHE = STATE / "cache" / "debian"
_MIRROR = "http://deb.debian.org/debian"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclass(frozen=True)
class Programs:
    """`environment` is what the programs of `folders` need beside the usual."""

    folders: tuple[Path, ...]
    environment: dict[str, str]

    def path(self, name: str) -> Path:
        found = shutil.which(name, path=os.pathsep.join(map(str, self.folders)))
        assert found, f"there is no {name} in {self.folders}"
        return Path(found)


def programs(package: str, program: str, *, suite: str = "") -> Programs:
    """The programs of `package`, `program` among them.

    `suite` names another release of Debian, for a package that this one has too old; it is then
    always unpacked, and never installed.
    """
    installed = shutil.which(program)
    if installed and not suite:
        return Programs((Path(installed).parent,), {})
    root = _CACHE / (suite or "here") / package
    if not (root / "complete").exists():
        shutil.rmtree(root, ignore_errors=True)
        _fetch(package, suite, root)
        (root / "complete").touch()
    files = root / "files"
    shared = files / "usr/lib" / sysconfig.get_config_var("MULTIARCH")
    # Some libraries lie in a folder of their package, which programs know as /usr/lib/….
    private = {path.parent for path in shared.glob("*/lib*.so*")}
    libraries = [shared, files / "usr/lib", *sorted(private)]
    folders = [
        # Before the program of the same name in /usr/bin, which may be a script that reads /etc:
        # Chromium's stops where /etc/chromium.d is not there.
        files / "usr/lib" / package,
        files / "usr/bin",
        files / "usr/sbin",
        *(files / "usr/libexec").rglob("cli-plugins"),
    ]
    return Programs(
        tuple(folders), {"LD_LIBRARY_PATH": os.pathsep.join(str(path) for path in libraries)}
    )


def _fetch(package: str, suite: str, root: Path) -> None:
    for folder in ("lists/partial", "archives/partial", "packages", "files"):
        (root / folder).mkdir(parents=True)
    apt = _Apt(root, suite)
    apt.run("apt-get", "--quiet", "update")
    wanted = [package] if suite else apt.additions(package)
    apt.run("apt-get", "--quiet", "download", *wanted)
    for archive in sorted((root / "packages").glob("*.deb")):
        subprocess.run(["dpkg-deb", "--extract", archive, root / "files"], check=True)


@dataclass(frozen=True)
class _Apt:
    """apt with lists and cache of its own, so that it asks for no right of root."""

    root: Path
    suite: str

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [command[0], *self._options(), *command[1:]],
            cwd=self.root / "packages",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr[-2000:]}"
        return done.stdout

    def additions(self, package: str) -> list[str]:
        """The package and those that it needs and this machine lacks, as `name=version`."""
        plan = self.run("apt-get", "--simulate", "--no-install-recommends", "install", package)
        found = re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+)", plan, flags=re.MULTILINE)
        assert found, plan
        return [f"{name}={version}" for name, version in found]

    def _options(self) -> list[str]:
        options = {
            "Dir::State::lists": self.root / "lists",
            "Dir::Cache": self.root,
            "APT::Sandbox::User": "",
            "Debug::NoLocking": "true",
        }
        if self.suite:
            sources = self.root / "sources.list"
            sources.write_text(f"deb [signed-by={_KEYRING}] {_MIRROR} {self.suite} main\n")
            options |= {"Dir::Etc::sourcelist": sources, "Dir::Etc::sourceparts": "/dev/null"}
        return [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
