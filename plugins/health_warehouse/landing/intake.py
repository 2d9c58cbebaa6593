"""From a delivery to archived claim files: the file itself, or every one in a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.landing.archive import ArchivedFile, open_archived, store, store_chunks
from health_warehouse.landing.bundles import Bounds, Member, base_name, is_bundle
from health_warehouse.landing.delivery import Delivery, ReceivedAt, printable
from health_warehouse.landing.gzip_bundle import gzip_member
from health_warehouse.landing.receipts import remember_bundle
from health_warehouse.landing.routing import is_read_name, path_below
from health_warehouse.landing.zip_bundle import zip_members
from health_warehouse.settings import Settings


class Intake:
    """The claim files of one delivery, each archived when it is asked for: whoever iterates loads
    one before the next is unpacked. A bundle is archived as sent, and read from there.

    Asking raises FileChanged and SourceUnavailable. When every file is in the ledger, `note_taken`;
    otherwise the next run takes the delivery up again, and what was loaded is known.
    """

    def __init__(self, settings: Settings, delivery: Delivery) -> None:
        self._settings = settings
        self._delivery = delivery
        self._bundle: ArchivedFile | None = None
        self._count = 0

    def __iter__(self) -> Iterator[tuple[Delivery, ArchivedFile]]:
        archived = store(self._settings, self._delivery)
        if not is_bundle(self._delivery.file_name) or archived.refusal is not None:
            yield self._delivery, archived
            return
        self._bundle = archived
        try:
            with open_archived(self._settings, archived) as stream:
                bounds = Bounds.of(self._settings)
                for member in self._members(stream, archived.byte_count, bounds):
                    yield _unpacked(self._settings, self._delivery, archived, member, self._count)
                    self._count += 1
        except FileUnreadable as refusal:
            yield self._delivery, replace(archived, refusal=refusal)

    def note_taken(self, received_at: ReceivedAt) -> None:
        """A bundle is not listed again. (A file by itself has its receipt.)"""
        if self._bundle is not None:
            remember_bundle(
                self._settings, self._delivery, self._bundle.sha256, self._count, received_at
            )

    def _members(self, stream: BinaryIO, byte_count: int, bounds: Bounds) -> Iterator[Member]:
        name = self._delivery.file_name
        if not name.lower().endswith(".zip"):
            return iter([gzip_member(stream, name, byte_count, bounds)])
        contracts = catalogue(self._settings)
        bundle = path_below(self._settings, self._delivery.uri)
        return zip_members(
            stream, byte_count, bounds, lambda member: is_read_name(contracts, f"{bundle}/{member}")
        )


def _unpacked(
    settings: Settings, bundle: Delivery, archived: ArchivedFile, member: Member, place: int
) -> tuple[Delivery, ArchivedFile]:
    """A file of a bundle, kept; or with the reason why not, under a hash that stands for it."""
    try:
        kept = store_chunks(settings, member.chunks)
    except FileUnreadable as refusal:
        stand_in = f"{archived.sha256}!/{place}/{printable(member.name)}"
        kept = ArchivedFile(sha256(stand_in.encode()).hexdigest(), 0, refusal=refusal)
    delivery = replace(
        bundle,
        uri=printable(f"{bundle.uri}!/{member.name}"),
        file_name=printable(base_name(member.name)),
        byte_count=kept.byte_count,
    )
    return delivery, kept
