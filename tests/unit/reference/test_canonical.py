"""Spellings of one code are one code, and no code becomes another one."""

from __future__ import annotations

import pytest

from health_warehouse.reference import icd10
from health_warehouse.reference.canonical import (
    canonical_code,
    canonical_dossier_id,
    canonical_icd,
    canonical_icd_list,
    is_icd_code,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HZW1", "HZW1"),
        ("HZW\u200b1", "HZW1"),
        ("\ufeffhzw1\u00a0", "HZW1"),
        ("ＨＺＷ１", "HZW1"),
        ("HZ\u00adW1\u2060", "HZW1"),
        ("02.1896", "02.1896"),
        ("K01 \t K02", "K01 K02"),
        ("hồ-đ1", "HỒ-Đ1"),
        ("ho\u0302\u0300", "HỒ"),
        ("i\u0307", "İ"),
        ("\u3000", ""),
        ("", ""),
    ],
)
def test_a_code_has_one_form(text: str, code: str) -> None:
    assert canonical_code(text) == code


def test_capitals_make_no_other_dossier() -> None:
    assert canonical_dossier_id("c0258") == canonical_dossier_id("C0258") == "C0258"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            (spelling, "J06.9")
            for spelling in ("J069", "J06.9", "j06.9", "J.069", "J06,9", "J06 9")
        ),
        *((spelling, "I10") for spelling in ("I10", "I10.", "I10\u00a0", "I10-", " i10;")),
        *((spelling, "A17.0") for spelling in ("A17.0†", "A170*", "A17.0+", "(A17.0)")),
        *(
            (spelling, "B24")
            for spelling in (
                *(
                    "B24",
                    "B.24",
                    "B2.4",
                    "B..24",
                    "B-24",
                    "B_24",
                    "B 2 4",
                    "Ｂ２４",
                    "Ｂ．２４",
                    "B/24",
                ),
                *("B\u200b24", "B\u00ad2\u20604", "𝐁𝟐𝟒", "\u041224", "\u043224".upper(), "b24"),
            )
        ),
        ("B18.19", "B18.19"),
        ("Q99.Z9", "Q99.Z9"),
        ("J06.9A", "J06.9A"),
        ("I10.X", "I10.X"),
        ("u62392.9", "U62.392.9"),
        ("U62.392.9", "U62.392.9"),
        ("12345", "12345"),
        ("viêm phổi", "VIÊMPHỔI"),
        ("sốt 20 ngày", "SỐT20;NGÀY"),
        ("†", ""),
        ("", ""),
    ],
)
def test_a_code_of_icd_has_one_form(text: str, code: str) -> None:
    assert canonical_icd(text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        *(
            (spelling, ["B24", "J18.9", "E11"])
            for spelling in (
                *("B24;J18.9;E11", "B24,J18.9,E11", "B24 J18.9 E11", "B24/J18.9/E11"),
                *(
                    "B24J18.9E11",
                    "B24J189E11",
                    "B24\nJ18.9\r\nE11",
                    "B24+J18.9+E11",
                    "B24|J18.9|E11",
                ),
                *("B 2 4; J 18 9 ;;E-11.", "B24 - J18.9 - E11", "B24、J18.9；E11", "b24,j18,9,e11"),
                *("B24 & J18.9 & E11", "B24\\J18.9\\E11", "B24†J18.9*E11", "B24.J18.9.E11"),
            )
        ),
        ("I10.X J06.9A A00", ["I10.X", "J06.9A", "A00"]),
        ("J18.9 viêm phổi; B24", ["J18.9", "VIÊMPHỔI", "B24"]),
        ("A39.0+G01*", ["A39.0", "G01"]),
        ("E11.Z9;B18.19", ["E11.Z9", "B18.19"]),
        ("J18.9;J18.9", ["J18.9", "J18.9"]),
        (" ; ", []),
        ("", []),
    ],
)
def test_a_list_gives_its_codes_in_their_order(text: str, codes: list[str]) -> None:
    assert canonical_icd_list(text) == codes


def test_every_code_of_icd_10_is_its_own_form_with_and_without_its_point() -> None:
    for known in icd10.codes():
        assert canonical_icd(known.code) == known.code
        assert canonical_icd(known.compact_code) == known.code
        assert is_icd_code(known.code)


@pytest.mark.parametrize(
    "text", ["VIÊMPHỔI", "12345", "C1234567", "", "J06.", "A1", "B241", "U62.392.9"]
)
def test_what_has_not_the_form_of_icd_can_be_told(text: str) -> None:
    assert not is_icd_code(text)
