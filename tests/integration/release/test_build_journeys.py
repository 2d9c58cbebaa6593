"""Transfers and appointments are matched to encounters of other dossiers, delivered in any order.

Every case is a person with a story of three chapters, each built as an increment. What an increment
shows is compared with what a full build shows, row by row, and with what is expected by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from build_steps import Rows, candidate, note_published
from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import engine
from health_warehouse.release.build import build
from health_warehouse.settings import Settings

_SENDER, _RECEIVER, _THIRD = "01001", "01002", "01003"
_Delivery = tuple[str, Dossier]


def _sent(person: str, **header: str) -> _Delivery:
    """A transfer to the receiver; care ends on 3 May at 9:00."""
    slip = {"xml13": [{"ma_noi_den": _RECEIVER, "ma_lydo_ct": "1"}]}
    inside = {"ma_loai_kcb": "03", "ma_loai_rv": "2"}
    return _SENDER, Dossier(f"sent {person}", person, {**inside, **header}, papers=slip)


def _arrived(
    person: str,
    when: str = "202605031000",
    at: str = _RECEIVER,
    owner: str | None = None,
    **header: str,
) -> _Delivery:
    """An encounter of `owner` (or the person) that begins an hour after the transfer."""
    times = {"ngay_vao": when, "ngay_ra": "202605200800", "ma_loai_kcb": "03"}
    return at, Dossier(f"arrived {person}", owner or person, times | header)


def _gone(delivery: _Delivery) -> _Delivery:
    facility, dossier = delivery
    return facility, Dossier(dossier.dossier_id, dossier.person, is_withdrawal=True)


def _told_to_come(person: str, day: str = "202605100800") -> _Delivery:
    slip = {"xml14": [{"ngay_hen_kl": day}]}
    return _SENDER, Dossier(f"told {person}", person, papers=slip)


def _came(person: str, day: str, name: str = "came") -> _Delivery:
    times = {"ngay_vao": f"{day}0800", "ngay_ra": f"{day}0900"}
    return _SENDER, Dossier(f"{name} {person}", person, times)


# Person: what is delivered in each chapter, and the dossier that the transfer or appointment meets
# after it: None for none, and "" when there is no transfer or appointment any more.
_TRANSFERS: Mapping[str, tuple[tuple[list[_Delivery], str | None], ...]] = {
    "arrival later": (
        ([_sent("arrival later")], None),
        ([_arrived("arrival later")], "arrived arrival later"),
        ([_sent("arrival later", ket_qua_dtri="2")], "arrived arrival later"),
    ),
    "arrival first": (
        ([_arrived("arrival first")], ""),
        ([_sent("arrival first")], "arrived arrival first"),
        ([_gone(_sent("arrival first"))], ""),
    ),
    "corrected": (
        ([_sent("corrected"), _arrived("corrected")], "arrived corrected"),
        ([_arrived("corrected", when="202605061000")], None),
        ([_arrived("corrected", when="202605060900")], "arrived corrected"),
    ),
    "withdrawn": (
        ([_sent("withdrawn"), _arrived("withdrawn")], "arrived withdrawn"),
        ([_gone(_arrived("withdrawn"))], None),
        ([_arrived("withdrawn")], "arrived withdrawn"),
    ),
    "somebody else": (
        ([_sent("somebody else"), _arrived("somebody else", owner="another")], None),
        ([_arrived("somebody else")], "arrived somebody else"),
        ([_arrived("somebody else", owner="another")], None),
    ),
    "named by another": (
        (
            [_sent("named by another"), _arrived("named by another", at=_THIRD, ma_noi_di=_SENDER)],
            "arrived named by another",
        ),
        (
            [(_RECEIVER, Dossier("direct", "named by another", {"ngay_vao": "202605040800"}))],
            "direct",
        ),
        (
            [(_RECEIVER, Dossier("direct", "named by another", is_withdrawal=True))],
            "arrived named by another",
        ),
    ),
    "not a transfer": (
        ([_sent("not a transfer"), _arrived("not a transfer")], "arrived not a transfer"),
        ([(_SENDER, Dossier("sent not a transfer", "not a transfer"))], ""),
        (
            [(_SENDER, Dossier("sent not a transfer", "not a transfer", {"ma_loai_rv": "5"}))],
            None,  # not said where to, and the arrival does not name the sender
        ),
    ),
}
_APPOINTMENTS: Mapping[str, tuple[tuple[list[_Delivery], str | None], ...]] = {
    "kept later": (
        ([_told_to_come("kept later")], None),
        ([_came("kept later", "20260512")], "came kept later"),
        ([_came("kept later", "20260510", "came nearer")], "came nearer kept later"),
    ),
    "moved": (
        ([_told_to_come("moved"), _came("moved", "20260510")], "came moved"),
        ([_told_to_come("moved", "202607100800")], None),
        ([_gone(_told_to_come("moved"))], ""),
    ),
    "withdrawn visit": (
        (
            [_told_to_come("withdrawn visit"), _came("withdrawn visit", "20260510")],
            "came withdrawn visit",
        ),
        ([_gone(_came("withdrawn visit", "20260510"))], None),
        ([], None),
    ),
}
# What is known of an appointment follows the last arrival at the facility, whoever came: the window
# of 10 May ends on the 24th.
_LAST_ARRIVAL = (
    _SENDER,
    Dossier("last", "the last one", {"ngay_vao": "202605240800", "ngay_ra": "202605250800"}),
)
_LAST_ARRIVALS: tuple[list[_Delivery], ...] = ([], [_LAST_ARRIVAL], [_gone(_LAST_ARRIVAL)])
_STAYED_AWAY = "stayed away"
_CHAPTERS = range(3)
_KEPT = """
select is_kept, known_through_date::text
from candidate.fct_appointments as slips
join candidate.dim_facilities using (facility_key, audience)
join ops.current_dossiers as told using (encounter_key)
where told.dossier_id = 'told stayed away'
"""
_MET = """
select split_part(told.dossier_id, ' ', 1) as kind,
    substr(told.dossier_id, strpos(told.dossier_id, ' ') + 1) as person,
    met.dossier_id as met
