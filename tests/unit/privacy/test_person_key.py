"""Which identifier makes a person, and that the key is one secret for all loaders."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from health_warehouse.database.connections import store_secrets
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.person_key import (
    citizen_id,
    insurance_number,
    load_person_key,
    person_key,
)
from health_warehouse.settings import Settings

KEY = bytes(32)


def key_of(**values: str | None) -> UUID:
    defaults: dict[str, str | None] = {
        "facility_id": "96001",
        "dossier_id": "A1",
        "cards": None,
        "citizen": None,
        "patient_id": None,
    }
    return person_key(KEY, **{**defaults, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cards", "number"),
    [
        ("DN4960123456789", "0123456789"),
        (" dn4960123456789 ", "0123456789"),
        ("DN4960123456789;GD4960123456789", "0123456789"),
        ("DN4961111111111;GD4962222222222", "2222222222"),
        ("DN4961111111111;", "1111111111"),
        ("0123456789", "0123456789"),
        ("TE1PP0123456789", None),
        ("DN9960123456789", None),
        ("DN496012345678", None),
        ("٠١٢٣٤٥٦٧٨٩", None),
        ("", None),
        (None, None),
    ],
)
def test_insurance_number_is_the_end_of_the_last_valid_card(
    cards: str | None, number: str | None
) -> None:
    assert insurance_number(cards) == number


@pytest.mark.parametrize(
    ("value", "found"),
    [("012345678901", "012345678901"), (" 123456789 ", "123456789"), ("b1234567", "B1234567"),
     ("0123", None), ("000", None), (None, None)],
)  # fmt: skip
def test_citizen_id_has_one_of_three_forms(value: str | None, found: str | None) -> None:
    assert citizen_id(value) == found


def test_the_same_person_at_two_facilities_is_one() -> None:
    here = key_of(cards="DN4960123456789", patient_id="1")
    assert here == key_of(facility_id="96002", cards="GD2010123456789", patient_id="77")
    assert here == key_of(cards="0123456789", citizen="012345678901")


def test_without_national_numbers_a_person_is_of_the_facility() -> None:
    assert key_of(patient_id="1") == key_of(patient_id=" 1 ", dossier_id="A2")
    assert key_of(patient_id="1") != key_of(patient_id="1", facility_id="96002")
    assert key_of() != key_of(dossier_id="A2")
    assert key_of(cards="TE1PP0123456789", patient_id="1") == key_of(patient_id="1")


def test_the_same_digits_as_another_kind_are_another_person() -> None:
    digits = "123456789"
    keys = {
        key_of(cards="0" + digits),
        key_of(citizen=digits),
        key_of(patient_id=digits),
        key_of(dossier_id=digits),
        key_of(facility_id="9600", patient_id="1" + digits),
        key_of(facility_id="96001", patient_id="0" + digits),
    }
    assert len(keys) == 6


@given(first=st.text(max_size=8), second=st.text(max_size=8))
def test_keys_are_equal_only_for_equal_identifiers(first: str, second: str) -> None:
    # the frame of x keeps the white space, which is otherwise stripped
    are_equal = key_of(patient_id=f"x{first}x") == key_of(patient_id=f"x{second}x")
    assert are_equal == (first == second)


def test_another_secret_gives_another_key() -> None:
    one = person_key(KEY, facility_id="1", dossier_id="1", cards=None, citizen=None, patient_id="1")
    other = person_key(
        bytes([1] * 32), facility_id="1", dossier_id="1", cards=None, citizen=None, patient_id="1"
    )
    assert one != other


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_person_key(settings), range(32)))
    assert len(keys) == 1
    (path,) = (tmp_path / "secrets").iterdir()
    assert path.name == "person_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(keys.pop() or b"") == 32


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="WAREHOUSE_PERSON_KEY"):
        load_person_key(Settings(state=tmp_path, person_key=SecretStr("secret")))
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "person_key").write_text("é")
    with pytest.raises(ConfigurationError, match="person_key must be"):
        load_person_key(Settings(state=tmp_path))


def test_no_key_is_made_beside_a_database_that_may_know_one(tmp_path: Path) -> None:
    store_secrets(Settings(state=tmp_path), {"owner_dsn": "postgresql://a:b@127.0.0.1:1/c"})
    assert load_person_key(Settings(state=tmp_path)) is None
    elsewhere = Settings(state=tmp_path / "new", dsn=SecretStr("postgresql://a:b@127.0.0.1:1/c"))
    assert load_person_key(elsewhere) is None
    assert not list(tmp_path.rglob("person_key"))
