"""What a reason quotes, and what it only describes, lest it tell of a person."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from expectations.rules.fragments import quoted_code, quoted_diagnosis, quoted_time
from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings

CODES = ["1", "3.61", "96001", "J18.9", "1e400", "NaN", "1.234,5", "20261345", "H0012", "0x10"]
SERVICES = ["18.0001.0001", "02.1896.0123_TB", "03.0012.0345.K16"]
PERSONS = [
    "096300012345",  # citizen id, twelve digits
    "381234567",  # the old one, nine
    "0912-345 678",
    "0912.345.678",
    "GD4960000123456",
    "Nguyễn Văn A",
    "NGUYEN",
    "Bình",
    "12 Trần",
]


def _told(settings: Settings, expression: str, value: str) -> str:
    with engine(settings, "loader").connect() as connection:
        query = text(f"select {expression} from (select cast(:value as text) as sent) as row")
        return str(connection.execute(query, {"value": value}).scalar_one())


@pytest.mark.parametrize("value", [*CODES, *SERVICES])
def test_codes_and_numbers_are_quoted(module_settings: Settings, value: str) -> None:
    assert _told(module_settings, quoted_code("sent"), f" {value} ") == value


@pytest.mark.parametrize("value", PERSONS)
@pytest.mark.parametrize("quoted", [quoted_code, quoted_diagnosis, quoted_time])
def test_what_may_be_a_persons_is_described(
    module_settings: Settings, quoted: object, value: str
) -> None:
    assert callable(quoted)
    assert f"{len(value)} characters: " in _told(module_settings, quoted("sent"), value)


@pytest.mark.parametrize(
    "value",
    ["B24", "b20.1", "Z21", "J18;B24", "J18; R75", "B.24", "B 2 4", "f0.2.4", "J18B24", "B24.X"],
)
def test_a_diagnosis_of_hiv_is_described(module_settings: Settings, value: str) -> None:
    told = _told(module_settings, quoted_diagnosis("sent"), value)
    assert told.startswith(f"{len(value)} characters: ")
    assert _told(module_settings, quoted_diagnosis("sent"), "J18.99") == "J18.99"


@pytest.mark.parametrize("value", ["202613450800", "20261345", "20260805", "2026-08-05"])
def test_dates_and_what_is_meant_for_one_are_quoted(module_settings: Settings, value: str) -> None:
    assert _told(module_settings, quoted_time("sent"), value) == value


def test_a_blank_is_told_as_one(module_settings: Settings) -> None:
    assert _told(module_settings, quoted_code("sent"), "  ") == "blank"
