"""Lists that replace a month and rows that replace one another: in any order, the same comes out.

Each order takes the same deliveries in other batches, some twice, and is interrupted between
loading and judging.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feed_steps import clear_inbox, forget, put, rows_of, take_in
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.load import load
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.settings import Settings
from rows_of_lists import GOOD

JUNE = datetime(2026, 7, 2, 3, tzinfo=UTC)
_CONTENT = (
    "select facility_code, as_of, person_key, title_code, valid_to from feeds.workforce",
    "select facility_code, occupation, approved_posts, filled_posts from feeds.posts",
    "select f.sha256, v.position, v.standing from ops.document_versions as v"
    " join ops.files as f using (file_id)",
    "select f.sha256, q.position, q.rule_id, q.field, q.reason from quarantine.findings as q"
    " join ops.files as f using (file_id)",
)


def _staff(*numbers: int, **changes: Any) -> list[dict[str, Any]]:
    return [
        {**GOOD["workforce"], "citizen_id": f"09608000000{number}", **changes} for number in numbers
    ]


def _posts(**filled: int) -> list[dict[str, Any]]:
    return [
        {**GOOD["posts"], "occupation": name, "filled_posts": str(count)}
        for name, count in filled.items()
    ]


# path, rows, days after the first receipt
DELIVERIES: list[tuple[str, list[dict[str, Any]], int]] = [
    ("workforce/nhan_luc_96001_20260630.jsonl", _staff(1, 2, 3), 0),
    ("workforce/nhan_luc_96001_20260630_b.jsonl", _staff(1, 3, 4), 2),  # 2 is not named any more
    ("workforce/nhan_luc_96001_20260630_c.jsonl",  # lacks more than half: it waits for a person
     [*_staff(1), *_staff(3, facility_code="960")], 4),
    ("workforce/nhan_luc_96001_20260731.jsonl", _staff(1, 2), 31),
    ("workforce/nhan_luc_96001_20260731_b.jsonl",  # whom it lacks may be in the broken row
     [*_staff(1, valid_to="20260715"), *_staff(9, citizen_id="")], 33),
    ("workforce/nhan_luc_96002_20260630.jsonl", _staff(1, 5, facility_code="96002"), 1),
    ("posts/chi_tieu_bien_che_1.jsonl", _posts(nurse=9, midwife=2), 0),
    ("posts/chi_tieu_bien_che_2.jsonl", _posts(nurse=8), 3),
    ("posts/chi_tieu_bien_che_3.jsonl", _posts(nurse=-1, healer=1), 5),  # quarantined: 8 stays
    ("posts/chi_tieu_bien_che_4.jsonl", _posts(midwife=2), 6),  # as before
]  # fmt: skip


def _deliver(settings: Settings, places: list[int]) -> None:
    for place in places:
        path, rows, days = DELIVERIES[place]
        put(settings, path, rows, JUNE + timedelta(days=days))


def _content(settings: Settings) -> list[list[str]]:
    return [sorted(str(tuple(row)) for row in rows_of(settings, one)) for one in _CONTENT]


def _in_order(settings: Settings, chance: random.Random) -> list[list[str]]:
    """What comes out of one order of the deliveries."""
    forget(settings)
    clear_inbox(settings)
    waiting = [*range(len(DELIVERIES)), *chance.sample(range(len(DELIVERIES)), 3)]
    chance.shuffle(waiting)
    while waiting:
        size = chance.randint(1, 5)
        batch, waiting = waiting[:size], waiting[size:]
        _deliver(settings, batch)
        if chance.random() < 0.5:  # killed before anything was judged
            for delivery in list_new(settings):
                load(settings, agreed_person_key(settings), delivery, store(settings, delivery))
        take_in(settings)
    return _content(settings)


def _require_one_outcome(settings: Settings, orders: int) -> None:
    chance = random.Random(20260630)
    first = _in_order(settings, chance)
    counting = {row[0]: 0 for row in rows_of(settings, "select facility_code from feeds.posts")}
    assert set(counting) == {"96001"}
    assert len(first[0]) == 3 + 2 + 2  # June: 1, 3, 4; July: 1, 2; the other facility
    for number in range(1, orders):
        assert _in_order(settings, chance) == first, number


def test_a_few_orders(settings: Settings) -> None:
    _require_one_outcome(settings, 6)


@pytest.mark.soak
def test_two_hundred_orders(settings: Settings) -> None:
    _require_one_outcome(settings, 200)
