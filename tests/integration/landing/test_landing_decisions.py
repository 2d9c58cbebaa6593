"""A version that replaces another one: what waits for a person, is flagged, and is decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from versions_of_a_dossier import AN, AUGUST, BA, JANUARY, found

from claim_files import FACILITY, claim_file, dossier
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.decisions import decide, decided, tell_waiting, waiting
from health_warehouse.landing.documents import settle_documents
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ledger import STATES, entries
from health_warehouse.landing.read_again import chosen_files, read_again
from health_warehouse.landing.reingest import FILES_AT_ONCE
from health_warehouse.landing.scope import Scope
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, load_one, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
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
        claims = built_in()["claims"]
        settle_documents(connection, claims, [1, 2], timedelta(seconds=60))

    assert found(settings) == rules
