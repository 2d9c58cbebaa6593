"""Whatever is sent in whatever order: a plain reader's marts are those without closed dossiers."""

from __future__ import annotations

import random

import pytest
from worlds import Sent, World, both

from claim_ledger import PAPERS, Dossier

_FACILITIES = ("96001", "96002", "96003")
_CLOSED_CODES = ("B20", "B.24", "b 2 4", "Z21", "F02.4", "I10;R75", "O987")
_OPEN_CODES = ("J18.9", "I10", "E11.9", "Z11.4", "B25")
_OPEN_PAPERS = [name for name in PAPERS if name != "xml6"]


def random_sent(chance: random.Random) -> Sent:
    """One of few dossiers of few persons, so that they meet: versions, transfers, visits, twins."""
    number, day = chance.randrange(14), chance.randrange(1, 26)
    facility, person = chance.choice(_FACILITIES), "ABCDE"[number % 5]
    if chance.random() < 0.15:
        return Sent(facility, Dossier(f"d{number}", person, is_withdrawal=True))
    is_closed = chance.random() < 0.4
    papers = {name: PAPERS[name] for name in _OPEN_PAPERS if chance.random() < 0.3}
    papers["xml13"] = [{"ma_noi_den": chance.choice(_FACILITIES), "ma_lydo_ct": "1"}]
    header = {
        "ma_benh_chinh": chance.choice(_OPEN_CODES),
        "ma_benh_kt": chance.choice(_CLOSED_CODES if is_closed else _OPEN_CODES),
        "ngay_vao": f"202606{day:02d}0800",
        "ngay_ra": f"202606{day + 1:02d}0800",
    }
    check_in = {"ngay_vao": f"202606{day:02d}0730"} if chance.random() < 0.5 else None
    dossier = Dossier(f"d{number}", person, header, papers=papers, check_in=check_in)
    return Sent(facility, dossier, is_closed)


def check_life(pair: tuple[World, World], seed: int, releases: int) -> None:
    everything, opened = pair
    chance = random.Random(seed)
    for _ in range(releases):
        both(everything, opened, [random_sent(chance) for _ in range(10)])
        everything.release()
        opened.release()
        seen, other = everything.content("bi_reader"), opened.content("bi_reader")
        assert set(seen) == set(other)
        for relation, rows in seen.items():
            assert rows == other[relation], (seed, relation)
    assert sum(seen["marts.fct_encounters"].values()) > 0
    whole = everything.content("hiv_reader")
    assert sum(whole["hiv.fct_encounters"].values()) > sum(seen["marts.fct_encounters"].values())


def test_a_random_life(pair: tuple[World, World]) -> None:
    check_life(pair, seed=1, releases=3)


@pytest.mark.soak
def test_a_long_random_life(pair: tuple[World, World]) -> None:
    check_life(pair, seed=2, releases=40)
