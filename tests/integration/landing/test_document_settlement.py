"""What counts of a feed of rows equals plain Python, over thousands of random histories."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from document_histories import History, random_history, what_counts
from sqlalchemy import Connection, text

from health_warehouse.database.connections import copy_rows, engine
from health_warehouse.feeds.contract import Contract, Mode, Refuse, Sender, Table, Words
from health_warehouse.landing.documents import settle_documents
from health_warehouse.settings import Settings

FEED = "made_up"
HISTORIES = 2_600
"""Of each kind; more than 10,000 in all."""
_START = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = Words("tên", "name")


def contract(mode: Mode, shrinks_by: float | None = None) -> Contract:
    return Contract(
        feed=FEED,
        title=_WORDS,
        owner="",
        match=(),
        reader="json_lines",
        mode=mode,
        tables=(Table(FEED, FEED, _WORDS, ()),),
        path=Path(),
        sender=Sender("fixed", "96001"),
        refuse=Refuse(shrinks_by_more_than=shrinks_by),
    )


def uuid_of(*parts: object) -> UUID:
    return UUID(bytes=sha256(repr(parts).encode()).digest()[:16])


@pytest.fixture
def feed(settings: Settings) -> Settings:
    with engine(settings, "owner").begin() as connection:
        connection.execute(
            text("insert into ops.feeds (feed, mode) values (:feed, 'upsert')"), {"feed": FEED}
        )
        for table in ("document_versions", "current_documents"):
            connection.exec_driver_sql(
                f"create table ops.{table}_{FEED} partition of ops.{table} for values in ('{FEED}')"
            )
    return settings


def deliver(
    connection: Connection, histories: list[History], mode: Mode
) -> dict[int, list[tuple[int, int, str]]]:
    """Everything into the ledger as the loader leaves it: nothing is judged.

    Returns what the checks will say: by file, the verdict on each of its rows.
    """
    files, partitions, versions, decisions = [], [], [], []
    verdicts: dict[int, list[tuple[int, int, str]]] = {}
    for history in histories:
        partition = history.name if mode == "snapshot" else ""
        for place, one in enumerate(history.listings):
            one.file_id = len(files) + 1
            digest = sha256(f"{history.name} {place}".encode()).hexdigest()
            received_at = _START + timedelta(hours=place)
            status = "refused" if one.is_refused else "loaded"
            files.append((one.file_id, digest, 1, received_at, "x", status, FEED))
            partitions.append(
                (FEED, one.file_id, partition, "96001", received_at, one.is_complete, len(one.rows))
            )
            verdicts[one.file_id] = []
            if one.decision:
                decisions.append((digest, 0, "shrinking", one.decision, "somebody"))
            for position, row in enumerate(one.rows, 1):
                named = (history.name, row.key)
                versions.append(
                    (FEED, one.file_id, position, partition, "96001", uuid_of(*named),
                     uuid_of(row.content))
                )  # fmt: skip
                is_accepted = row.is_accepted and not one.is_refused
                verdict = "accepted" if is_accepted else "quarantined"
                verdicts[one.file_id].append((one.file_id, position, verdict))
    for table, columns, rows in (
        ("ops.files", "file_id sha256 byte_count received_at file_name status kind", files),
        ("ops.delivery_partitions", "feed file_id partition_key sender_id received_at is_complete"
         " document_count", partitions),
        ("ops.document_versions", "feed file_id position partition_key sender_id document_key"
         " content_hash", versions),
        ("ops.decisions", "sha256 position about decision decided_by", decisions),
    ):  # fmt: skip
        copy_rows(connection, table, columns.split(), rows)
    return verdicts


def judge(
    connection: Connection, feed: Contract, verdicts: dict[int, list[tuple[int, int, str]]]
) -> None:
    file_ids = list(verdicts)
    rows = [row for of_file in verdicts.values() for row in of_file]
    connection.execute(
        text("update ops.files set judged_at = clock_timestamp() where file_id = any(:file_ids)"),
        {"file_ids": file_ids},
    )
    connection.execute(
        text(
            "update ops.document_versions as v set verdict = said.verdict"
            " from unnest(cast(:files as bigint[]), cast(:positions as integer[]),"
            " cast(:verdicts as text[])) as said (file_id, position, verdict)"
            " where v.feed = :feed and said.file_id = v.file_id and said.position = v.position"
        ),
        {
            "feed": feed.feed,
            "files": [row[0] for row in rows],
            "positions": [row[1] for row in rows],
            "verdicts": [row[2] for row in rows],
        },
    )
    settle_documents(connection, feed, file_ids)


def current(connection: Connection) -> dict[UUID, tuple[int, int]]:
    rows = connection.execute(
        text("select document_key, file_id, position from ops.current_documents")
    )
    return {row.document_key: (row.file_id, row.position) for row in rows}


def replayed_log(connection: Connection) -> dict[UUID, tuple[int, int]]:
    """What counts, as somebody knows it who reads the log of changes alone."""
    found: dict[UUID, tuple[int, int]] = {}
    for row in connection.execute(text("select * from ops.document_changes order by change_id")):
        before = (row.old_file_id, row.old_position)
        assert found.get(row.document_key, (None, None)) == before, "the log has a gap"
        if row.new_file_id is None:
            del found[row.document_key]
        else:
            found[row.document_key] = (row.new_file_id, row.new_position)
    return found


def stands(connection: Connection, standing: str) -> set[tuple[int, int]]:
    rows = connection.execute(
        text("select file_id, position from ops.document_versions where standing = :standing"),
        {"standing": standing},
    )
    return {(row.file_id, row.position) for row in rows}


@pytest.mark.parametrize(
    ("mode", "shrinks_by", "seed"),
    [
        ("upsert", None, 1),
        ("append", None, 2),
        ("snapshot", None, 3),
        ("snapshot", 0.5, 4),
    ],
)
def test_what_counts_is_a_function_of_the_deliveries(
    feed: Settings, mode: Mode, shrinks_by: float | None, seed: int
) -> None:
    chance = random.Random(seed)
    histories = [random_history(f"{number}", chance, mode=mode) for number in range(HISTORIES)]
    of_feed = contract(mode, shrinks_by)
    with engine(feed, "loader").connect() as connection:
        verdicts = deliver(connection, histories, mode)
        file_ids = list(verdicts)
        chance.shuffle(file_ids)
        for start in range(5):
            judge(connection, of_feed, {file: verdicts[file] for file in file_ids[start::5]})
        expected = {
            uuid_of(history.name, key): at
            for history in histories
            for key, at in what_counts(history, mode=mode, shrinks_by=shrinks_by).items()
        }
        assert current(connection) == expected
        assert stands(connection, "loaded") == set(expected.values())
        assert replayed_log(connection) == expected
        unsettled = "select count(*) from ops.document_versions where standing is null"
        assert connection.execute(text(unsettled)).scalar_one() == 0
        assert settle_documents(connection, of_feed, file_ids) == 0, "settling again changes it"
