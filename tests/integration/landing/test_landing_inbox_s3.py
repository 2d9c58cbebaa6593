"""An inbox in a bucket of S3: a real server on loopback."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from claim_files import claim_file, dossier
from health_warehouse.errors import SourceDenied, SourceUnavailable
from health_warehouse.landing.archive import store
from health_warehouse.landing.delivery import FileChanged
from health_warehouse.landing.inbox import list_new
from health_warehouse.loopback import free_port
from health_warehouse.settings import Settings
from landing_steps import load_all, query
from s3_server import KEY, SECRET, S3Server, answering, cut_short, serving


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with serving() as server:
        yield server


@pytest.fixture
def bucket(server: S3Server) -> str:
    name = f"claims-{uuid4().hex[:8]}"
    server.client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def remote(settings: Settings, server: S3Server, bucket: str) -> Settings:
    return reaching(settings, f"s3://{bucket}/in", endpoint_url=server.endpoint)


def reaching(settings: Settings, inbox: str, **extra: str) -> Settings:
    connection = {"login": KEY, "password": SECRET, "extra": extra}
    secret = SecretStr(json.dumps(connection))
    return settings.model_copy(update={"inbox": inbox, "inbox_connection": secret})


def put(server: S3Server, bucket: str, key: str, content: bytes) -> Any:
    server.client.put_object(Bucket=bucket, Key=key, Body=content)
    return server.client.head_object(Bucket=bucket, Key=key)["LastModified"]


def test_files_come_from_list_to_ledger_and_stay_where_they_are(
    remote: Settings, server: S3Server, bucket: str
) -> None:
    content = claim_file([dossier()])
    put_at = put(server, bucket, "in/96001/2026 08/tháng 8 #1.xml", content)
    (delivery,) = list_new(remote)
    assert delivery.uri == f"s3://{bucket}/in/96001/2026 08/tháng 8 #1.xml"
    assert [result.outcome for result in load_all(remote)] == ["loaded"]
    assert query(remote, "select uri, received_at from vault.delivery_names") == [
        (delivery.uri, put_at)
    ]
    (kept,) = (remote.state / "archive").rglob("*.xml")
    assert kept.read_bytes() == content
    objects = server.client.list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in objects] == ["in/96001/2026 08/tháng 8 #1.xml"]


def test_a_large_object_is_read_in_pieces(remote: Settings, server: S3Server, bucket: str) -> None:
    put(server, bucket, "in/big.xml", claim_file([dossier(GHI_CHU="x" * 15_000_000)]))
    assert [result.outcome for result in load_all(remote)] == ["loaded"]


def test_the_second_listing_reads_nothing_again(
    remote: Settings, server: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(server, bucket, "in/a.xml", claim_file([dossier()]))
    load_all(remote)
    monkeypatch.setattr("health_warehouse.landing.archive.read_chunks", None)
    assert load_all(remote) == []


def test_a_bundle_comes_file_by_file(remote: Settings, server: S3Server, bucket: str) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", claim_file([dossier("A1")]))
        archive.writestr("b.xml", claim_file([dossier("A2")]))
    put_at = put(server, bucket, "in/both.zip", packed.getvalue())
    assert [result.outcome for result in load_all(remote)] == ["loaded", "loaded"]
    base = f"s3://{bucket}/in/both.zip!/"
    assert query(remote, "select uri, received_at from vault.delivery_names order by uri") == [
        (base + "a.xml", put_at),
        (base + "b.xml", put_at),
    ]
    assert list_new(remote) == []


def test_only_the_prefix_is_the_inbox(remote: Settings, server: S3Server, bucket: str) -> None:
    for key in ("a.xml", "inbox2/a.xml", "in/", "in/x.xml/", "in/.a.xml", "in/a.xml.part"):
        put(server, bucket, key, b"")
    assert list_new(remote) == []
    put(server, bucket, "in/a.xml", b"x")
    assert [delivery.file_name for delivery in list_new(remote)] == ["a.xml"]
    whole = remote.model_copy(update={"inbox": f"s3://{bucket}"})
    assert len(list_new(whole)) == 3


def test_an_empty_prefix_is_an_empty_inbox(remote: Settings) -> None:
    assert list_new(remote) == []


def test_a_bucket_that_is_not_there_is_unavailable(settings: Settings, server: S3Server) -> None:
    nowhere = reaching(settings, "s3://no-such-bucket/in", endpoint_url=server.endpoint)
    with pytest.raises(SourceUnavailable, match="neither a file nor a folder"):
        list_new(nowhere)


def test_a_server_that_is_down_is_unavailable(settings: Settings) -> None:
    gone = reaching(settings, "s3://claims/in", endpoint_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(SourceUnavailable) as caught:
        list_new(gone)
    assert caught.value.retry
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("change", ["vanishes", "grows"])
def test_an_object_that_changes_since_it_was_listed_is_left_for_next_time(
    remote: Settings, server: S3Server, bucket: str, change: str
) -> None:
    put(server, bucket, "in/a.xml", claim_file([dossier()]))
    (delivery,) = list_new(remote)
    if change == "vanishes":
        server.client.delete_object(Bucket=bucket, Key="in/a.xml")
    else:
        put(server, bucket, "in/a.xml", claim_file([dossier(), dossier("A2")]))
    with pytest.raises(FileChanged):
        store(remote, delivery)
    assert list((remote.state / "archive").rglob("*.xml")) == []


def test_a_line_cut_on_the_way_leaves_nothing_and_is_retried(
    remote: Settings, server: S3Server, bucket: str
) -> None:
    put(server, bucket, "in/big.xml", claim_file([dossier(GHI_CHU="x" * 1_000_000)]))
    with cut_short(server, after_bytes=500_000) as endpoint:
        broken = reaching(remote, remote.inbox, endpoint_url=endpoint)
        (delivery,) = list_new(broken)
        with pytest.raises(SourceUnavailable) as caught:
            store(broken, delivery)
    assert caught.value.retry
    assert [path for path in (remote.state / "archive").rglob("*") if path.is_file()] == []
    assert [result.outcome for result in load_all(remote)] == ["loaded"]


def test_a_key_without_rights_is_denied(remote: Settings, server: S3Server, bucket: str) -> None:
    put(server, bucket, "in/a.xml", b"x")
    answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with answering(answer) as endpoint, pytest.raises(SourceDenied) as caught:
        list_new(reaching(remote, remote.inbox, endpoint_url=endpoint))
    assert not caught.value.retry
    assert SECRET not in str(caught.value)
