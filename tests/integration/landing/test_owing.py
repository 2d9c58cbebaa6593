"""Who owes what: those that ever sent claims, until a registry says which facilities there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from feed_steps import STAFF, contract_of, province, put, take_in
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ContractError
from health_warehouse.landing import owing
from health_warehouse.landing.owing import Registered, who_owes
from health_warehouse.settings import Settings

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 31)


def _expecting(who: str, sender: str = "folder") -> str:
    return STAFF.replace(
        "sender: folder\n",
        f"sender: {sender}\nexpect: {{who: {who}, every: month, due: day 5}}\n",
    ).replace("partition: [facility_code, as_of]", "partition: [sender, as_of]")


def _owe(settings: Settings, day: date) -> list[str]:
    with engine(settings, "loader").connect() as connection:
        found = who_owes(connection, contract_of(settings, "staff"))
    return [one.sender_id for one in found if one.owes_for(day)]


def _said(code: str, **values: Any) -> Mapping[str, Any]:
    told = {
        "facility_type": "hospital_general",
        "ownership": "public_province",
        "is_insured": True,
        "is_active": True,
        "first": date(2020, 1, 1),
        "last": None,
    }
    return {"code": code, **told, **values}


def _register(monkeypatch: pytest.MonkeyPatch, *said: Mapping[str, Any]) -> None:
    """The registry, newest statement of a facility first."""
    found: dict[str, list[Registered]] = {}
    for one in said:
        values = dict(one)
        found.setdefault(values.pop("code"), []).append(Registered(**values))
    monkeypatch.setattr(owing, "_registry", lambda _: found)


def test_without_a_registry_those_owe_that_ever_sent_claims(settings: Settings) -> None:
    own = province(settings, _expecting("facilities active"))
    assert _owe(own, JUNE) == []
    with engine(own, OWNER).begin() as connection:
        connection.execute(
            text("insert into ops.facilities values ('96001', :early), ('96002', :late)"),
            {"early": datetime(2026, 5, 1, tzinfo=UTC), "late": datetime(2026, 7, 1, tzinfo=UTC)},
        )
    assert _owe(own, JUNE) == ["96001"]
    assert _owe(own, JULY) == ["96001", "96002"]


@pytest.mark.parametrize(
    ("who", "named"),
    [
        ("facilities", ["96001", "96002", "96003"]),
        ("facilities active", ["96001", "96002", "96003"]),
        ("facilities of care", ["96001", "96002"]),
        ("facilities public", ["96001", "96003"]),
        ("facilities private", ["96002"]),
        ("facilities insured", ["96001", "96003"]),
        ("facilities public of care", ["96001"]),
    ],
)
def test_a_registry_says_which_facilities_there_are(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, who: str, named: list[str]
) -> None:
    """Also those that never sent anything."""
    own = province(settings, _expecting(who))
    _register(
        monkeypatch,
        _said("96001"),
        _said("96002", ownership="private", is_insured=False),
        _said("96003", facility_type="cdc", is_insured=None),
        _said("96004", is_active=False),
    )
    assert _owe(own, JUNE) == named


def test_a_facility_owes_the_periods_on_whose_last_day_it_is_active(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = province(settings, _expecting("facilities active"))
    _register(
        monkeypatch,
        _said("96001", last=date(2026, 7, 15)),
        _said("96002", first=date(2026, 7, 15)),
        _said("96003", first=date(2026, 7, 1), is_active=False),
        _said("96003", last=date(2026, 6, 30)),
    )
    assert _owe(own, JUNE) == ["96001", "96003"]
    assert _owe(own, JULY) == ["96002"]


def test_of_two_statements_on_a_day_the_newest_counts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = province(settings, _expecting("facilities active"))
    _register(monkeypatch, _said("96001", is_active=False), _said("96001"))
    assert _owe(own, JUNE) == []


@pytest.mark.parametrize(
    ("who", "sender", "named"),
    [
        ("department", "{fixed: so_y_te}", ["so_y_te"]),
        ("department", "folder", ["department"]),
    ],
)
def test_one_sender_owes_what_no_facility_does(
    settings: Settings, who: str, sender: str, named: list[str]
) -> None:
    assert _owe(province(settings, _expecting(who, sender)), JUNE) == named


def test_a_registry_that_was_accepted_is_read(settings: Settings) -> None:
    """As its own contract has it; codes are compared in whatever form they are kept."""
    own = province(settings, _expecting("facilities public of care"))
    with engine(own, "loader").connect() as connection:
        assert owing._registry(connection) == {}
    common = {"valid_from": "2020-01-01", "facility_type": "hospital_general"}
    rows = [
        {**common, "facility_code": "96001", "ownership": "public_province", "status": "active"},
        {**common, "facility_code": "96002", "ownership": "private", "status": "active"},
        {**common, "facility_code": "96003", "ownership": "public_province", "status": "closed"},
        {**common, "facility_code": "96004", "ownership": "public_commune", "status": "active",
         "facility_type": "pharmacy"},
        {**common, "facility_code": "96005", "ownership": "public_commune", "status": "active",
         "valid_to": "2026-06-29"},
    ]  # fmt: skip
    put(own, "so_y_te/danh_muc_co_so_20260630.jsonl", rows)
    take_in(own)
    assert _owe(own, JUNE) == ["96001"]
    assert _owe(own, date(2026, 6, 29)) == ["96001", "96005"]


def test_facilities_of_an_unknown_kind_are_a_mistake_in_the_contract(settings: Settings) -> None:
    with pytest.raises(ContractError, match="nobody knows facilities that are 'rural'"):
        province(settings, _expecting("facilities rural"))
