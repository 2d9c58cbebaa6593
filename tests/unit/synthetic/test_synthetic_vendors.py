"""Whoever's software writes a dossier, a plain reader finds the same values in it."""

from __future__ import annotations

import base64
import html
import unicodedata
from pathlib import Path

import pytest

from health_warehouse.synthetic import envelope
from health_warehouse.synthetic.attachments import attach
from health_warehouse.synthetic.encounters import Dossier, build
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.schedule import Schedule
from health_warehouse.synthetic.vendors import VENDORS, Vendor
from oracle.claims_files import Version, read_file, read_folder

_OPTIONS = Options(facilities=len(VENDORS), days=6, dossiers=500, seed=3)


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    return Schedule(_OPTIONS)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("vendors")
    generate(out, _OPTIONS)
    return out


def _dossiers(schedule: Schedule, number: int) -> list[Dossier]:
    facility = schedule.facilities[number]
    made = []
    for day in range(schedule.first, schedule.last + 1):
        for slot in schedule.slots(facility, day):
            dossier = build(schedule, facility, slot)
            attach(dossier)
            made.append(dossier)
    return made


def _read(dossier: Dossier) -> Version:
    vendor = dossier.facility.vendor
    content = (
        envelope.opening(vendor, dossier.facility.facility_id, "20260701", "1")
        + envelope.dossier_bytes(envelope.parts_of(dossier), vendor, dossier.dossier_id)
        + envelope.closing(vendor, "1")
    )
    return read_file(content).versions[0]


def _said(row: dict[str, str]) -> dict[str, str]:
    """What is filled in, as a reader understands it: without markup, in NFC."""
    return {
        name: unicodedata.normalize("NFC", html.unescape(text))
        for name, text in row.items()
        if text
    }


@pytest.mark.parametrize("number", range(len(VENDORS)), ids=[vendor.name for vendor in VENDORS])
def test_values_are_those_of_the_dossier(number: int, schedule: Schedule) -> None:
    dossiers = _dossiers(schedule, number)
    assert dossiers
    for dossier in dossiers:
        version = _read(dossier)
        assert version.broken == set()
        assert _said(version.header) == _said(dossier.header)
        assert len(version.drugs) == len(dossier.drugs)
        assert len(version.services) == len(dossier.services)
        for table, rows in dossier.tables.items():
            assert len(version.others[table]) == len(rows), table


@pytest.mark.parametrize(
    ("vendor", "mark"),
    [
        ("plain date", b"<NOIDUNGFILE>PD94"),
        ("nested", b"<NOIDUNGFILE><TONG_HOP>"),
        ("wrapped", b"<NOIDUNGFILE>\r\nPFRP"),
        ("single", b"<SignatureValue>"),
        (".net", b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n'),
        (".net", b"xmlns:xsd="),
        (".net", base64.b64encode(b'<?xml version="1.0" encoding="utf-16"?>')[:48]),
        ("decomposed", b"<LOAIHOSO>XML15</LOAIHOSO><NOIDUNGFILE></NOIDUNGFILE>"),
        ("single", b"<LOAIHOSO>XML15</LOAIHOSO><NOIDUNGFILE>PD94"),
        ("references", b"&#7877;"),
        ("references", b"<NOIDUNGFILE><![CDATA[<"),
        ("spread", b'<GIAMDINHHS xmlns="'),
        ("spread", b"</DANHSACHHOSO><SOLUONGHOSO>"),
    ],
)
def test_each_way_of_writing_occurs(vendor: str, mark: bytes, province: Path) -> None:
    folder = _folder(province, vendor)
    contents = [path.read_bytes() for path in folder.glob("*.xml") if "_0." not in path.name]
    assert contents
    assert any(mark in content for content in contents)


def _folder(province: Path, name: str) -> Path:
    index = [vendor.name for vendor in VENDORS].index(name)
    return (
        province
        / sorted(
            (path.name for path in province.iterdir() if path.is_dir()), key=lambda name: name[2:]
        )[index]
    )


def test_bundles_hold_files_with_names_of_their_own(province: Path) -> None:
    packed = [path for path in province.rglob("*") if path.suffix in (".gz", ".zip")]
    names = [delivery.name for path in packed for delivery in read_folder(path.parent)]
    assert len(packed) > 4
    assert all(name.endswith(".xml") for name in names)
    assert any(len(read_folder(path.parent)) > len(list(path.parent.iterdir())) for path in packed)


def test_numbers_of_dossiers_look_like_other_things(schedule: Schedule) -> None:
    """`26E0001` is no number in scientific notation, and `17` is not `017`."""
    found = {
        style: [d.dossier_id for d in _dossiers(schedule, number)]
        for style, number in (("year letter", 2), ("short", 10))
    }
    assert all("E" in dossier_id for dossier_id in found["year letter"])
    short = found["short"]
    assert len(short) == len(set(short))
    assert len({dossier_id.lstrip("0") for dossier_id in short}) < len(short)


def test_one_dossier_per_file_where_the_vendor_sends_each_alone(province: Path) -> None:
    files = [
        read_file(delivery.content)
        for delivery in read_folder(_folder(province, "single"))
        if "_0." not in delivery.name
    ]
    counts = [len(file.versions) for file in files]
    assert counts
    assert counts.count(1) >= len(counts) - 1  # a correction may stand beside what it corrects


def test_vendors_differ_in_more_than_their_name() -> None:
    blank = {**vars(Vendor("")), "name": ""}
    assert all({**vars(vendor), "name": ""} != blank for vendor in VENDORS)
    assert {vendor.layout.empties for vendor in VENDORS} == {
        "pair",
        "self-closed",
        "absent",
        "nil",
    }
    assert {vendor.layout.numbers for vendor in VENDORS} == {
        "plain",
        "point zero",
        "two decimals",
    }
