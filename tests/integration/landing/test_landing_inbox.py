"""What is taken from an inbox, and how its bytes reach the archive."""

from __future__ import annotations

import os
import socket
import stat
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import fsspec
import pytest

from claim_files import claim_file, dossier, write
from health_warehouse.errors import ConfigurationError, SourceUnavailable
from health_warehouse.landing import archive
from health_warehouse.landing.archive import store
from health_warehouse.landing.clock import CLOCK_DIFFERENCE
from health_warehouse.landing.delivery import FileChanged
from health_warehouse.landing.inbox import (
    list_new,
    look,
)
from health_warehouse.settings import Settings
from landing_steps import deliver, load_all, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)


def names(settings: Settings, *locations: str) -> list[str]:
    return [delivery.file_name for delivery in list_new(settings, locations)]


def test_claim_files_are_found_in_folders_oldest_first(settings: Settings) -> None:
    deliver(settings, "b.xml", b"b", NOON)
    deliver(settings, "96001/2026/a.XML", b"a", NOON + timedelta(hours=1))
    deliver(settings, "a.xml", b"a", NOON)
    assert names(settings) == ["a.xml", "b.xml", "a.XML"]


@pytest.mark.parametrize(
    "name", [".a.xml", ".git/a.xml", "a.xml.part", "a.xml.tmp", "a.csv.part", "Thumbs.db", "a.xml~"]
)
def test_unfinished_and_hidden_names_are_passed_over(settings: Settings, name: str) -> None:
    deliver(settings, name, b"x", NOON)
    assert names(settings) == []


def test_links_pipes_and_folders_are_passed_over(settings: Settings, tmp_path: Path) -> None:
    secret = write(tmp_path / "elsewhere", "secret.xml", b"secret")
    inbox = settings.state / "inbox"
    (inbox / "link.xml").symlink_to(secret)
    (inbox / "folder").symlink_to(secret.parent)
    (inbox / "empty.xml").mkdir()
    os.mkfifo(inbox / "pipe.xml")
    assert names(settings) == []


