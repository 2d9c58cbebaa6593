"""An inbox on an SFTP server: a real one, on loopback."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import SecretStr

from claim_files import claim_file, dossier, write
from health_warehouse.errors import ConfigurationError, SourceDenied, SourceUnavailable
from health_warehouse.landing import inbox
from health_warehouse.landing.archive import store
from health_warehouse.landing.delivery import FileChanged
from health_warehouse.landing.inbox import list_new
from health_warehouse.settings import Settings
from landing_steps import load_all, query
from sftp_server import PASSWORD, USER, SftpServer, serving

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with serving(tmp_path_factory.mktemp("sftp")) as server:
        yield server


@pytest.fixture
def server(shared_server: SftpServer, tmp_path: Path) -> SftpServer:
    """The server with a folder of its own for this test."""
    shared_server.root = tmp_path / "served"
    shared_server.root.mkdir()
    shared_server.before_read = None
    shared_server.reads.clear()
    return shared_server


@pytest.fixture
def remote(settings: Settings, server: SftpServer) -> Settings:
    return reaching(settings, server)


def reaching(settings: Settings, server: SftpServer, **changes: Any) -> Settings:
    """Settings whose inbox is the server; `changes` of the connection, None takes a part away."""
    connection = {"password": PASSWORD, "extra": {"host_key": server.public_key()}} | changes
    secret = SecretStr(json.dumps({k: v for k, v in connection.items() if v is not None}))
    return settings.model_copy(update={"inbox": server.url, "inbox_connection": secret})


def put(server: SftpServer, name: str, content: bytes, at: datetime = NOON) -> Path:
    path = write((server.root / name).parent, Path(name).name, content)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_files_come_from_list_to_ledger_and_stay_where_they_are(
    remote: Settings, server: SftpServer
) -> None:
    content = claim_file([dossier()])
    path = put(server, "96001/2026 08/tháng 8 #1.xml", content)
    (delivery,) = list_new(remote)
    assert delivery.uri == f"sftp://127.0.0.1:{server.port}/96001/2026 08/tháng 8 #1.xml"
    assert (delivery.byte_count, delivery.modified_at) == (len(content), NOON)
    assert server.reads == []
    assert [result.outcome for result in load_all(remote)] == ["loaded"]
    assert query(remote, "select uri, received_at from vault.delivery_names") == [
        (delivery.uri, NOON)
    ]
    digest = sha256(content).hexdigest()
    assert (remote.state / f"archive/{digest[:2]}/{digest}.xml").read_bytes() == content
    assert path.read_bytes() == content


def test_the_second_listing_reads_nothing_again(remote: Settings, server: SftpServer) -> None:
    put(server, "a.xml", claim_file([dossier()]))
    load_all(remote)
    assert server.reads
    server.reads.clear()
    assert load_all(remote) == []
    assert server.reads == []


def test_a_bundle_comes_file_by_file(remote: Settings, server: SftpServer) -> None:
    put(server, "a.xml.gz", gzip.compress(claim_file([dossier()])))
    assert [result.outcome for result in load_all(remote)] == ["loaded"]
    uri = f"sftp://127.0.0.1:{server.port}/a.xml.gz!/a.xml"
    assert query(remote, "select uri, received_at from vault.delivery_names") == [(uri, NOON)]
    assert list_new(remote) == []


def test_what_is_no_finished_file_is_passed_over(remote: Settings, server: SftpServer) -> None:
    for name in ("a.xml.part", "a.xml.filepart", "a.xml.tmp", "a.crdownload", ".a.xml", ".b/a.xml"):
        put(server, name, b"x")
    (server.root / "folder.xml").mkdir()
    (server.root / "link.xml").symlink_to(put(server, ".real.txt", b"x"))
    assert list_new(remote) == []


def test_names_of_odd_bytes_are_kept_apart(remote: Settings, server: SftpServer) -> None:
    for name in (b"\xff.xml", b"\xfe.xml"):
        with open(os.fsencode(server.root) + b"/" + name, "wb") as file:  # noqa: PTH123
            file.write(claim_file([dossier(name.hex())]))
    assert [result.outcome for result in load_all(remote)] == ["loaded", "loaded"]
    assert list_new(remote) == []


def test_a_growing_file_waits_until_it_rests(
    remote: Settings, server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time is old, as a sender's clock or `put -p` may make it: only a second look tells."""
    patient = remote.model_copy(update={"inbox_quiet_seconds": 60})
    put(server, "rests.xml", b"<x/>")
    growing = put(server, "grows.xml", b"<x")
    waited = []

    def grow(seconds: float) -> None:
        waited.append(seconds)
        with growing.open("ab") as file:
            file.write(b"/>")

    monkeypatch.setattr(inbox.time, "sleep", grow)
    assert [delivery.file_name for delivery in list_new(patient)] == ["rests.xml"]
    monkeypatch.setattr(inbox.time, "sleep", waited.append)
    assert len(list_new(patient)) == 2
    assert waited == [60, 60]


