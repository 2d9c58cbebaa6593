"""Whatever form the envelope has, the same is read, to the last character."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from claim_files import claim_file, hoso, paper, part, xml1
from envelope_variants import FORMS, PLAIN, Form, contents, write
from health_warehouse.sources.claims.dossier import Dossier, Envelope
from health_warehouse.sources.claims.parse import ClaimFile
from health_warehouse.sources.claims.schema import TABLES

MIB = 1024 * 1024


def parse(content: bytes) -> tuple[Envelope, list[Dossier]]:
    claims = ClaimFile(io.BytesIO(content), 64 * MIB, 32 * MIB)
    dossiers = list(claims)
    return claims.envelope, dossiers


def read(form: Form) -> list[dict[str, list[dict[str, str]]]]:
    """Rows by table and dossier as names and values; blank values are left out."""
    envelope, dossiers = parse(write(form, "96001"))
    assert replace(envelope, is_signed=False) == Envelope("96001", "20260806", 2)
    assert [dossier.problems for dossier in dossiers] == [[], []]
    assert [dossier.others for dossier in dossiers] == [[], []]
    return [
        {name: _named(name, rows) for name, rows in _all_tables(dossier).items()}
        for dossier in dossiers
    ]


def _all_tables(dossier: Dossier) -> dict[str, Any]:
    return {"XML1": [dossier.xml1], **dossier.tables}


def _named(table: str, rows: list[list[str | None]]) -> list[dict[str, str]]:
    names = [*(field.name for field in TABLES[table].fields), "_extra"]
    return [{name: value for name, value in zip(names, row, strict=True) if value} for row in rows]


def test_the_plain_form_gives_what_was_written() -> None:
    expected = [
        {
            name: [{column: value for column, value in row.items() if value} for row in rows]
            for name, rows in content.items()
        }
        for content in contents("96001")
    ]
    assert read(PLAIN) == expected


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_gives_what_the_plain_one_gives(form: Form) -> None:
    assert write(form, "96001") != write(PLAIN, "96001")
    assert read(form) == read(PLAIN)


def test_a_signature_of_the_file_is_told() -> None:
    signed = {form.name for form in FORMS if parse(write(form, "96001"))[0].is_signed}
    assert signed == {"signed", "signature beside the parts", "tables signed, nested"}


def test_the_table_of_forms_is_long_and_without_repetition() -> None:
    assert len(FORMS) >= 50
    assert (
        len({form.name for form in FORMS}) == len({write(f, "96001") for f in FORMS}) == len(FORMS)
    )


@pytest.mark.parametrize(
    ("spelling", "columns"),
    [
        ("4750", {"MA_NOI_DI": "96002", "MA_NOI_DEN": "79001", "PP_DIEU_TRI": "Nội khoa"}),
        ("3176", {"MA_CSKCB_DI": "96002;96003", "MA_CSKCB_DEN": "79001", "TINH_TRANG_CT": "Ổn"}),
    ],
)
def test_both_spellings_of_a_referral_slip_have_columns(
    spelling: str, columns: dict[str, str]
) -> None:
    body = hoso(part("XML1", xml1("A1")), part("XML13", paper("XML13", {"MA_LK": "A1", **columns})))
    (found,) = parse(claim_file([body]))[1]
    assert found.problems == []
    assert _named("XML13", found.tables["XML13"]) == [{"MA_LK": "A1", **columns}]


def test_ids_keep_every_zero_and_sign() -> None:
    values = ("17", "017", "26E0001", "1e5", "0x1F", "00.10", "+84", "195500000000")
    dossiers = [hoso(part("XML1", xml1(value, MA_BN=value))) for value in values]
    found = parse(claim_file(dossiers))[1]
    assert [dossier.sent_id for dossier in found] == list(values)
    assert [dossier.dossier_id for dossier in found] == [value.upper() for value in values]
    assert [_named("XML1", [d.xml1 or []])[0]["MA_BN"] for d in found] == list(values)
