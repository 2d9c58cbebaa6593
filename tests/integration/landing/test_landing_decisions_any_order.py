"""What counts, what waits and what is found are a function of versions, receipts and decisions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from versions_of_a_dossier import AN, AUGUST, BA, JANUARY, found

from claim_files import claim_file, dossier
from health_warehouse.database.connections import engine
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.delivery import Delivery
from health_warehouse.landing.documents import settle_documents
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ledger import STATES, entries
from health_warehouse.settings import Settings
from landing_steps import current, deliver, empty, judge, load_one, query
from oracle.replacements import ACCEPTED, REFUSED, Candidate, care_days, identities, settle

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
Header = dict[str, str]


@dataclass(frozen=True)
class Sent:
    """One file with one version of A1."""

    header: Header
    received_at: datetime
    seen_at: datetime

    def content(self) -> bytes:
        return claim_file([dossier("A1", 0, 0, **self.header)])


def make_world(chance: random.Random) -> list[Sent]:
    sent = []
    for number in range(5):
        who = dict(chance.choice([AN, AN, BA]))
        if chance.random() < 0.2:
            who["SO_CCCD"] = AN["SO_CCCD"]
        header = who | chance.choice([JANUARY, JANUARY, AUGUST]) | {"GHI_CHU": str(number)}
        if chance.random() < 0.15:
            header["MA_DOITUONG_KCB"] = "8"
        received = NOON + timedelta(hours=chance.randint(0, 3))
        seen = NOON + timedelta(hours=chance.randint(4, 7))
        sent.append(Sent(header, received, seen))
    return sent


def expected(world: Sequence[Sent], decisions: Sequence[tuple[int, str, str]]) -> Any:
    candidates = []
    for number, sent in enumerate(world):
        digest = sha256(sent.content()).hexdigest()
        taken = {about: decision for place, about, decision in decisions if place == number}
        header = {"MA_THE_BHYT": "DN4960123456789"} | sent.header
        candidates.append(
            Candidate(
                number,
                (sent.received_at, f"{number}.xml", digest),
                sent.received_at,
                sent.seen_at,
                identities(header, "A1"),
                care_days(header),
                "MA_DOITUONG_KCB" in header,
                taken.get("replacement"),
                taken.get("order"),
            )
        )
    result = settle(candidates)
    current_name = None if result.current is None else f"{result.current.name}.xml"
    return (
        current_name,
        sorted(f"{number}.xml" for number in result.pending),
        sorted((f"{number}.xml", rule) for number, rule in result.found),
    )


def outcome(settings: Settings) -> Any:
    [now] = query(
        settings,
        "select max(f.file_name) from ops.current_dossiers join ops.files as f using (file_id)",
    )
    held = query(
        settings,
        "select f.file_name from ops.dossier_versions join ops.files as f using (file_id)"
        " where standing = 'pending' order by 1",
    )
    return now[0], [name for (name,) in held], found(settings)


def test_what_counts_and_what_is_found_depend_on_no_order(settings: Settings) -> None:
    """160 orders of 16 worlds, with decisions that come before, between and after the files."""
    seen = set()
    for world_number in range(16):
        chance = random.Random(world_number)
        world = make_world(chance)
        decisions = [
            (number, chance.choice(["replacement", "order"]), chance.choice([ACCEPTED, REFUSED]))
            for number in chance.sample(range(5), k=chance.choice([0, 1, 2]))
        ]
        wanted = expected(world, decisions)
        seen |= {rule for _, rule in wanted[2]}
        empty(settings)
        for number, sent in enumerate(world):
            deliver(settings, f"{world_number}/{number}.xml", sent.content(), sent.received_at)
        listed = list_new(settings, [str(settings.state / "inbox" / str(world_number))])
        deliveries = [
            replace(one, seen_at=world[int(one.file_name.split(".")[0])].seen_at) for one in listed
        ]
        for _ in range(10):
            empty(settings)
            _process(settings, deliveries, decisions, world, chance)
            assert outcome(settings) == wanted, f"world {world_number}"
            assert len(current(settings)) == (wanted[0] is not None)
            for entry in entries(settings):
                counts = entry["dossiers"]
                assert counts["received"] == sum(counts[state] for state in STATES[1:])
    assert seen == {"V06", "V06_person", "V06_time", "V07"}


def _process(
    settings: Settings,
    deliveries: Sequence[Delivery],
    decisions: Sequence[tuple[int, str, str]],
    world: Sequence[Sent],
    chance: random.Random,
) -> None:
    """Every file once or twice, every decision once, judged now and then."""
    work: list[Any] = [*deliveries, *chance.choices(deliveries, k=1), *decisions]
    chance.shuffle(work)
    for one in work:
        if isinstance(one, Delivery):
            load_one(settings, one)
        else:
            number, about, decision = one
            _note(settings, sha256(world[number].content()).hexdigest(), about, decision)
        if chance.random() < 0.4:
            judge(settings)
    judge(settings)
    # as `decide` does after it noted a decision
    with engine(settings, "loader").begin() as connection:
        files = connection.exec_driver_sql("select file_id from ops.files").scalars().all()
        settle_documents(connection, built_in()["claims"], list(files))


def _note(settings: Settings, digest: str, about: str, decision: str) -> None:
    with engine(settings, "loader").begin() as connection:
        connection.exec_driver_sql(
            "insert into ops.decisions (sha256, position, about, decision, decided_by)"
            " values (%s, 1, %s, %s, 'me')",
            (digest, about, decision),
        )
