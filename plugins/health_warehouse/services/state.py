"""The state folder: its folders, their modes, and the lock that `up` and `down` take."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

Say = Callable[[str], None]

_PRIVATE_FOLDERS = ("secrets", "logs", "run", "airflow", "inbox", "archive")
# Root's stand-in, who runs Postgres, must get through to its own folder; it may list nothing.
_ROOT_MODE = 0o711
_USER_MODE = 0o700


def prepare(settings: Settings) -> None:
    """Make the state folder and what is always in it. Nothing outside of it is touched.

    Raises ConfigurationError when it cannot be written.
    """
    try:
        settings.state.mkdir(parents=True, exist_ok=True)
        settings.state.chmod(_ROOT_MODE if os.geteuid() == 0 else _USER_MODE)
        for name in _PRIVATE_FOLDERS:
            folder = settings.state / name
            folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"cannot use {settings.state} as state folder ({error.strerror}); "
            "set WAREHOUSE_STATE to a folder of yours"
        ) from error


def require_warehouse(settings: Settings) -> None:
    """Raises ConfigurationError when nothing was made here: WAREHOUSE_STATE may be mistyped."""
    if not settings.secrets_dir.is_dir():
        raise ConfigurationError(
            f"no warehouse in {settings.state}: run `warehouse up`, or set WAREHOUSE_STATE to the "
            "folder of one"
        )


@contextmanager
def locked(settings: Settings, say: Say) -> Iterator[None]:
    """Hold the state folder's lock; wait for who has it. The kernel frees it with the process."""
    with (settings.state / "run" / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another `warehouse up` or `down` is at work here; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def want(settings: Settings) -> None:
    """Note that the services should run from now on, also after the machine starts anew."""
    _wanted(settings).touch(mode=0o600)


def want_no_more(settings: Settings) -> None:
    """Note that somebody stops the services."""
    _wanted(settings).unlink(missing_ok=True)


def is_wanted(settings: Settings) -> bool:
    """Whether `want` was the last that was noted."""
    return _wanted(settings).exists()


def _wanted(settings: Settings) -> Path:
    return settings.state / "run" / "wanted"


def write_private(path: Path, content: str | bytes) -> None:
    """Write `path` as one whole, mode 0600; text as UTF-8."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    data = content.encode() if isinstance(content, str) else content
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    aside.rename(path)
