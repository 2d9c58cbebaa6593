"""The forms of codes in Postgres are those of Python, and each is its own form."""

from __future__ import annotations

from hypothesis import HealthCheck, given
from hypothesis import settings as search
from hypothesis import strategies as st
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.reference.canonical import (
    canonical_code,
    canonical_icd,
    canonical_icd_list,
    is_icd_code,
)
from health_warehouse.settings import Settings

# What Python's Unicode knows; Postgres brings tables of its own, newer ones.
ASSIGNED = st.characters(exclude_categories=("Cs", "Cn", "Co"), exclude_characters="\0")
SIGNS = st.sampled_from(
    ".;,/+|&\\-_ †*·\t\n\r\u00a0\u200b\u00ad\ufeff\u3000\u0301\u0307\u0323\u0306\u2028、；"
)
LETTERS = st.sampled_from("BJZXbioăậđеВΒ12049Ｂ２𝐁İß")
CODES = st.sampled_from(["B24", "J06.9", "Z21", "I10.X", "U62.392.9", "q99z9", "VIÊM"])
TEXTS = st.lists(st.one_of(CODES, SIGNS, LETTERS, ASSIGNED), max_size=12).map("".join)
FORMS = text(
    "select raw.canonical_code(value), raw.canonical_icd(value), raw.canonical_icd_list(value),"
    " raw.is_icd_code(value) from unnest(cast(:values as text[])) with ordinality as v (value, n)"
    " order by n"
)


@given(values=st.lists(TEXTS, min_size=20, max_size=60))
@search(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_postgres_and_python_agree(module_settings: Settings, values: list[str]) -> None:
    with engine(module_settings, OWNER).connect() as connection:
        found = [tuple(row) for row in connection.execute(FORMS, {"values": values})]

    assert found == [
        (canonical_code(v), canonical_icd(v), canonical_icd_list(v), is_icd_code(v)) for v in values
    ]


@given(value=TEXTS)
@search(max_examples=1000)
def test_a_form_is_its_own_form(value: str) -> None:
    code, icd = canonical_code(value), canonical_icd(value)

    assert canonical_code(code) == code
    assert canonical_icd(icd) == icd
    assert canonical_icd_list(icd) == canonical_icd_list(value)


@given(values=st.lists(TEXTS, max_size=5))
@search(max_examples=300)
def test_lists_that_are_joined_are_one_list(values: list[str]) -> None:
    assert canonical_icd_list(";".join(values)) == [
        code for value in values for code in canonical_icd_list(value)
    ]


def test_nothing_is_no_code(module_settings: Settings) -> None:
    with engine(module_settings, OWNER).connect() as connection:
        found = connection.execute(
            text(
                "select raw.canonical_code(null), raw.canonical_icd(null),"
                " raw.canonical_icd_list('')"
            )
        ).one()

    assert tuple(found) == (None, None, [])
