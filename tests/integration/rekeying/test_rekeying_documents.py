"""Another person key, and feeds of rows: every key is what the loader makes of the same rows."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feed_steps import PERSONS, STAFF, deliver_rows, province, put, rows_of, staff, take_in
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.person_key import find_person_key, key_file, next_key_file
from health_warehouse.rekeying.rotate import rotate
from health_warehouse.rekeying.run import extent
from health_warehouse.settings import Settings
from victims import finishes, kill_after, start
from warehouses import Cluster, new_warehouse

_FORMER = bytes(range(32))
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_JUNE = datetime(2026, 6, 10, 3, tzinfo=UTC)
_JULY = datetime(2026, 7, 10, 3, tzinfo=UTC)
_DUMPS = (
    "select feed, f.sha256, position, partition_key, document_key, content_hash, verdict, standing"
    " from ops.document_versions join ops.files as f using (file_id) order by 1, 2, 3, 4",
    "select feed, partition_key, document_key, f.sha256, position from ops.current_documents"
    " join ops.files as f using (file_id) order by 1, 2, 4, 5",
    "select dose_no, _person_key from raw.doses order by 1, 2",
    "select * from vault.person_identifiers order by 1, 2, 3",
)
DOSES: list[dict[str, Any]] = [
    {"dose_no": "1", "citizen": "001085000001", "full_name": "An", "z": [1, {"b": None, "a": "x"}]},
    {"dose_no": "2", "card": "HT3969600011122;HT3969600011123", "born": "1985-03-02"},
    {"dose_no": "3", "patient_no": " BN7 "},
    {"dose_no": "4", "citizen": "nobody"},
    {"dose_no": "", "citizen": "001085000001"},
]


def give_key(settings: Settings, key: bytes) -> None:
    key_file(settings).parent.mkdir(parents=True, exist_ok=True)
    key_file(settings).write_text(key.hex(), encoding="ascii")


def fill(settings: Settings) -> None:
    for day, rows in ((_JUNE, DOSES), (_JULY, [{**DOSES[0], "vaccine": "BCG"}, DOSES[1]])):
        put(settings, f"96001/doses_{day.month}.jsonl", rows, day)
    put(settings, "96001/staff.jsonl", staff("A", "B", note="x"), _JUNE)
    take_in(settings)
    deliver_rows(settings, "96001/staff_again.jsonl", staff("A", "B", note="x"), _JULY)


def dump(settings: Settings) -> list[list[tuple[Any, ...]]]:
    return [[tuple(map(str, row)) for row in rows_of(settings, one)] for one in _DUMPS]


def keys_in(dumped: list[list[tuple[Any, ...]]]) -> set[str]:
    return {match[0] for match in _UUID.finditer(str(dumped))}


def in_order(dumped: list[list[tuple[Any, ...]]]) -> list[list[tuple[Any, ...]]]:
    return [sorted(table) for table in dumped]


@pytest.fixture
def filled(settings: Settings) -> Settings:
    own = province(settings.model_copy(update={"person_key": None}), STAFF, PERSONS)
    give_key(own, _FORMER)
    fill(own)
    return own


def rotate_bit_by_bit(settings: Settings) -> None:
    rotate(settings, batch_rows=1)


@pytest.mark.parametrize("batch_rows", [2, 1_000])
def test_every_key_is_what_the_loader_makes_with_the_new_one(
    filled: Settings, cluster: Cluster, tmp_path: Path, batch_rows: int
) -> None:
    before = dump(filled)
    assert "96001/BN7" in str(before[3])
    assert "9600011123" in str(before[3])

    rotate(filled, batch_rows=batch_rows)

    after = dump(filled)
    assert keys_in(before).isdisjoint(keys_in(after))
    secret = find_person_key(filled)
    assert secret is not None
    folder = tmp_path / "again"
    folder.mkdir()
    with new_warehouse(cluster, folder) as other:
        again = province(other.model_copy(update={"person_key": None}), STAFF, PERSONS)
        give_key(again, secret)
        fill(again)
        assert in_order(dump(again)) == in_order(after)


def test_what_comes_again_after_it_is_a_duplicate(filled: Settings) -> None:
    rotate(filled)
    deliver_rows(filled, "96001/doses_8.jsonl", [DOSES[1], DOSES[2], {"dose_no": "9"}], _JULY)
    found = rows_of(
        filled,
        "select position, standing from ops.document_versions where feed = 'doses'"
        " and file_id = (select max(file_id) from ops.files) order by 1",
    )
    assert [tuple(row) for row in found] == [(1, "duplicate"), (2, "duplicate"), (3, "loaded")]


def test_killed_at_any_batch_it_goes_on(filled: Settings) -> None:
    interrupted = 0
    for hundredths in range(5, 60, 10):
        interrupted += kill_after(start(rotate_bit_by_bit, filled), hundredths / 100)
    assert finishes(start(rotate_bit_by_bit, filled), 120)
    assert interrupted
    assert not next_key_file(filled).exists()
    documents = {row[4] for row in dump(filled)[0]} - {"None"}
    assert {row[2] for row in dump(filled)[1]} <= documents


def test_without_a_contract_nothing_is_begun(filled: Settings) -> None:
    before = dump(filled)
    gone = filled.model_copy(update={"feeds": None})
    with pytest.raises(ConfigurationError, match="the feed doses has no contract any more"):
        rotate(gone)
    assert not next_key_file(filled).exists()
    assert dump(filled) == before
    rotate(filled)


def test_a_dry_run_counts_documents(filled: Settings) -> None:
    assert extent(filled)["documents"] == len(dump(filled)[0])