from (
    select facility_key, encounter_key, arrival_facility_key as met_facility_key,
        arrival_encounter_key as met_encounter_key
    from candidate.fct_transfers
    union all
    select facility_key, encounter_key, facility_key, visit_encounter_key
    from candidate.fct_appointments
) as journeys
join ops.current_dossiers as told using (encounter_key)
left join ops.current_dossiers as met on met.encounter_key = journeys.met_encounter_key
"""


@dataclass(frozen=True)
class Story:
    """Per chapter whom each transfer and appointment meets, whether it is known that somebody
    stayed away, and up to which day; the marts by increments and in full."""

    met: list[dict[tuple[str, str], str | None]]
    kept: list[tuple[bool | None, str]]
    incremental: dict[str, Rows]
    full: dict[str, Rows]
    builds: list[bool]


@pytest.fixture(scope="module")
def story(module_settings: Settings) -> Story:
    ledger = Ledger(module_settings)
    met, kept, is_full = [], [], []
    ledger.deliver(*_told_to_come(_STAYED_AWAY))
    for chapter in _CHAPTERS:
        for facility, dossier in _LAST_ARRIVALS[chapter]:
            ledger.deliver(facility, dossier)
        for told in (*_TRANSFERS.values(), *_APPOINTMENTS.values()):
            for facility, dossier in told[chapter][0]:
                ledger.deliver(facility, dossier)
        built = build(module_settings)
        note_published(module_settings, built)
        is_full.append(built.is_full)
        met.append(_met(module_settings))
        kept.append(_kept(module_settings))
    incremental = candidate(module_settings)
    build(module_settings, full=True)
    return Story(met, kept, incremental, candidate(module_settings), is_full)


def _kept(settings: Settings) -> tuple[bool | None, str]:
    with engine(settings, "transformer").connect() as connection:
        row = connection.execute(text(_KEPT)).one()
    return row.is_kept, row.known_through_date


def _met(settings: Settings) -> dict[tuple[str, str], str | None]:
    with engine(settings, "transformer").connect() as connection:
        rows = connection.execute(text(_MET)).all()
    return {(row.kind, row.person): row.met for row in rows}


@pytest.mark.parametrize("chapter", _CHAPTERS)
@pytest.mark.parametrize(
    ("kind", "person"),
    [("sent", person) for person in _TRANSFERS] + [("told", person) for person in _APPOINTMENTS],
)
def test_a_journey_follows_the_dossiers_of_its_person(
    story: Story, kind: str, person: str, chapter: int
) -> None:
    stories: Callable[[str], tuple[tuple[list[_Delivery], str | None], ...]] = (
        _TRANSFERS.__getitem__ if kind == "sent" else _APPOINTMENTS.__getitem__
    )
    expected = stories(person)[chapter][1]

    assert story.met[chapter].get((kind, person), "") == expected


def test_an_appointment_is_missed_only_when_the_visits_of_its_window_are_known(
    story: Story,
) -> None:
    assert story.kept == [(None, "2026-05-10"), (False, "2026-05-24"), (None, "2026-05-12")]


@pytest.mark.parametrize(
    "mart",
    [
        "fct_transfers",
        "fct_appointments",
        "fct_stays",
        "rpt_appointment_months",
        "rpt_transfer_months",
        "fct_encounters",
    ],
)
def test_increments_give_what_a_full_build_gives(story: Story, mart: str) -> None:
    assert story.incremental[mart] == story.full[mart]
    assert story.full[mart]
    assert story.builds == [True, False, False]
