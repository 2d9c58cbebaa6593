"""A file that cannot be read stops none of its neighbours; a whole place that cannot, does."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import SecretStr

from claim_files import FACILITY, claim_file, dossier, write
from health_warehouse.errors import SourceUnavailable
from health_warehouse.landing import inbox, places, search
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new, look
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.reingest import reingest
from health_warehouse.landing.replay import replay
from health_warehouse.landing.scope import Scope
from health_warehouse.orchestration.feed_tasks import list_new_files as listing_task
from health_warehouse.orchestration.feed_tasks import load_batch as loading_task
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, query
from sftp_server import PASSWORD, SftpServer, serving

SECRET = "NGUYỄN VĂN AN.xml"
_LOADED = "select distinct dossier_id from ops.dossier_versions order by 1"


def _three(settings: Settings) -> Path:
    deliver(settings, "a.xml", claim_file([dossier("A")]))
    bad = deliver(settings, SECRET, claim_file([dossier("B")]))
    deliver(settings, "c.xml", claim_file([dossier("C")]))
    return bad


def _fail(monkeypatch: pytest.MonkeyPatch, module: Any, call: str, path: Path, number: int) -> None:
    """The kernel's answer about one path: no filesystem at hand gives it for the asking."""
    genuine = getattr(module.os, call)

    def fails(name: Any, *arguments: Any, **options: Any) -> Any:
        if os.fspath(name) == str(path):
            raise OSError(number, os.strerror(number), str(name))
        return genuine(name, *arguments, **options)

    monkeypatch.setattr(module.os, call, fails)


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EUCLEAN, errno.ETIMEDOUT])
def test_a_file_that_cannot_be_opened_leaves_its_neighbours_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    bad = _three(settings)
    with monkeypatch.context() as kernel:
        _fail(kernel, inbox, "open", bad, number)
        for _ in range(2):  # and it goes on being told
            with pytest.raises(SourceUnavailable, match="1 files were not taken") as told:
                ingest(settings, list_new(settings))
            assert os.strerror(number) in str(told.value)
            assert "NGUYỄN" not in str(told.value)
            assert query(settings, _LOADED) == [("A",), ("C",)]
    ingest(settings, list_new(settings))
    assert query(settings, _LOADED) == [("A",), ("B",), ("C",)]


def test_a_file_that_cannot_be_looked_at_hides_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = _three(settings)
    _fail(monkeypatch, search, "lstat", bad, errno.ESTALE)
    listing = look(settings)
    assert [delivery.file_name for delivery in listing.new] == ["a.xml", "c.xml"]
    assert listing.unreadable == [f"something in it cannot be listed: {os.strerror(errno.ESTALE)}"]


def test_a_folder_that_cannot_be_listed_hides_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(settings, "a.xml", claim_file([dossier("A")]))
    bad = deliver(settings, "b/b.xml", claim_file([dossier("B")])).parent
    _fail(monkeypatch, search, "scandir", bad, errno.EIO)
    listing = look(settings)
    assert [delivery.file_name for delivery in listing.new] == ["a.xml"]
    with pytest.raises(SourceUnavailable, match="cannot be listed: Input/output error"):
        ingest(settings, listing.new, unreadable=listing.unreadable)
    assert query(settings, _LOADED) == [("A",)]


def test_a_place_that_cannot_be_listed_stops_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = _three(settings)
    found = list_new(settings)
    _fail(monkeypatch, inbox, "open", bad, errno.ESTALE)
    _fail(monkeypatch, places, "scandir", bad.parent, errno.ESTALE)
    with pytest.raises(SourceUnavailable, match="the place of a file"):
        ingest(settings, found)
    with pytest.raises(SourceUnavailable):
        list_new(settings)


def test_a_place_that_is_gone_stops_all_and_is_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = _three(settings)
    found = list_new(settings)
    _fail(monkeypatch, inbox, "open", bad, errno.EIO)
    _fail(monkeypatch, places, "scandir", bad.parent, errno.ENOENT)
    with pytest.raises(SourceUnavailable, match="is gone") as told:
        ingest(settings, found)
    assert told.value.retry


def test_tasks_load_the_neighbours_and_then_fail(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: settings)
    bad = _three(settings)
    (batch,) = listing_task.function("claims")
    _fail(monkeypatch, inbox, "open", bad, errno.EIO)
    with pytest.raises(Exception, match="1 files were not taken"):
        loading_task.function(batch)
    assert query(settings, _LOADED) == [("A",), ("C",)]


def test_a_link_to_a_folder_is_not_followed(settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    write(elsewhere, "b.xml", claim_file([dossier("B")]))
    deliver(settings, "a.xml", claim_file([dossier("A")]))
    (settings.state / "inbox" / "link").symlink_to(elsewhere)
    (settings.state / "inbox" / "round").symlink_to(settings.state / "inbox")
    listing = look(settings)
    assert [delivery.file_name for delivery in listing.new] == ["a.xml"]
    assert listing.unreadable == []


def test_an_archive_that_takes_no_changes_is_unavailable(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(settings, "a.xml", claim_file([dossier("A")]))
    (delivery,) = list_new(settings)
    draft = settings.state / "archive" / ".incoming" / "draft"
    draft.parent.mkdir(parents=True)
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: draft.name)
    filesystem = "fsspec.implementations.local.LocalFileSystem"

    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(draft))

    for call in ("makedirs", "rm_file", "open"):
        monkeypatch.setattr(f"{filesystem}.{call}", refuse)
    with pytest.raises(SourceUnavailable, match="Read-only file system"):
        store(settings, delivery)


def test_a_kept_file_that_cannot_be_read_stops_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = _three(settings)
    digest = sha256(bad.read_bytes()).hexdigest()
    load_all(settings)
    judge(settings)
    kept = settings.state / "archive" / digest[:2] / f"{digest}.xml"
    content = kept.read_bytes()
    kept.unlink()
    kept.mkdir()  # what is no file cannot be read, by whoever asks
    report = reingest(settings, Scope.required(FACILITY, None, None))
    assert (report.files, report.left) == (2, 1)
    replay(settings)  # all of it is known
    kept.rmdir()
    kept.write_bytes(content)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with serving(tmp_path_factory.mktemp("served")) as server:
        yield server


def test_a_file_that_a_server_fails_to_read_leaves_its_neighbours_alone(
    settings: Settings, server: SftpServer
) -> None:
    for name in ("A", "B", "C"):
        write(server.root, f"{name}.xml", claim_file([dossier(name)]))
    connection = {"password": PASSWORD, "extra": {"host_key": server.public_key()}}
    remote = settings.model_copy(
        update={"inbox": server.url, "inbox_connection": SecretStr(json.dumps(connection))}
    )

    def broken(path: str) -> None:
        if path.endswith("B.xml"):
            raise asyncssh.SFTPFailure("bad sector")

    server.before_read = broken
    with pytest.raises(SourceUnavailable, match="1 files were not taken"):
        ingest(remote, list_new(remote))
    assert query(remote, _LOADED) == [("A",), ("C",)]
    server.before_read = None
    ingest(remote, list_new(remote))
    assert query(remote, _LOADED) == [("A",), ("B",), ("C",)]
