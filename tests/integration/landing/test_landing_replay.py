"""An archive brings back what was received, when, and when it was first seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from claim_files import claim_file, dossier
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing import receipt_manifest
from health_warehouse.landing.archive import names, remove
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.receipt_manifest import (
    kept_receipts,
    write_all_again,
    write_receipts,
)
from health_warehouse.landing.replay import replay, replayable
from health_warehouse.settings import Settings
from landing_steps import current, deliver, query
from standard_dossiers import dossier as standard_dossier
from warehouses import Cluster, new_warehouse

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
_RECEIPTS = (
    "select r.uri, r.received_at, r.modified_at, r.seen_at, r.file_name, f.sha256"
    " from ops.file_receipts as r join ops.files as f using (file_id) order by 1, 2"
)
_FINDINGS = (
    "select f.sha256, a.position, a.rule_id, a.reason from quarantine.all_findings as a"
    " join ops.files as f using (file_id) order by 1, 2, 3, 4"
)


def _receive(settings: Settings) -> None:
    """A stay; the same bytes again; then its correction by a clock of the past."""
    made = standard_dossier(1, "01")
    first = claim_file([made.xml()], declared_date="20260901")
    made.header["GHI_CHU"] = "corrected"
    second = claim_file([made.xml()], declared_date="20260901")
    for name, content, hours in (
        ("a.xml", first, 0),
        ("again.xml", first, 3),
        ("b.xml", second, -50_000),
    ):
        deliver(settings, name, content, NOON + timedelta(hours=hours))
        ingest(settings, list_new(settings))


def test_a_replay_brings_back_receipts_what_counts_and_what_is_found(
    settings: Settings, cluster: Cluster, tmp_path: Path
) -> None:
    _receive(settings)
    with new_warehouse(cluster, tmp_path / "other") as empty:
        other = empty.model_copy(update={"archive": settings.archive})
        for _ in range(2):  # done again it changes nothing
            replay(other)

            assert query(other, _RECEIPTS) == query(settings, _RECEIPTS)
            assert query(other, _FINDINGS) == query(settings, _FINDINGS)
            assert current(other) == current(settings)
    assert "V07" in [row[2] for row in query(settings, _FINDINGS)]


def test_a_receipt_whose_bytes_are_gone_is_counted_and_left_out(settings: Settings) -> None:
    _receive(settings)
    gone = kept_receipts(settings)[-1].sha256
    remove(settings, gone)

    found = replayable(settings)

    assert (len(found.receipts), found.missing) == (2, 1)


def test_each_receipt_is_written_once_and_again_into_another_archive(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([dossier()]), NOON)
    ingest(settings, list_new(settings))
    kept = kept_receipts(settings)
    assert [one.file_name for one in kept] == ["a.xml"]
    assert write_receipts(settings) == 0

    with engine(settings, OWNER).begin() as connection:
        write_all_again(connection)

    assert write_receipts(settings) == 1
    assert kept_receipts(settings) == kept
    assert list(names(settings)) == [kept[0].sha256]  # lines of receipts are no deliveries


def test_killed_before_it_is_marked_a_receipt_is_written_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    deliver(settings, "a.xml", claim_file([dossier()]), NOON)
    listed = list_new(settings)
    with monkeypatch.context() as patched:
        patched.setattr(receipt_manifest, "store_receipts", killed)
        with pytest.raises(KeyboardInterrupt):
            ingest(settings, listed)
    assert kept_receipts(settings) == []

    ingest(settings, [])
    assert kept_receipts(settings) == []  # nothing was listed: nothing is written
    deliver(settings, "b.xml", claim_file([dossier("B1")]), NOON)
    ingest(settings, list_new(settings))

    assert {one.file_name for one in kept_receipts(settings)} == {"a.xml", "b.xml"}
