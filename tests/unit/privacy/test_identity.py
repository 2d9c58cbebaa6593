"""Hashes by which versions of one dossier are compared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.privacy.identity import identifier_hashes
from oracle.replacements import identities

KEY = bytes(32)
_AN: dict[str, Any] = {
    "facility_id": "96001",
    "dossier_id": "LK-1",
    "cards": "DN4960012345678",
    "citizen": "096085000111",
    "patient_id": "BN-1",
    "name": "Nguyễn Văn An",
    "birth": "198503020000",
}
_NOBODY = dict.fromkeys(("cards", "citizen", "patient_id", "name", "birth"))


def _hashes(**changes: str | None) -> set[object]:
    return set(identifier_hashes(KEY, **{**_AN, **changes}))


def test_everything_that_identifies_a_person_has_a_hash() -> None:
    assert len(_hashes()) == 4
    assert len(_hashes(cards="DN4960012345678;HT3960099999990")) == 5
    assert _hashes(**_NOBODY) == set()


@pytest.mark.parametrize(
    ("change", "shared"),
    [
        ({"cards": "HT3960012345678"}, 4),  # another card, the same insurance number
        ({"cards": "0012345678"}, 4),
        ({"name": " NGUYỄN  VĂN AN"}, 4),
        ({"name": "Nguye\u0302\u0303n Va\u0306n An"}, 4),  # letters put together otherwise
        ({"birth": "19850302"}, 4),
        ({"patient_id": "bn-1 "}, 4),
        ({"name": "Nguyễn Văn Anh"}, 3),
        ({"birth": "198503030000"}, 3),
        ({"citizen": "096085000112"}, 3),
        ({"citizen": "unknown"}, 3),
        ({"dossier_id": "LK-2"}, 0),  # hashes of other dossiers are others
        ({"facility_id": "96002"}, 0),
    ],
)
def test_how_many_hashes_are_shared(change: dict[str, str], shared: int) -> None:
    assert len(_hashes() & _hashes(**change)) == shared


@pytest.mark.parametrize(
    "change",
    [
        {"patient_id": "lk-1"},  # repeats MA_LK
        {"citizen": "000000000000"},
        {"cards": "0000000000"},
        {"cards": "TE1PP0012345678"},
        {"name": "Nguyễn Văn An"},
        {"birth": "198503020000"},
    ],
)
def test_what_identifies_nobody_has_no_hash(change: dict[str, str]) -> None:
    assert _hashes(**{**_NOBODY, **change}) == set()


_TEXT = st.sampled_from(
    ["", "1", "LK-1", "BN-1", "An", "AN ", "19850302", "198503020000", "111111111"]
)
_CARDS = st.lists(
    st.sampled_from(["DN4960012345678", "HT3960012345678", "0012345678", "x", ""]), max_size=3
).map(";".join)


@given(
    one=st.tuples(_CARDS, _TEXT, _TEXT, _TEXT, _TEXT),
    other=st.tuples(_CARDS, _TEXT, _TEXT, _TEXT, _TEXT),
)
def test_persons_are_the_same_as_for_another_program(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    elements = ("MA_THE_BHYT", "SO_CCCD", "MA_BN", "HO_TEN", "NGAY_SINH")
    names = ("cards", "citizen", "patient_id", "name", "birth")
    hashes = [_hashes(**dict(zip(names, values, strict=True))) for values in (one, other)]
    known = [
        identities(dict(zip(elements, values, strict=True)), "LK-1") for values in (one, other)
    ]
    assert [len(found) for found in hashes] == [len(found) for found in known]
    assert bool(hashes[0] & hashes[1]) == bool(known[0] & known[1])
