"""Spellings of one code are one row of a dimension; what is no code is not shown."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from oracle.keys import encounter_key

SPELLINGS = ("J06.9", "J069", "j06.9", "J.069", "J06.9†", "J06.9\u00a0", "Ｊ０６．９", "J06,9")


@pytest.fixture(scope="module")
def built(module_settings: Settings) -> Settings:
    ledger = Ledger(module_settings)
    ledger.deliver(
        "01001",
        *(Dossier(f"S{n}", header={"ma_benh_chinh": code}) for n, code in enumerate(SPELLINGS)),
        Dossier("LIST", header={"ma_benh_chinh": "A39.0†G01*", "ma_benh_kt": "I10J069 i10. E11.X"}),
        Dossier("NAMES", header={"ma_benh_chinh": "Nguyễn Văn An", "ma_benh_kt": "C1234567;I10"}),
        Dossier(
            "LINES",
            drugs=[
                {"ma_thuoc": "hzw1", "ma_khoa": "k02", "so_dang_ky": "vd-9-21"},
                {"ma_thuoc": "HZW\u200b1", "ma_khoa": "K02\u00a0", "so_dang_ky": "VD-9-21"},
            ],
        ),
    )
    build(module_settings)
    return module_settings


def _rows(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    with engine(settings, OWNER).connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def _codes(settings: Settings, dossier_id: str) -> list[tuple[object, ...]]:
    return _rows(
        settings,
        "select diagnosis_code, diagnosis_role from candidate.bridge_encounters_diagnoses"
        f" where encounter_key = '{encounter_key('01001', dossier_id)}' order by diagnosis_order",
    )


def test_spellings_of_a_diagnosis_are_one_diagnosis(built: Settings) -> None:
    assert _rows(
        built,
        "select count(*), count(distinct diagnosis_key), min(diagnosis_code)"
        " from candidate.bridge_encounters_diagnoses where diagnosis_code like 'J06%'"
        " and diagnosis_role = 'main'",
    ) == [(len(SPELLINGS), 1, "J06.9")]
    assert _rows(
        built,
        "select diagnosis_key::text, chapter_code from candidate.dim_diagnoses"
        " where diagnosis_code = 'J06.9'",
    ) == _rows(built, "select md5('J06.9')::uuid::text, 'X'")


def test_a_list_of_codes_is_taken_apart_however_it_is_joined(built: Settings) -> None:
    assert _codes(built, "LIST") == [
        ("A39.0", "main"),
        ("G01", "secondary"),
        ("I10", "secondary"),
        ("J06.9", "secondary"),
        ("E11.X", "secondary"),
    ]


def test_what_has_not_the_form_of_a_code_reaches_no_reader(built: Settings) -> None:
    assert _codes(built, "NAMES") == [("(unknown)", "main"), ("I10", "secondary")]
    assert _rows(
        built,
        "select main_diagnosis_code, secondary_diagnosis_codes from candidate.fct_encounters"
        f" where encounter_key = '{encounter_key('01001', 'NAMES')}'",
    ) == [("(unknown)", "I10")]
    assert not _rows(
        built,
        "select from candidate.dim_diagnoses where diagnosis_code ~ 'NGUY|C12'",
    )


def test_spellings_of_an_item_are_one_item(built: Settings) -> None:
    assert _rows(built, "select item_code from candidate.dim_items where item_code ~* 'hzw'") == [
        ("HZW1",)
    ]


def test_spellings_of_a_department_and_of_a_registration_are_one(built: Settings) -> None:
    assert _rows(
        built,
        "select department_code, registration_number, count(*) from candidate.fct_claim_lines"
        f" where encounter_key = '{encounter_key('01001', 'LINES')}' and table_code = 'XML2'"
        " group by 1, 2",
    ) == [("K02", "VD-9-21", 2)]