@pytest.mark.parametrize("kind", ["link", "pipe", "socket", "device"])
def test_a_person_who_names_what_is_no_regular_file_is_told_why(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    place = tmp_path / "a.xml"
    if kind == "link":
        place.symlink_to(write(tmp_path / "elsewhere", "a.xml", b"x"))
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "device":
        place = Path("/dev/null")
    with socket.socket(socket.AF_UNIX) as listener:
        if kind == "socket":
            listener.bind(str(place))
        wanted = "symbolic link" if kind == "link" else "pipe, a socket or a device"
        with pytest.raises(ConfigurationError, match=f"{place} is a .*{wanted}"):
            list_new(settings, [str(place)])


def test_a_file_swapped_for_a_link_is_not_followed(settings: Settings, tmp_path: Path) -> None:
    secret = write(tmp_path / "elsewhere", "secret.xml", b"secret")
    path = deliver(settings, "a.xml", b"sender", NOON)
    (delivery,) = list_new(settings)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(FileChanged):
        store(settings, delivery)
    assert list((settings.state / "archive").rglob("*.xml")) == []


def test_a_growing_file_waits_unless_a_person_names_it(settings: Settings) -> None:
    patient = settings.model_copy(update={"inbox_quiet_seconds": 60})
    path = deliver(settings, "young.xml", b"x")
    deliver(settings, "old.xml", b"x", NOON)
    deliver(settings, "clock_ahead.xml", b"x", datetime.now(UTC) + CLOCK_DIFFERENCE * 0.9)
    assert names(patient) == ["old.xml", "clock_ahead.xml"]
    assert names(patient, str(path)) == ["young.xml"]


def test_files_from_the_future_are_told_apart(settings: Settings) -> None:
    deliver(settings, "ahead.xml", claim_file([dossier()]), LATER)
    deliver(settings, "right.xml", b"x", NOON)
    listing = look(settings)
    assert [d.file_name for d in listing.new] == ["right.xml", "ahead.xml"]
    assert [d.file_name for d in listing.ahead] == ["ahead.xml"]
    assert look(settings, received_at=NOON).ahead == []


def test_a_file_from_the_future_is_put_right_by_an_earlier_receipt(settings: Settings) -> None:
    deliver(settings, "ahead.xml", claim_file([dossier()]), LATER)
    load_all(settings)
    deliver(settings, "again.xml", claim_file([dossier()]), LATER)
    load_all(settings, NOON)
    assert query(settings, "select received_at from ops.files") == [(NOON,)]


def test_a_time_of_receipt_in_the_future_is_refused(settings: Settings) -> None:
    deliver(settings, "one.xml", claim_file([dossier()]), NOON)
    with pytest.raises(ConfigurationError, match="lies in the future"):
        list_new(settings, received_at=LATER)


def test_a_name_is_never_read_as_a_location(settings: Settings, tmp_path: Path) -> None:
    secret = write(tmp_path, "secret.xml", b"secret")
    path = deliver(settings, f"zip::{str(secret).replace('/', '_')}", b"x", NOON)
    found = list_new(settings, [str(path)])
    assert [d.path for d in found] == [str(path)]


def test_names_that_are_not_text_or_very_long_are_kept_apart(settings: Settings) -> None:
    for name in (b"\xff.xml", b"\xfe.xml"):
        inbox = os.fsencode(settings.state / "inbox")
        with open(inbox + b"/" + name, "wb") as file:  # noqa: PTH123 - pathlib has no bytes
            file.write(claim_file([dossier()]))
    deep = "/".join(["x" * 200] * 15)
    deliver(settings, f"{deep}/a.xml", claim_file([dossier("A2")]))
    deliver(settings, f"{deep}/b.xml", claim_file([dossier("A3")]))
    assert sorted(r.outcome for r in load_all(settings)) == ["duplicate"] + ["loaded"] * 3
    assert query(settings, "select count(distinct uri) from ops.file_receipts") == [(4,)]
    assert list_new(settings) == []


def test_a_location_that_is_not_there_is_unavailable(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="neither a file nor a folder"):
        list_new(settings, [str(tmp_path / "nowhere")])
    with pytest.raises(SourceUnavailable, match="cannot be listed"):
        list_new(settings, ["nosuchprotocol://x"])


def test_any_fsspec_location_serves_as_inbox_and_archive(settings: Settings) -> None:
    memory = fsspec.filesystem("memory")
    content = claim_file([dossier()])
    memory.pipe("/bucket/in/one.xml", content)
    try:
        remote = settings.model_copy(
            update={"inbox": "memory://bucket/in", "archive": "memory://bucket/kept"}
        )
        assert [r.outcome for r in load_all(remote)] == ["loaded"]
        digest = sha256(content).hexdigest()
        assert memory.cat(f"/bucket/kept/{digest[:2]}/{digest}.xml") == content
        assert memory.ls("/bucket/kept/.incoming") == []
        assert list_new(remote) == []
    finally:
        memory.rm("/bucket", recursive=True)


def test_bytes_are_kept_unchanged_once_and_read_only(settings: Settings) -> None:
    content = claim_file([dossier()])
    deliver(settings, "one.xml", content, NOON)
    deliver(settings, "two.xml", content, NOON)
    digests = {store(settings, delivery).sha256 for delivery in list_new(settings)}
    assert digests == {sha256(content).hexdigest()}
    (kept,) = (settings.state / "archive").rglob("*.xml")
    assert kept.read_bytes() == content
    assert stat.S_IMODE(kept.stat().st_mode) & 0o333 == 0
    assert list((settings.state / "archive" / ".incoming").iterdir()) == []


@pytest.mark.parametrize("change", ["append", "replace", "remove"])
def test_a_file_that_changes_while_copied_is_left_for_next_time(
    settings: Settings, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = deliver(settings, "one.xml", b"<first/>", NOON)
    (delivery,) = list_new(settings)
    digest = archive._digest

    def copy_then_change(*arguments: Any) -> tuple[str, int]:
        copied = digest(*arguments)
        if change == "remove":
            path.unlink()
        else:
            path.write_bytes(b"<first/>more" if change == "append" else b"<other/>")
        return copied

    monkeypatch.setattr(archive, "_digest", copy_then_change)
    with pytest.raises(FileChanged):
        store(settings, delivery)
    assert [p for p in (settings.state / "archive").rglob("*") if p.is_file()] == []


def test_listing_what_is_known_reads_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(300):
        deliver(settings, f"{number}.xml", claim_file([]), NOON + timedelta(seconds=number))
    assert len(load_all(settings)) == 300
    monkeypatch.setattr(archive, "read_chunks", None)
    started = time.monotonic()
    assert list_new(settings) == []
    assert time.monotonic() - started < 5
