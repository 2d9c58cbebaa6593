"""What `.zip` and `.gz` deliveries have in common: their claim files, and the bounds on them.

A name inside a bundle is data: it is stored and shown, and no path is ever made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from health_warehouse.errors import FileUnreadable
from health_warehouse.settings import Settings

CHUNK_BYTES = 64 * 1024
BUNDLE_SUFFIXES = (".zip", ".gz")
NESTED_SUFFIXES = (*BUNDLE_SUFFIXES, ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst")
# Short files of repeated elements pack tighter than a ratio that stops bombs, and harm nobody.
_FREE_BYTES = 10 * 1024**2


@dataclass(frozen=True, slots=True)
class Member:
    """One claim file in a bundle. `chunks` are its bytes unpacked, to be read before the next
    member; reading raises FileUnreadable when it cannot be unpacked within the bounds."""

    name: str
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one bundle may unpack to; sizes in bytes. Each setting is named in the reasons."""

    members: int
    total_bytes: int
    file_bytes: int
    ratio: int

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        return cls(
            settings.max_bundle_members,
            settings.max_bundle_bytes,
            settings.max_file_bytes,
            settings.max_compression_ratio,
        )

    def require_size(self, byte_count: int, packed_bytes: int) -> None:
        """Raises FileUnreadable when a member of that size, unpacked and packed, is too large."""
        if byte_count > self.file_bytes:
            raise FileUnreadable(
                "F01", f"unpacked larger than {self.file_bytes} bytes (WAREHOUSE_MAX_FILE_BYTES)"
            )
        if byte_count > max(_FREE_BYTES, self.ratio * packed_bytes):
            raise FileUnreadable(
                "F01",
                f"packed tighter than {self.ratio} to 1 (WAREHOUSE_MAX_COMPRESSION_RATIO)",
            )

    def require_total(self, byte_count: int) -> None:
        if byte_count > self.total_bytes:
            raise FileUnreadable(
                "F01",
                f"its files unpack to more than {self.total_bytes} bytes together "
                "(WAREHOUSE_MAX_BUNDLE_BYTES)",
            )

    def require_members(self, count: int) -> None:
        if count > self.members:
            raise FileUnreadable(
                "F01", f"holds more than {self.members} files (WAREHOUSE_MAX_BUNDLE_MEMBERS)"
            )

    def watched(self, chunks: Iterator[bytes], packed_bytes: int) -> Iterator[bytes]:
        """The same chunks; stops with FileUnreadable as soon as they are too many."""
        byte_count = 0
        for chunk in chunks:
            byte_count += len(chunk)
            self.require_size(byte_count, packed_bytes)
            yield chunk


def is_bundle(file_name: str) -> bool:
    return file_name.lower().endswith(BUNDLE_SUFFIXES)


def is_nested(name: str) -> bool:
    """An archive by its name. None is opened inside another: depth is how such bombs multiply."""
    return name.lower().endswith(NESTED_SUFFIXES)


def base_name(name: str) -> str:
    """The last part of a name inside a bundle, written with the separators of any system."""
    return name.replace("\\", "/").rpartition("/")[2]


def nested() -> FileUnreadable:
    return FileUnreadable("F01", "an archive inside an archive is not opened; send it by itself")
