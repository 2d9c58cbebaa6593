"""M09 and the models know each closed code, and close no other one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from claim_ledger import Dossier, Ledger
from expectations.marts import m09_closed_data as m09
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ReleaseHeld
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from oracle.keys import encounter_key
from oracle.visits import HIV_CODES, HIV_DRUGS

_FACILITY = "96006"
_TRADE_NAMES = (
    "Acriptega", "Aluvia", "Avonza", "Biktarvy", "Isentress", "Kaletra", "Prezista", "Tivicay",
    "Triumeq", "Truvada",
)  # fmt: skip
_SERVICES = (
    "Đo tải lượng HIV", "HIV tai luong", "HIV viral load", "HIV kháng thuốc kiểu gen",
    "HIV khang thuoc", "HIV drug resistance", "Theo dõi điều trị HIV", "theo doi HIV",
)  # fmt: skip
# The code before, the code behind and the rest of the category of each closed one.
_OTHER_CODES = (
    "B19", "B25", "Z20", "Z22", "F02.3", "F02.8", "O98.6", "O98.8", "R74", "R76", "F02", "O98",
)  # fmt: skip


def _closed() -> Iterator[Dossier]:
    for code in HIV_CODES:
        yield Dossier(f"main {code}", header={"ma_benh_chinh": code})
        yield Dossier(f"secondary {code}", header={"ma_benh_kt": f"I10;{code}"})
        yield Dossier(f"service for {code}", services=[{"ma_benh": f"{code}.1"}])
    yield Dossier("object", header={"ma_doituong_kcb": "1.9"})
    for name in (*HIV_DRUGS, *_TRADE_NAMES):
        yield Dossier(f"drug {name}", drugs=[{"ten_thuoc": f"{name} 300 mg"}])
    yield Dossier("ingredient", drugs=[{"ten_thuoc": "X", "ham_luong": "Abacavir 300 mg"}])
    for name in _SERVICES:
        yield Dossier(f"service {name}", services=[{"ten_dich_vu": name}])
    yield Dossier("care for HIV", papers={"xml6": [{"ma_lydo_dtri": "1"}]})
    yield Dossier("tuberculosis with HIV", papers={"xml15": [{"phanloai_lao_hiv": "1"}]})
    yield Dossier("confirmed", papers={"xml15": [{"ngaykd_hiv": "20200101"}]})
    yield Dossier("treated", papers={"xml15": [{"bddt_arv": "20200101"}]})


def _open() -> Iterator[Dossier]:
    for code in _OTHER_CODES:
        yield Dossier(f"other {code}", header={"ma_benh_chinh": code})
    yield Dossier("other object", header={"ma_doituong_kcb": "1.8"})
    yield Dossier("a test", services=[{"ten_dich_vu": "HIV Ab test nhanh"}])
    yield Dossier("a load", services=[{"ten_dich_vu": "Đo tải lượng HBV"}])
    yield Dossier("tuberculosis", papers={"xml15": [{"phanloai_lao_hiv": "2"}]})


_CLOSED = tuple(_closed())
_CHECK_INS: dict[str, dict[str, str | None]] = {
    "object": {"ma_doituong_kcb": "1.9"},
    **{f"drug {name}": {"ten_thuoc": f"{name} 300 mg"} for name in (*HIV_DRUGS, *_TRADE_NAMES)},
    **{f"service {name}": {"ten_dich_vu": name} for name in _SERVICES},
}
"""That close themselves, of dossiers that are open."""
_OTHER_CHECK_INS: dict[str, dict[str, str | None]] = {
    "other object": {"ma_doituong_kcb": "1.8"},
    "a test": {"ten_dich_vu": "HIV Ab test nhanh"},
    "a drug": {"ten_thuoc": "Paracetamol"},
}


@pytest.fixture(scope="module")
def built(module_settings: Settings) -> Settings:
    ledger = Ledger(module_settings)
    ledger.deliver(_FACILITY, *_CLOSED, *_open())
    for name, row in (_CHECK_INS | _OTHER_CHECK_INS).items():
        ledger.deliver(_FACILITY, Dossier(f"came: {name}", check_in=row))
    build(module_settings)
    return module_settings


def _audiences(settings: Settings, mart: str = "fct_encounters") -> dict[object, str]:
    with engine(settings, OWNER).connect() as connection:
        rows = connection.execute(text(f"select encounter_key, audience from candidate.{mart}"))
        return {row.encounter_key: row.audience for row in rows}


def test_each_closed_code_closes_its_dossier_and_no_other_does(built: Settings) -> None:
    found = _audiences(built)
    wrong = [
        (dossier.dossier_id, found[encounter_key(_FACILITY, dossier.dossier_id)])
        for dossiers, audience in ((_CLOSED, "hiv"), (tuple(_open()), "open"))
        for dossier in dossiers
        if found[encounter_key(_FACILITY, dossier.dossier_id)] != audience
    ]
    assert wrong == []
    assert audit(built, rules=[m09.RULE]).status == "passed"


def test_each_closed_code_closes_its_check_in_and_no_other_does(built: Settings) -> None:
    found, dossiers = _audiences(built, "fct_waiting_times"), _audiences(built)
    for rows, audience in ((_CHECK_INS, "hiv"), (_OTHER_CHECK_INS, "open")):
        for name in rows:
            key = encounter_key(_FACILITY, f"came: {name}")
            assert (found[key], dossiers[key]) == (audience, "open"), name


@pytest.mark.parametrize("name", _CHECK_INS)
def test_a_closed_check_in_that_is_open_is_held(built: Settings, name: str) -> None:
    key = encounter_key(_FACILITY, f"came: {name}")
    statement = "update candidate.fct_waiting_times set audience = '{}' where encounter_key = '{}'"

    def put(audience: str) -> None:
        with engine(built, "transformer").begin() as connection:
            assert connection.execute(text(statement.format(audience, key))).rowcount == 1

    put("open")
    try:
        with pytest.raises(ReleaseHeld, match="M09"):
            audit(built, rules=[m09.RULE])
    finally:
        put("hiv")


@pytest.mark.parametrize("dossier_id", [dossier.dossier_id for dossier in _CLOSED])
def test_a_closed_dossier_that_is_open_is_held(built: Settings, dossier_id: str) -> None:
    key = encounter_key(_FACILITY, dossier_id)
    statement = "update candidate.{} set audience = '{}' where encounter_key = '{}'"
    marts = ("fct_encounters", "fct_claim_lines", "bridge_encounters_diagnoses")

    def put(audience: str) -> None:
        with engine(built, "transformer").begin() as connection:
            for mart in marts:
                connection.execute(text(statement.format(mart, audience, key)))

    put("open")
    try:
        with pytest.raises(ReleaseHeld, match="M09"):
            audit(built, rules=[m09.RULE])
    finally:
        put("hiv")
