"""Whole dossiers that no rule objects to, as the text of their tables, and files made of them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from claim_files import claim_file, fields, hoso, lines, part
from quality_deliveries import Dossier

NAME = "NGUYỄN THỊ BÍ MẬT"  # of every patient here: it may be in raw and vault, and nowhere else


def card_of(ma_lk: str) -> str:
    """An insurance card of its own for every dossier, so that no two visits are one person's."""
    return f"DN496{int(sha256(ma_lk.encode()).hexdigest()[:12], 16) % 10**10:010d}"


def tables(ma_lk: str, **header: str) -> dict[str, str]:
    """XML1, XML2 (two lines) and XML3 (one line) as XML text; `header` changes fields of XML1."""
    card = card_of(ma_lk)
    dossier = Dossier(
        header={
            "ma_lk": ma_lk,
            "ma_bn": f"BN {ma_lk}",
            "ho_ten": NAME,
            "ma_the_bhyt": card,
            "so_cccd": f"0{card[4:]}"[:12],
            **{name.lower(): value for name, value in header.items()},
        },
        drugs=({}, {"stt": "2", "ma_thuoc": "40.49", "ten_thuoc": "Paracetamol 325 mg"}),
    )
    written = {name.upper(): value for name, value in dossier.full_header().items()}
    return {
        "XML1": f"<TONG_HOP>{fields(written)}</TONG_HOP>",
        "XML2": lines("XML2", [_upper(line) for line in dossier.drug_lines()]),
        "XML3": lines("XML3", [_upper(line) for line in dossier.service_lines()]),
    }


def dossier_of(texts: Mapping[str, str], *, nested: bool = False) -> str:
    return hoso(*(part(name, text, nested=nested) for name, text in texts.items()))


def good(ma_lk: str, **header: str) -> str:
    """A HOSO that loads."""
    return dossier_of(tables(ma_lk, **header))


def between_neighbours(ma_lk: str, *middle: str, declared_count: int | None = None) -> bytes:
    """A file of `middle` between the two dossiers of `neighbours(ma_lk)`."""
    first, last = map(good, neighbours(ma_lk))
    return claim_file([first, *middle, last], declared_count=declared_count)


def neighbours(ma_lk: str) -> tuple[str, str]:
    return f"{ma_lk}-before"[-100:], f"{ma_lk}-after"[-100:]


def _upper(line: Mapping[str, str]) -> dict[str, str]:
    return {name.upper(): value for name, value in line.items()}
