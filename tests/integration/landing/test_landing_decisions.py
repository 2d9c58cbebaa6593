"""A version that replaces another one: what waits for a person, is flagged, and is decided."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from claim_files import FACILITY, claim_file, dossier
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.delivery import Delivery
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ledger import STATES, entries
from health_warehouse.landing.read_again import chosen_files, read_again
from health_warehouse.landing.reingest import FILES_AT_ONCE
from health_warehouse.landing.scope import Scope
from health_warehouse.landing.versions import settle as settle_versions
from health_warehouse.quality.decisions import decide, decided, tell_waiting, waiting
from health_warehouse.settings import Settings
from landing_steps import current, deliver, empty, judge, load_all, load_one, query
from oracle.replacements import ACCEPTED, REFUSED, Candidate, care_days, identities, settle

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
AN = {
    "MA_BN": "BN-1", "HO_TEN": "Nguyễn Văn An", "NGAY_SINH": "198503020000",
    "SO_CCCD": "096085000111", "MA_THE_BHYT": "DN4969600011122",
}  # fmt: skip
BA = {
    "MA_BN": "BN-2", "HO_TEN": "Lê Thị Ba", "NGAY_SINH": "199001010000",
    "SO_CCCD": "096190000222", "MA_THE_BHYT": "HN2969600033344",
}  # fmt: skip
JANUARY = {"NGAY_VAO": "202601100800", "NGAY_RA": "202601121000"}
AUGUST = {"NGAY_VAO": "202608010800", "NGAY_RA": "202608011000"}
Header = dict[str, str]


def send(settings: Settings, name: str, hours: float, *headers: Header) -> str:
    """Deliver, load and judge a version of dossier A1; the hash of its file."""
    merged: Header = {}
    for header in headers:
        merged |= header
    content = claim_file([dossier("A1", **merged)])
    deliver(settings, name, content, NOON + timedelta(hours=hours))
    load_all(settings)
    judge(settings)
    return sha256(content).hexdigest()


def standing(settings: Settings) -> dict[str, str]:
    """State of the only dossier of each file."""
    found = {}
    for entry in entries(settings, with_names=True):
        (state,) = [s for s in STATES[1:] if entry["dossiers"][s]]
        assert entry["lines"] == entry["line_states"][state]
        found[entry["file"]] = state
    return found


def found(settings: Settings) -> list[tuple[Any, ...]]:
    return query(
        settings,
        "select f.file_name, r.rule_id from quarantine.relation_findings as r"
        " join ops.files as f using (file_id) order by 1, 2",
    )


def test_a_key_used_again_for_somebody_else_waits(settings: Settings) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    send(settings, "b.xml", 2, BA, AUGUST)

    assert standing(settings) == {"a.xml": "loaded", "b.xml": "pending"}
    assert found(settings) == [("b.xml", "V06")]
    [entry] = waiting(settings)
    assert (entry["about"], entry["position"], entry["dossier"]) == ("replacement", 1, "A1")


@pytest.mark.parametrize(
    ("second", "rules"),
    [
        ({**BA, **JANUARY}, ["V06_person"]),
        ({**AN, **AUGUST}, ["V06_time"]),
        ({**AN, **JANUARY}, []),
        # one identifier in common is enough, whichever it is
        ({**BA, "MA_BN": AN["MA_BN"], **AUGUST}, ["V06_time"]),
        ({**BA, "SO_CCCD": AN["SO_CCCD"], **AUGUST}, ["V06_time"]),
        ({**BA, "MA_THE_BHYT": f"{BA['MA_THE_BHYT']};HT3969600011122", **AUGUST}, ["V06_time"]),
        ({**BA, "HO_TEN": "NGUYỄN  VĂN AN", "NGAY_SINH": "19850302", **AUGUST}, ["V06_time"]),
        # a name without its birth, and a birth without its name, are others'
        ({**BA, "HO_TEN": AN["HO_TEN"], **AUGUST}, ["V06"]),
        ({**BA, "NGAY_SINH": AN["NGAY_SINH"], **AUGUST}, ["V06"]),
        # the last day in common, and the day after it
        ({**BA, "NGAY_VAO": "202601122359", "NGAY_RA": "202601130900"}, ["V06_person"]),
        ({**BA, "NGAY_VAO": "202601130000", "NGAY_RA": "202601130900"}, ["V06"]),
        # what cannot be read says nothing
        ({**BA, "NGAY_VAO": "2026", "NGAY_RA": "202608011000"}, ["V06_person"]),
        ({"MA_BN": "", "HO_TEN": "", "NGAY_SINH": "", "SO_CCCD": "", "MA_THE_BHYT": "",
          **AUGUST}, ["V06_time"]),
        # a withdrawal of somebody else's stay takes nothing away either
        ({**BA, **AUGUST, "MA_DOITUONG_KCB": "8"}, ["V06"]),
        ({**AN, **JANUARY, "MA_DOITUONG_KCB": "8"}, []),
    ],
)  # fmt: skip
def test_what_a_version_has_in_common_with_the_one_before(
    settings: Settings, second: Header, rules: list[str]
) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    send(settings, "b.xml", 2, second, {"GHI_CHU": "again"})

    assert found(settings) == [("b.xml", rule) for rule in rules]
    assert (standing(settings)["a.xml"] == "loaded") == (rules == ["V06"])


def test_a_key_is_free_again_after_a_withdrawal(settings: Settings) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    send(settings, "b.xml", 2, AN, JANUARY, {"MA_DOITUONG_KCB": "8"})
    send(settings, "c.xml", 3, BA, AUGUST)

    assert standing(settings)["c.xml"] == "loaded"
    assert found(settings) == []


def test_a_held_version_is_compared_with_what_counts_not_with_what_waits(
    settings: Settings,
) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    send(settings, "b.xml", 2, BA, AUGUST)
    send(settings, "c.xml", 3, AN, JANUARY, {"GHI_CHU": "corrected"})

    assert standing(settings) == {"a.xml": "superseded", "b.xml": "pending", "c.xml": "loaded"}


def test_accepted_the_version_counts_and_so_do_its_corrections(settings: Settings) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    held = send(settings, "b.xml", 2, BA, AUGUST)
    send(settings, "c.xml", 3, BA, AUGUST, {"GHI_CHU": "corrected"})
    assert standing(settings)["c.xml"] == "pending"

    done = decide(settings, held, 1, "accepted", decided_by="me", note="told by telephone")

    assert (done.about, done.changed_dossiers) == ("replacement", 1)
    assert standing(settings) == {"a.xml": "superseded", "b.xml": "superseded", "c.xml": "loaded"}
    assert (found(settings), waiting(settings)) == ([], [])
    [entry] = decided(settings)
    assert (entry["decision"], entry["decided_by"], entry["note"]) == (
        "accepted", "me", "told by telephone",
    )  # fmt: skip


def test_refused_the_version_is_quarantined_until_it_is_decided_otherwise(
    settings: Settings,
) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    held = send(settings, "b.xml", 2, BA, AUGUST)

    decide(settings, held, 1, "refused", decided_by="me")

    assert standing(settings) == {"a.xml": "loaded", "b.xml": "quarantined"}
    assert (found(settings), waiting(settings)) == ([("b.xml", "V06")], [])
    decide(settings, held[:12], 1, "accepted", decided_by="me")
    assert standing(settings)["b.xml"] == "loaded"


def test_a_dry_run_says_what_would_change_and_changes_nothing(settings: Settings) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    held = send(settings, "b.xml", 2, BA, AUGUST)

    done = decide(settings, held, 1, "accepted", decided_by="me", is_dry_run=True)

    assert done.changed_dossiers == 1
    assert (standing(settings)["b.xml"], decided(settings)) == ("pending", [])


def test_only_what_waits_is_decided(settings: Settings) -> None:
    first = send(settings, "a.xml", 1, AN, JANUARY)

    with pytest.raises(ConfigurationError, match="waits for no decision"):
        decide(settings, first, 1, "accepted", decided_by="me")
    with pytest.raises(ConfigurationError, match="no dossier at position 2"):
        decide(settings, first, 2, "accepted", decided_by="me")


def test_while_a_version_waits_an_incident_is_open(settings: Settings) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    held = send(settings, "b.xml", 2, BA, AUGUST)
    states = "select state, occurrence_count from ops.incidents"
    for _ in range(2):
        with engine(settings, "loader").begin() as connection:
            tell_waiting(connection)
    assert query(settings, states) == [("open", 1)]

    decide(settings, held, 1, "refused", decided_by="me")

    assert query(settings, states) == [("resolved", 1)]


def test_a_decision_holds_when_the_file_is_read_again(settings: Settings) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    held = send(settings, "b.xml", 2, BA, AUGUST)
    decide(settings, held, 1, "accepted", decided_by="me")

    files = chosen_files(settings, Scope(FACILITY, None, None))
    assert len(files) == 2 < FILES_AT_ONCE
    read_again(settings, files)
    judge(settings)

    assert standing(settings) == {"a.xml": "superseded", "b.xml": "loaded"}
    assert found(settings) == []


def test_a_correction_by_a_clock_of_the_past_is_told_and_may_win(settings: Settings) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    late = send(settings, "b.xml", -50_000, AN, JANUARY, {"GHI_CHU": "corrected"})
    assert standing(settings) == {"a.xml": "loaded", "b.xml": "superseded"}
    assert found(settings) == [("b.xml", "V07")]
    assert [entry["about"] for entry in waiting(settings)] == ["order"]

    done = decide(settings, late, 1, "accepted", decided_by="me")

    assert (done.about, done.changed_dossiers) == ("order", 1)
    assert standing(settings) == {"a.xml": "superseded", "b.xml": "loaded"}
    assert found(settings) == []
    send(settings, "c.xml", 2, AN, JANUARY, {"GHI_CHU": "corrected again"})
    assert standing(settings)["c.xml"] == "loaded"


def test_left_as_it_is_a_version_that_lost_is_told_no_more(settings: Settings) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    late = send(settings, "b.xml", -50_000, AN, JANUARY, {"GHI_CHU": "corrected"})

    decide(settings, late, 1, "refused", decided_by="me")

    assert standing(settings) == {"a.xml": "loaded", "b.xml": "superseded"}
    assert (found(settings), waiting(settings)) == ([], [])


def test_what_one_listing_shows_was_seen_at_once(settings: Settings) -> None:
    """After an outage the order in which the backlog is loaded says nothing."""
    for name, hours in (("a.xml", 2), ("b.xml", 1)):
        content = claim_file([dossier("A1", GHI_CHU=name, **AN, **JANUARY)])
        deliver(settings, name, content, NOON + timedelta(hours=hours))
    for delivery in reversed(list_new(settings)):
        load_one(settings, delivery)
    judge(settings)

    assert standing(settings) == {"a.xml": "loaded", "b.xml": "superseded"}
    assert found(settings) == []


@pytest.mark.parametrize(("seconds", "rules"), [(61, [("b.xml", "V07")]), (60, [])])
def test_how_much_later_a_version_is_seen_counts_from_the_tolerance(
    seconds: int, rules: list[tuple[str, str]], settings: Settings
) -> None:
    send(settings, "a.xml", 1, AN, JANUARY)
    send(settings, "b.xml", -50_000, AN, JANUARY, {"GHI_CHU": "corrected"})
    with engine(settings, OWNER).begin() as connection:
        connection.exec_driver_sql(
            "update ops.file_receipts as later set seen_at = first.seen_at"
            f" + interval '{seconds} seconds' from ops.file_receipts as first"
            " where later.file_name = 'b.xml' and first.file_name = 'a.xml'"
        )
        settle_versions(connection, [1, 2], timedelta(seconds=60))

    assert found(settings) == rules


# ---------- any order


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
        settle_versions(connection, list(files))


def _note(settings: Settings, digest: str, about: str, decision: str) -> None:
    with engine(settings, "loader").begin() as connection:
        connection.exec_driver_sql(
            "insert into ops.decisions (sha256, position, about, decision, decided_by)"
            " values (%s, 1, %s, %s, 'me')",
            (digest, about, decision),
        )