def test_nothing_new_means_no_wait(
    remote: Settings, server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(server, "a.xml", claim_file([dossier()]))
    load_all(remote)
    monkeypatch.setattr(inbox.time, "sleep", None)
    assert list_new(remote.model_copy(update={"inbox_quiet_seconds": 60})) == []


def test_another_host_key_is_told_and_nothing_is_sent(
    settings: Settings, server: SftpServer
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(SourceDenied, match="another host key") as caught:
        list_new(reaching(settings, server, extra={"host_key": other}))
    assert not caught.value.retry
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    "extra", [{}, {"host_key": ""}, {"host_key": "AAAA"}, {"host_key": "ssh-ed25519 rubbish"}]
)
def test_without_a_host_key_nobody_is_called(
    settings: Settings, server: SftpServer, extra: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError, match="host_key"):
        list_new(reaching(settings, server, extra=extra))


def test_the_next_key_may_be_named_beside_the_present_one(
    settings: Settings, server: SftpServer
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    keys = f"{other}\n{server.public_key()}\n"
    assert list_new(reaching(settings, server, extra={"host_key": keys})) == []


def test_a_key_of_another_kind_than_the_servers_first_will_do(
    settings: Settings, server: SftpServer
) -> None:
    """Written as Airflow also takes it: the base64 alone."""
    second = server.public_key(1).split(" ")[1]
    assert list_new(reaching(settings, server, extra={"host_key": second})) == []


def test_a_wrong_password_is_denied(settings: Settings, server: SftpServer) -> None:
    with pytest.raises(SourceDenied, match="Permission denied for user province"):
        list_new(reaching(settings, server, password="wrong"))


def test_a_private_key_opens_too(settings: Settings, server: SftpServer) -> None:
    put(server, "a.xml", b"<x/>")
    key = server.client_key.export_private_key(passphrase="of the key").decode()
    extra = {"host_key": server.public_key(), "private_key": key}
    locked = reaching(settings, server, password=None, extra=extra)
    with pytest.raises(ConfigurationError, match="private_key"):
        list_new(locked)
    extra["private_key_passphrase"] = "of the key"
    assert len(list_new(reaching(settings, server, password=None, extra=extra))) == 1


def test_login_host_and_port_may_come_from_the_connection(
    settings: Settings, server: SftpServer
) -> None:
    put(server, "in/a.xml", b"<x/>")
    full = reaching(settings, server, login=USER, host="127.0.0.1", port=server.port)
    (delivery,) = list_new(full.model_copy(update={"inbox": "sftp:///in"}))
    assert delivery.uri == f"sftp://127.0.0.1:{server.port}/in/a.xml"


def test_credentials_are_for_the_server_of_the_inbox_only(
    remote: Settings, server: SftpServer
) -> None:
    with pytest.raises(ConfigurationError, match="only the server of WAREHOUSE_INBOX"):
        list_new(remote, ["sftp://elsewhere.example/in"])
    with pytest.raises(ConfigurationError, match="chain"):
        list_new(remote, [f"simplecache::{server.url}a.xml"])
    secret = remote.model_copy(update={"inbox": f"sftp://{USER}:{PASSWORD}@127.0.0.1/"})
    with pytest.raises(ConfigurationError, match="holds a password") as caught:
        list_new(secret)
    assert PASSWORD not in str(caught.value)


def test_a_server_that_is_down_is_unavailable(settings: Settings, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        gone = reaching(settings, server)
    with pytest.raises(SourceUnavailable) as caught:
        list_new(gone)
    assert caught.value.retry


def test_a_folder_that_is_not_there_is_unavailable(remote: Settings, server: SftpServer) -> None:
    with pytest.raises(SourceUnavailable, match="neither a file nor a folder"):
        list_new(remote.model_copy(update={"inbox": server.url + "nowhere"}))


def archived(settings: Settings) -> list[Path]:
    return [path for path in (settings.state / "archive").rglob("*") if path.is_file()]


def test_a_connection_lost_on_the_way_leaves_nothing_and_is_retried(
    remote: Settings, server: SftpServer
) -> None:
    put(server, "big.xml", claim_file([dossier(GHI_CHU="x" * 5_000_000)]))

    def drop(_path: str) -> None:
        if len(server.reads) == 50:
            server.drop()

    server.before_read = drop
    with pytest.raises(SourceUnavailable) as caught:
        load_all(remote)
    assert caught.value.retry
    assert archived(remote) == []
    assert query(remote, "select count(*) from ops.files") == [(0,)]
    server.before_read = None
    assert [result.outcome for result in load_all(remote)] == ["loaded"]


def test_a_file_that_may_not_be_read_is_denied_and_leaves_nothing(
    remote: Settings, server: SftpServer
) -> None:
    put(server, "a.xml", claim_file([dossier()]))

    def forbid(_path: str) -> None:
        raise asyncssh.SFTPPermissionDenied("not yours")

    server.before_read = forbid
    with pytest.raises(SourceDenied, match=r"bytes: SFTPPermissionDenied$"):
        load_all(remote)
    assert archived(remote) == []


@pytest.mark.parametrize("change", ["vanishes", "grows"])
def test_a_file_that_changes_since_it_was_listed_is_left_for_next_time(
    remote: Settings, server: SftpServer, change: str
) -> None:
    path = put(server, "a.xml", claim_file([dossier()]))
    (delivery,) = list_new(remote)
    if change == "vanishes":
        path.unlink()
    else:
        path.write_bytes(claim_file([dossier(), dossier("A2")]))
    with pytest.raises(FileChanged):
        store(remote, delivery)
    assert archived(remote) == []
