"""Which version of a dossier counts, in whatever order the deliveries are processed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from claim_files import FACILITY, claim_file, dossier
from health_warehouse.landing.delivery import Delivery
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ledger import STATES, entries
from health_warehouse.settings import Settings
from landing_steps import BAD_NAME, current, deliver, empty, judge, load_all, load_one, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
WITHDRAWN = "8"
FILES = 5


def states(settings: Settings) -> dict[str, str]:
    """State of the only dossier of each loaded file."""
    found = {}
    for entry in entries(settings, with_names=True):
        (state,) = [s for s in STATES[1:] if entry["dossiers"][s]]
        found[entry["file"]] = state
    return found


def changes(settings: Settings) -> list[tuple[object, ...]]:
    return query(
        settings, "select old_file_id, new_file_id from ops.dossier_changes order by change_id"
    )


def send(settings: Settings, name: str, hours: int, **values: str) -> int:
    """Deliver, load and judge a version of dossier A1; how many dossiers changed."""
    body = dossier("A1", GHI_CHU=name, **values)
    deliver(settings, name, claim_file([body]), NOON + timedelta(hours=hours))
    load_all(settings)
    return judge(settings)


def test_a_newer_version_replaces_and_an_older_one_does_not(settings: Settings) -> None:
    assert send(settings, "second.xml", 2) == 1
    assert send(settings, "third.xml", 3) == 1
    assert send(settings, "first.xml", 1) == 0
    assert states(settings) == {
        "first.xml": "superseded",
        "second.xml": "superseded",
        "third.xml": "loaded",
    }
    assert changes(settings) == [(None, 1), (1, 2)]


def test_a_withdrawal_takes_the_content_away_and_a_newer_version_reinstates(
    settings: Settings,
) -> None:
    send(settings, "a.xml", 1)
    assert send(settings, "b.xml", 2, MA_DOITUONG_KCB=WITHDRAWN) == 1
    assert states(settings) == {"a.xml": "superseded", "b.xml": "withdrawn"}
    assert send(settings, "c.xml", 3, MA_DOITUONG_KCB=WITHDRAWN) == 0
    assert send(settings, "d.xml", 4) == 1
    assert states(settings)["d.xml"] == "loaded"
    assert changes(settings) == [(None, 1), (1, None), (None, 4)]


def test_a_withdrawal_before_the_first_version_is_no_change(settings: Settings) -> None:
    assert send(settings, "b.xml", 2, MA_DOITUONG_KCB=WITHDRAWN) == 0
    assert send(settings, "a.xml", 1) == 0
    assert states(settings) == {"a.xml": "superseded", "b.xml": "withdrawn"}


def test_a_quarantined_newer_version_leaves_the_last_accepted_one(settings: Settings) -> None:
    send(settings, "a.xml", 1)
    assert send(settings, "b.xml", 2, HO_TEN=BAD_NAME) == 0
    assert states(settings) == {"a.xml": "loaded", "b.xml": "quarantined"}


def test_before_the_checks_a_dossier_is_held_back(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([dossier()]), NOON)
    load_all(settings)
    assert states(settings) == {"a.xml": "quarantined"}
    assert entries(settings, with_names=True)[0]["reason"] == "not checked yet"


def test_of_a_dossier_twice_in_one_file_the_later_counts(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([dossier("A1"), dossier("A1", drugs=3)]), NOON)
    load_all(settings)
    assert judge(settings) == 1
    assert query(settings, "select position from ops.current_dossiers") == [(2,)]
    (entry,) = entries(settings, with_names=True)
    assert (entry["dossiers"]["loaded"], entry["dossiers"]["superseded"]) == (1, 1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("a.xml", None), ("a2.xml", "20260801")),  # no date declared is the oldest
        (("z.xml", "20260801"), ("a.xml", "20260802")),
        (("Z.xml", "20260801"), ("a.xml", "20260801")),  # by byte, not by the server's language
    ],
)
def test_ties_of_receipt_are_broken_by_declared_date_then_name(
    settings: Settings, first: tuple[str, str | None], second: tuple[str, str | None]
) -> None:
    for number, (name, declared) in enumerate((first, second)):
        body = dossier("A1", GHI_CHU=str(number))
        deliver(settings, name, claim_file([body], declared_date=declared), NOON)
    load_all(settings)
    judge(settings)
    assert states(settings) == {first[0]: "superseded", second[0]: "loaded"}


def test_an_earlier_receipt_that_arrives_later_makes_the_version_older(settings: Settings) -> None:
    old, new = (claim_file([dossier("A1", GHI_CHU=note)]) for note in ("old", "new"))
    deliver(settings, "old.xml", old, NOON + timedelta(hours=2))
    deliver(settings, "new.xml", new, NOON + timedelta(hours=1))
    load_all(settings)
    judge(settings)
    assert states(settings) == {"old.xml": "loaded", "new.xml": "superseded"}
    deliver(settings, "again.xml", old, NOON)
    (result,) = load_all(settings)
    assert (result.outcome, result.changed_dossiers) == ("duplicate", 1)
    assert states(settings) == {
        "again.xml": "superseded",
        "new.xml": "loaded",
        "old.xml": "duplicate",
    }


# ---------- any order


@dataclass(frozen=True)
class Content:
    """(dossier id, object code, name) of each dossier of a file."""

    dossiers: tuple[tuple[str, str, str], ...]
    declared_date: str

    def bytes(self, number: int) -> bytes:
        bodies = [
            dossier(ma_lk, 0, 0, MA_DOITUONG_KCB=kind, HO_TEN=name, GHI_CHU=str(number))
            for ma_lk, kind, name in self.dossiers
        ]
        return claim_file(bodies, declared_date=self.declared_date)


def make_contents(chance: random.Random) -> list[Content]:
    def one() -> tuple[str, str, str]:
        kind = chance.choice(["1.1", "1.1", "1.1", WITHDRAWN])
        name = chance.choice(["An", "An", "An", BAD_NAME])
        return chance.choice(["A1", "A2", "A3", "A4"]), kind, name

    return [
        Content(tuple(one() for _ in range(chance.randint(1, 4))), f"2026080{chance.randint(1, 2)}")
        for _ in range(FILES)
    ]


def expected(receipts: Sequence[tuple[str, datetime, int]], contents: Sequence[Content]) -> object:
    """The rule, told once more in Python: sort all accepted versions, the last one counts."""
    versions = []
    for number, content in enumerate(contents):
        mine = sorted((at, name) for name, at, index in receipts if index == number)
        digest = sha256(content.bytes(number)).hexdigest()
        for position, (ma_lk, kind, name) in enumerate(content.dossiers, 1):
            if name != BAD_NAME:
                order = (mine[0][0], content.declared_date, mine[0][1], digest, position)
                versions.append((order, ma_lk, kind == WITHDRAWN, digest, position))
    last = {version[1]: version for version in sorted(versions)}
    return [(FACILITY, *last[ma_lk][1:]) for ma_lk in sorted(last)]


def test_the_order_of_processing_never_matters(settings: Settings) -> None:
    """200 orders of 10 worlds: shuffled, split into batches, replayed, some twice."""
    for world in range(10):
        chance = random.Random(world)
        contents = make_contents(chance)
        receipts = [
            (f"{n}.xml", NOON + timedelta(minutes=chance.randint(0, 3)), index)
            for n, index in enumerate([*range(FILES), *chance.choices(range(FILES), k=2)])
        ]
        empty(settings)
        for name, at, index in receipts:
            deliver(settings, f"{world}/{name}", contents[index].bytes(index), at)
        deliveries = list_new(settings, [str(settings.state / "inbox" / str(world))])
        assert len(deliveries) == len(receipts)
        wanted = expected(receipts, contents)
        for _ in range(20):
            empty(settings)
            process(settings, deliveries, chance)
            assert current(settings) == wanted, f"world {world}"
            conserve(settings)


def process(settings: Settings, deliveries: Sequence[Delivery], chance: random.Random) -> None:
    order = [*deliveries, *chance.choices(deliveries, k=2)]
    chance.shuffle(order)
    for delivery in order:
        load_one(settings, delivery)
        if chance.random() < 0.4:
            judge(settings)
    judge(settings)


def conserve(settings: Settings) -> None:
    for entry in entries(settings, with_names=True):
        for counts in (entry["dossiers"], entry["line_states"]):
            assert counts["received"] == sum(counts[state] for state in STATES[1:])
    # the log, replayed, tells what counts: a build that follows it misses nothing
    assert query(
        settings,
        "select dossier_id, new_file_id, new_position from ("
        " select distinct on (facility_id, dossier_id) * from ops.dossier_changes"
        " order by facility_id, dossier_id, change_id desc"
        ") as last where new_file_id is not null order by 1",
    ) == query(
        settings,
        "select dossier_id, file_id, position from ops.current_dossiers"
        " where not is_withdrawal order by 1",
    )
