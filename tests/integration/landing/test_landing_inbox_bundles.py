"""Zips and gzip files from the inbox to the ledger: one entry per claim file, each counted once."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from claim_files import claim_file, dossier, zipped
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.intake import Intake
from health_warehouse.landing.load import load
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.settings import Settings
from landing_steps import deliver, load_all, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
ONE, TWO = claim_file([dossier("A1")]), claim_file([dossier("A2")])


def outcomes(settings: Settings) -> list[str]:
    return [result.outcome for result in load_all(settings)]


def ledger(settings: Settings) -> list[tuple[str, str, str, str | None]]:
    """Place within the inbox, file name, status and reason of every entry."""
    base = (settings.state / "inbox").as_uri() + "/"
    rows = query(
        settings,
        "select uri, file_name, status, reason from ops.ledger"
        " join vault.delivery_names using (file_id, receipt_number) order by uri",
    )
    return [(uri.removeprefix(base), name, status, reason) for uri, name, status, reason in rows]


def test_a_zip_is_one_entry_per_file(settings: Settings) -> None:
    data = zipped(("08/b.xml", ONE), ("README.txt", b"-"), ("a.xml", TWO))
    deliver(settings, "month.zip", data, NOON)
    assert outcomes(settings) == ["loaded", "not_taken", "loaded"]
    unchecked = "not checked yet"
    not_taken = "not taken: its name ends in .txt; read are .xml, .zip and .gz"
    assert ledger(settings) == [
        ("month.zip!/08/b.xml", "b.xml", "loaded", unchecked),
        ("month.zip!/README.txt", "README.txt", "not_taken", not_taken),
        ("month.zip!/a.xml", "a.xml", "loaded", unchecked),
    ]
    taken = "select sha256, byte_count, received_at from ops.files where status = 'loaded'"
    hashes = query(settings, taken)
    assert sorted(hashes) == sorted((sha256(x).hexdigest(), len(x), NOON) for x in (ONE, TWO))
    sent = sha256(data).hexdigest()
    assert (settings.state / f"archive/{sent[:2]}/{sent}.zip").read_bytes() == data
    assert outcomes(settings) == []


@pytest.mark.parametrize("first", ["plain", "zip", "gz"])
def test_the_same_file_plain_and_packed_is_one(settings: Settings, first: str) -> None:
    forms = {
        "plain": ("a.xml", ONE),
        "zip": ("a.zip", zipped(("a.xml", ONE))),
        "gz": ("a.xml.gz", gzip.compress(ONE)),
    }
    for hours, form in enumerate(sorted(forms, key=lambda form: form != first)):
        deliver(settings, *forms[form], NOON + timedelta(hours=hours))
    assert outcomes(settings) == ["loaded", "duplicate", "duplicate"]
    assert query(settings, "select sha256, file_name from ops.files") == [
        (sha256(ONE).hexdigest(), "a.xml")
    ]
    assert outcomes(settings) == []


def test_names_inside_lead_nowhere(settings: Settings, tmp_path: Path) -> None:
    names = ["../../../escaped.xml", f"{tmp_path}/absolute.xml", "..\\..\\windows.xml"]
    contents = [claim_file([dossier(f"A{n}")]) for n in range(3)]
    deliver(settings, "a.zip", zipped(*zip(names, contents, strict=True)), NOON)
    before = set(tmp_path.rglob("*.xml"))
    assert outcomes(settings) == ["loaded"] * 3
    written = set(tmp_path.rglob("*.xml")) - before
    assert {path.parent.parent for path in written} == {settings.state / "archive"}
    found = query(settings, "select file_name from ops.files order by 1")
    assert found == [("absolute.xml",), ("escaped.xml",), ("windows.xml",)]


def test_odd_and_endless_names_inside_are_kept_apart(settings: Settings) -> None:
    names = ["x" * 60_000 + "a.xml", "x" * 60_000 + "b.xml", "tab\there.xml", "tháng 8.xml"]
    contents = [claim_file([dossier(f"A{n}")]) for n in range(4)]
    deliver(settings, "a.zip", zipped(*zip(names, contents, strict=True)), NOON)
    assert outcomes(settings) == ["loaded"] * 4
    assert query(settings, "select count(distinct uri) from vault.delivery_names") == [(4,)]


def test_two_files_of_one_name_both_count(settings: Settings) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("a.xml", ONE), ("a.xml", TWO), ("a.xml", ONE))
    deliver(settings, "a.zip", data, NOON)
    assert outcomes(settings) == ["loaded", "loaded", "known"]


def test_a_broken_file_in_a_zip_is_refused_and_its_neighbours_load(settings: Settings) -> None:
    bomb = bytes(20 * 1024**2)
    data = zipped(("a.xml", ONE), ("bomb.xml", bomb), ("in.zip", zipped()), ("b.xml", TWO))
    deliver(settings, "a.zip", data, NOON)
    assert outcomes(settings) == ["loaded", "refused", "refused", "loaded"]
    assert [entry for entry in ledger(settings) if entry[2] == "refused"] == [
        (
            "a.zip!/bomb.xml",
            "bomb.xml",
            "refused",
            "F01: packed tighter than 100 to 1 (WAREHOUSE_MAX_COMPRESSION_RATIO)",
        ),
        (
            "a.zip!/in.zip",
            "in.zip",
            "refused",
            "F01: an archive inside an archive is not opened; send it by itself",
        ),
    ]
    assert outcomes(settings) == []
    deliver(settings, "again.zip", data, NOON)
    assert outcomes(settings) == ["duplicate"] * 4


def test_a_bundle_that_cannot_be_opened_is_one_refused_entry(settings: Settings) -> None:
    whole = zipped(("a.xml", ONE))
    deliver(settings, "empty.zip", zipped(), NOON)
    deliver(settings, "half.zip", whole[:-30], NOON)
    deliver(settings, "half.xml.gz", gzip.compress(ONE)[:-9], NOON)
    deliver(settings, "large.zip", whole + bytes(5000), NOON)
    small = settings.model_copy(update={"max_file_bytes": 5000})
    assert set(outcomes(small)) == {"refused"}
    assert ledger(settings) == [
        ("empty.zip", "empty.zip", "refused", "F01: holds no file that a feed takes"),
        ("half.xml.gz!/half.xml", "half.xml", "refused", "F01: the gzip file is truncated"),
        ("half.zip", "half.zip", "refused", "F01: not a zip file, or damaged"),
        ("large.zip", "large.zip", "refused", "F01: larger than 5000 bytes"),
    ]
    assert list_new(settings) == []


def test_a_crash_between_two_files_loses_and_doubles_nothing(settings: Settings) -> None:
    deliver(settings, "a.zip", zipped(("a.xml", ONE), ("b.xml", TWO)), NOON)
    (delivery,) = list_new(settings)
    files = iter(Intake(settings, delivery))
    load(settings, agreed_person_key(settings), *next(files))
    del files  # as far as a killed process got
    assert outcomes(settings) == ["known", "loaded"]
    assert query(settings, "select count(*) from ops.file_receipts") == [(2,)]
    assert outcomes(settings) == []


def test_a_file_without_a_date_is_told_and_its_bundle_comes_again(settings: Settings) -> None:
    from health_warehouse.landing.ingest import IngestReport, _ingest_delivery

    undated = claim_file([dossier("A3")], declared_date=None)
    deliver(settings, "a.zip", zipped(("a.xml", ONE), ("b.xml", undated), ("c.xml", TWO)), NOON)
    (delivery,) = list_new(settings, received_at="declared")
    report = IngestReport()
    key = agreed_person_key(settings)
    _ingest_delivery(settings, key, delivery, "declared", report)
    assert report.outcomes == {"loaded": 2, "failed": 1}
    assert f"{sha256(undated).hexdigest()[:8]} declares no date" in report.errors[0]
    assert len(list_new(settings, received_at="declared")) == 1
    with pytest.raises(ConfigurationError):
        load_all(settings, "declared")


def test_a_bundle_may_be_received_again_at_another_time(settings: Settings) -> None:
    deliver(settings, "a.zip", zipped(("a.xml", ONE)), NOON)
    assert outcomes(settings) == ["loaded"]
    earlier = NOON - timedelta(days=1)
    assert [result.outcome for result in load_all(settings, earlier)] == ["duplicate"]
    assert list_new(settings, received_at=earlier) == []
    assert query(settings, "select received_at from ops.files") == [(earlier,)]


TAKE = """
import json, re, sys, time
from pathlib import Path
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.intake import Intake
from health_warehouse.settings import get_settings
settings = get_settings()
(delivery,) = list_new(settings)
started = time.process_time()
reasons = [archived.refusal and str(archived.refusal) for _, archived in Intake(settings, delivery)]
seconds = time.process_time() - started
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024
json.dump({"reasons": reasons, "seconds": seconds, "peak_mib": peak}, sys.stdout)
"""


def zip_of_bombs() -> bytes:
    return zipped(*[(f"{n}.xml", bytes(11 * 1024**2)) for n in range(20)])


def gzip_bomb() -> bytes:
    return gzip.compress(bytes(300 * 1024**2), 1)


def empty_stretches() -> bytes:
    return gzip.compress(b"") * 2_000_000


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("a.zip", zip_of_bombs, "WAREHOUSE_MAX_COMPRESSION_RATIO"),
        ("a.xml.gz", gzip_bomb, "WAREHOUSE_MAX_COMPRESSION_RATIO"),
        ("b.xml.gz", empty_stretches, "WAREHOUSE_MAX_BUNDLE_MEMBERS"),
    ],
)
def test_a_bomb_ends_within_5_seconds_and_512_mebibytes(
    settings: Settings, name: str, make: Callable[[], bytes], reason: str
) -> None:
    assert settings.dsn is not None
    deliver(settings, name, make(), NOON)
    environment = {
        "WAREHOUSE_STATE": str(settings.state),
        "WAREHOUSE_DSN": settings.dsn.get_secret_value(),
        "WAREHOUSE_INBOX_QUIET_SECONDS": "0",
    }
    limit = 512 * 1024**2
    done = subprocess.run(
        [sys.executable, "-c", TAKE],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)),
    )
    found = json.loads(done.stdout)
    assert found["reasons"]
    assert all(reason in each for each in found["reasons"])
    assert found["seconds"] < 5  # of the processor: other tests may share the machine
    assert found["peak_mib"] < 512
