"""Make the files of a small province and move them into the inbox, each as one whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from health_warehouse.child_environment import Child, passed_on, settings_for
from health_warehouse.errors import ConfigurationError
from health_warehouse.private_files import write_private
from health_warehouse.services.state import Say
from health_warehouse.settings import Settings

# Enough for every outcome to appear, small enough for two cores to publish it in a minute.
PROVINCE = {"facilities": 11, "days": 21, "dossiers": 2000, "seed": 20260701, "defects": 0.02}


def deliver(settings: Settings, say: Say) -> list[str]:
    """URLs of the files (in bundles one by one) delivered now, or by an earlier call.

    A delivery that was cut off is finished.
    """
    outbox, urls = _folder(settings) / "outbox", _list(settings)
    filesystem, root = fsspec.url_to_fs(settings.inbox)
    if not urls.exists():
        say("making the files of a small synthetic province")
        _generate(settings, outbox)
        places = [
            filesystem.unstrip_protocol(f"{root}/{path.relative_to(outbox)}") + member
            for path in _files(outbox)
            for member in _members(path)
        ]
        write_private(urls, "".join(f"{place}\n" for place in places))
    remaining = _files(outbox)
    if remaining:
        say(f"moving {len(remaining)} files into the inbox {settings.inbox}")
    for path in remaining:
        _move(path, filesystem, f"{root}/{path.relative_to(outbox).parent}")
    return urls.read_text().splitlines()


def delivered_at(settings: Settings) -> datetime:
    """When the files were made, which is just before they were moved. UTC."""
    return datetime.fromtimestamp(_list(settings).stat().st_mtime, UTC)


def _folder(settings: Settings) -> Path:
    return settings.state / "demo"


def _list(settings: Settings) -> Path:
    return _folder(settings) / "delivered.txt"


def _generate(settings: Settings, outbox: Path) -> None:
    log = settings.logs_dir / "demo-synth.log"
    shutil.rmtree(outbox, ignore_errors=True)
    outbox.parent.mkdir(exist_ok=True, mode=0o700)
    program = str(Path(sys.executable).parent / "warehouse")
    options = [f"--{name}={value}" for name, value in PROVINCE.items()]
    with log.open("wb") as output:
        done = subprocess.run(
            [program, "synth", str(outbox), "--lists", *options],
            env=passed_on(Child.GENERATOR) | settings_for(Child.GENERATOR, settings),
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode:
        raise ConfigurationError(f"the synthetic province could not be made; read {log}")


def _files(outbox: Path) -> list[Path]:
    return sorted(path for path in outbox.glob("*/*") if path.is_file())


def _members(path: Path) -> list[str]:
    """What the ledger puts behind the URL of a file: nothing, or its place in the bundle."""
    if path.suffix == ".gz":
        return [f"!/{path.stem}"]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as bundle:
            return [f"!/{name}" for name in bundle.namelist()]
    return [""]


def _move(path: Path, filesystem: Any, folder: str) -> None:
    """Write aside, then rename: whoever lists the inbox sees the whole file or none.

    In a local inbox the modification time stays; it is when the file counts as received.
    """
    aside, place = f"{folder}/.{path.name}.part", f"{folder}/{path.name}"
    filesystem.makedirs(folder, exist_ok=True)
    if isinstance(filesystem, LocalFileSystem):
        shutil.move(path, aside)
        Path(aside).rename(place)
    else:
        filesystem.put_file(str(path), aside)
        filesystem.mv(aside, place)
        path.unlink()
