"""Readmission by the shipped query and by fct_stays, of stories whose answer is plain."""

from __future__ import annotations

import psycopg
import pytest

from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import dsn
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import PROJECT_DIR, Settings

_QUERY = PROJECT_DIR / "benchmarks" / "bi_queries" / "readmissions_within_30_days.sql"
_OF_STAYS = b"""
select facility_id, count(*), count(*) filter (where is_readmitted)
from marts.fct_stays as stays
join marts.dim_facilities as places on places.facility_key = stays.last_facility_key
where is_index_stay
    and discharge_date + 30 <= (select max(known_through_date) from marts.dim_facilities)
group by facility_id
"""
_HOSPITAL, _OTHER = "96001", "96002"
_SENT = {"ma_loai_rv": "2", "ma_noi_den": _OTHER}
_LATE = ("2026-09-01", "2026-09-02")
"""Of days so late that 30 days after every other stay are known."""


def _care(person: str, arrived: str, left: str, **header: str) -> Dossier:
    """Care from morning to morning, in bed unless said otherwise."""
    days = {
        "ngay_vao": arrived.replace("-", "") + "0800",
        "ngay_ra": left.replace("-", "") + "0800",
    }
    return Dossier(f"{person} {arrived}", person, {"ma_loai_kcb": "03", **days, **header})


_STAY = ("2026-05-01", "2026-05-04")
STORIES: dict[str, tuple[dict[str, list[Dossier]], dict[str, tuple[int, int]]]] = {
    "in bed again after 30 days": (
        {_HOSPITAL: [_care("A", *_STAY)], _OTHER: [_care("A", "2026-06-03", "2026-06-05")]},
        {_HOSPITAL: (1, 1), _OTHER: (1, 0)},
    ),
    "in bed again after 31 days": (
        {_HOSPITAL: [_care("A", *_STAY), _care("A", "2026-06-04", "2026-06-05")]},
        {_HOSPITAL: (2, 0)},
    ),
    "back as an outpatient": (
        {_HOSPITAL: [_care("A", *_STAY), _care("A", "2026-05-10", "2026-05-10", ma_loai_kcb="01")]},
        {_HOSPITAL: (1, 0)},
    ),
    "back as an outpatient, then in bed": (
        {
            _HOSPITAL: [
                _care("A", *_STAY),
                _care("A", "2026-05-10", "2026-05-10", ma_loai_kcb="01"),
                _care("A", "2026-05-20", "2026-05-21"),
            ]
        },
        {_HOSPITAL: (2, 1)},
    ),
    "sent on: one stay, of where it ended": (
        {
            _HOSPITAL: [_care("A", *_STAY, **_SENT)],
            _OTHER: [_care("A", "2026-05-04", "2026-05-09")],
        },
        {_OTHER: (1, 0)},
    ),
    "sent on, arrived a day later, and in bed again": (
        {
            _HOSPITAL: [_care("A", *_STAY, **_SENT), _care("A", "2026-06-01", "2026-06-02")],
            _OTHER: [_care("A", "2026-05-05", "2026-05-09")],
        },
        {_OTHER: (1, 1), _HOSPITAL: (1, 0)},
    ),
    "sent on and never seen again": (
        {_HOSPITAL: [_care("A", *_STAY, **_SENT)]},
        {},
    ),
    "two dossiers of one stay": (
        {_HOSPITAL: [_care("A", *_STAY), _care("A", "2026-05-02", "2026-05-06")]},
        {_HOSPITAL: (1, 0)},
    ),
    "died": ({_HOSPITAL: [_care("A", *_STAY, ket_qua_dtri="5")]}, {}),
    "somebody else": (
        {_HOSPITAL: [_care("A", *_STAY), _care("B", "2026-05-10", "2026-05-12")]},
        {_HOSPITAL: (2, 0)},
    ),
    "ended too late to be judged": (
        {_HOSPITAL: [_care("A", "2026-08-03", "2026-08-04")]},
        {},
    ),
}


Answers = dict[str, tuple[int, int]]
"""Stays and readmissions by facility."""


@pytest.fixture(scope="module")
def answers(module_settings: Settings) -> dict[str, Answers]:
    """All stories in one warehouse, each with facilities of its own."""
    ledger = Ledger(module_settings)
    for number, (sent, _) in enumerate(STORIES.values()):
        for facility, dossiers in sent.items():
            for one in dossiers:
                ledger.deliver(_placed(facility, number), _of_story(one, number))
    ledger.deliver("96999", _care("late", *_LATE))
    built = build(module_settings)
    audit(module_settings, built.build_id)
    publish(module_settings, built.build_id)
    with psycopg.connect(dsn(module_settings, "bi_reader")) as reader:
        return {
            "query": _asked(reader, _QUERY.read_bytes()),
            "fct_stays": _asked(reader, _OF_STAYS),
        }


def _asked(reader: psycopg.Connection, query: bytes) -> Answers:
    return {facility: (stays, again) for facility, stays, again in reader.execute(query).fetchall()}


def _placed(facility: str, number: int) -> str:
    return f"{facility[:2]}{number:02}{facility[-1]}"


def _of_story(one: Dossier, number: int) -> Dossier:
    header = dict(one.header)
    if "ma_noi_den" in header:
        header["ma_noi_den"] = _placed(header["ma_noi_den"], number)
    return Dossier(f"{number} {one.dossier_id}", f"{number} {one.person}", header)


@pytest.mark.parametrize("asked", ["query", "fct_stays"])
@pytest.mark.parametrize("story", STORIES)
def test_readmissions_are_returns_to_a_bed(
    answers: dict[str, Answers], story: str, asked: str
) -> None:
    number = list(STORIES).index(story)
    expected = STORIES[story][1]
    found = {
        facility: answers[asked][_placed(facility, number)]
        for facility in (_HOSPITAL, _OTHER)
        if _placed(facility, number) in answers[asked]
    }
    assert found == expected
