"""Rules of lists that look at other lists: judged by builds, a function of what counts of both."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from build_steps import note_published
from feed_steps import deliver_rows, rows_of
from health_warehouse.database.connections import engine
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.findings import entries
from health_warehouse.quality.rules import all_rules
from health_warehouse.quality.sender_files import rows as sender_rows
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from quality_deliveries import Dossier, deliver
from rows_of_lists import GOOD

JULY = datetime(2026, 7, 3, 3, tzinfo=UTC)


def _row(feed: str, **changes: Any) -> dict[str, Any]:
    return {**GOOD[feed], **changes}


def _built(settings: Settings) -> dict[str, list[str]]:
    """Build and publish by note; rules that look at others, with the facilities that they name."""
    note_published(settings, build(settings))
    found: dict[str, list[str]] = {}
    for rule, facility in rows_of(
        settings,
        "select rule_id, facility_id from quarantine.relation_findings order by 1, 2",
    ):
        found.setdefault(rule, []).append(facility)
    return found


def test_a_list_says_nothing_until_the_registry_has_come(settings: Settings) -> None:
    deliver_rows(settings, "workforce/a.jsonl", [_row("workforce")])
    assert _built(settings) == {}


def test_facilities_that_the_registry_does_not_know_are_found_and_forgotten(
    settings: Settings,
) -> None:
    rows = [_row("workforce"), _row("workforce", facility_code="96002", is_main_place="0")]
    deliver_rows(settings, "workforce/a.jsonl", rows)
    filled = _row("posts", facility_code="96002", filled_posts="1")
    deliver_rows(settings, "posts/a.jsonl", [filled])
    deliver_rows(settings, "facility_registry/danh_muc_202606.jsonl", [_row("facility_registry")])
    assert _built(settings) == {
        "posts.known_facility": ["96002"],
        "workforce.known_facility": ["96002"],
    }
    # the next list knows it: nobody sent the lists again, and the findings go
    both = [_row("facility_registry"), _row("facility_registry", facility_code="96002")]
    deliver_rows(settings, "facility_registry/danh_muc_202607.jsonl", both, JULY)
    assert _built(settings) == {}


def test_who_is_sent_is_found_in_the_workforce_by_a_key_and_never_told(settings: Settings) -> None:
    stranger = _row("rotation", citizen_id="096080000099")
    deliver_rows(settings, "rotation/a.jsonl", [_row("rotation"), stranger])
    deliver_rows(settings, "workforce/a.jsonl", [_row("workforce")])
    assert _built(settings) == {"rotation.known_person": ["SO_Y_TE"]}
    [told] = [one["reason"] for one in entries(settings) if one["rule"] == "rotation.known_person"]
    assert "096080000099" not in told
    [row] = sender_rows(
        [one for one in entries(settings) if one["rule"] == "rotation.known_person"],
        all_rules(built_in()),
    )
    assert "Người luân phiên có trong danh sách nhân lực." in row


def test_a_receiver_is_a_facility_or_a_station(settings: Settings) -> None:
    registry = [_row("facility_registry"), _row("facility_registry", facility_code="96002")]
    deliver_rows(settings, "facility_registry/danh_muc_202606.jsonl", registry)
    deliver_rows(settings, "commune_station/a.jsonl", [_row("commune_station")])
    sent = [
        _row("rotation", citizen_id=f"09608000000{number}", to_facility=place)
        for number, place in enumerate(("96101", "96002", "96777"))
    ]
    deliver_rows(settings, "rotation/a.jsonl", sent)
    found = _built(settings)
    assert found["rotation.known_receiver"] == ["SO_Y_TE"]
    assert found["commune_station.known_station"] == ["SO_Y_TE"]


@pytest.mark.parametrize("is_known", [True, False])
def test_a_facility_that_sends_claims_is_in_the_registry(
    settings: Settings, is_known: bool
) -> None:
    from health_warehouse.landing.judging import check_files

    with engine(settings, "loader").begin() as connection:
        file_id = deliver(connection, [Dossier({"ma_lk": "A 1"})], facility_id="96001")
    check_files(settings, [file_id])
    code = "96001" if is_known else "96002"
    deliver_rows(
        settings,
        "facility_registry/danh_muc_202606.jsonl",
        [_row("facility_registry", facility_code=code)],
    )
    assert _built(settings) == ({} if is_known else {"F11": ["96001"]})
