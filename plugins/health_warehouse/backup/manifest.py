"""What a backup says of itself. It comes last: a folder without it is no backup."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from health_warehouse.errors import ConfigurationError

_NAME = "manifest.json"
_FORMAT = 1


class KeptReader(BaseModel):
    """A login of `warehouse readers`; its password is among the secrets."""

    model_config = ConfigDict(frozen=True)

    name: str
    sees_hiv: bool
    reads_reports: bool = False


class Manifest(BaseModel):
    """`rows` by schema.table and `files` (sha256) by path in the folder, `/` between its parts.

    `owners`: relations that belong to one of our roles, without prefix, and not to the owner.
    `not_archived`: loaded files whose bytes the archive did not have.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = _FORMAT
    taken_at: datetime
    program: str
    revision: str | None
    postgres: int
    role_prefix: str
    has_airflow: bool
    rows: dict[str, int]
    owners: dict[str, str]
    readers: list[KeptReader]
    not_archived: list[str]
    files: dict[str, str]

    def write(self, folder: Path) -> None:
        (folder / _NAME).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Raises ConfigurationError when `folder` is no backup, or one of a newer format."""
    path = folder / _NAME
    try:
        found = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{folder} is no backup: {path} cannot be read") from error
    except ValidationError as error:
        raise ConfigurationError(
            f"{path} is damaged, or of a newer version of the warehouse"
        ) from error
    if found.format != _FORMAT:
        raise ConfigurationError(f"{path} has format {found.format}; this version reads {_FORMAT}")
    return found


def hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file below `folder`, by its path there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest(path) for path in paths}


def verify(folder: Path, manifest: Manifest) -> None:
    """Read every file again. Raises ConfigurationError naming the first that lacks or differs."""
    for name, sha256 in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise ConfigurationError(f"{path} is missing: take another backup, this one is damaged")
        if digest(path) != sha256:
            raise ConfigurationError(
                f"{path} is not as it was written: take another backup, this one is damaged"
            )


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
