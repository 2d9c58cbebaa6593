"""Lists of the other feeds: read rightly whoever wrote them, right but for labelled defects."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from expectations import registry
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.contract import Column, Contract
from health_warehouse.feeds.dates import forms_of, parse_moment
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.row import Row as ReadRow
from health_warehouse.readers.table.table_reader import Table
from health_warehouse.reference import administrative_units
from health_warehouse.reference.code_lists import entries
from health_warehouse.synthetic.activity import Activity
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.injected import Label
from health_warehouse.synthetic.lists.damage import kinds_of
from health_warehouse.synthetic.lists.delivering import FEED_LABELS, FEEDS, is_writable, write_feeds
from health_warehouse.synthetic.lists.hands import HANDS, Hand
from health_warehouse.synthetic.lists.sending import sheets
from health_warehouse.synthetic.lists.sheets import Row, Sheet
from health_warehouse.synthetic.lists.texts import text_file
from health_warehouse.synthetic.lists.workbooks import workbook
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.world.creation import World, create
from health_warehouse.synthetic.world.published import PUBLISHED
from health_warehouse.synthetic.world.sizes import Beds, Size
from oracle.feed_rules import broken

_SIZE = Size(
    Options(facilities=11, days=21, dossiers=600, seed=5),
    people=300_000,
    points=40,
    provincial_hospitals=2,
    specialised_hospitals=1,
    regional_centres=3,
    preventive_units=2,
    private_hospitals=2,
    private_clinics=3,
    regional_clinics=1,
    pharmacies=12,
    beds=Beds(public=60, private=80),
)
_FLAGS = {
    "1": True,
    "x": True,
    "có": True,
    "true": True,
    "0": False,
    "không": False,
    "false": False,
}


@cache
def _world() -> tuple[World, Activity]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        counted = generate(Path(folder), _SIZE.claims).activity
    return create(_SIZE), counted


@cache
def _sheets() -> tuple[Sheet, ...]:
    return tuple(sheets(*_world()))


def _written(contract: Contract, sheet: Sheet, hand: Hand) -> bytes:
    return (workbook if hand.form == "xlsx" else text_file)(contract, sheet, hand)


def _read(contract: Contract, content: bytes, sender: str = "") -> list[ReadRow]:
    rows = Table().read(BytesIO(content), contract, Bounds(10**9, 10**9), sender)
    return [row for row in rows if not row.is_blank]


def _value(column: Column, text: str | None) -> Any:
    """What a text of `raw` says; a text where something else is due stays one."""
    if text is None or not text.strip():
        return None
    if column.type == "boolean":
        return _FLAGS.get(text.lower(), text)
    if column.type == "date":
        moment = parse_moment(text, forms_of(column))
        return text if moment is None else moment.date()
    try:
        if column.type == "integer":
            return int(text)
        return Decimal(text) if column.type == "number" else text
    except (ValueError, ArithmeticError):
        return text


def _values(contract: Contract, row: ReadRow) -> Row:
    return {
        column.name: _value(column, text)
        for column, text in zip(contract.table.columns, row.values, strict=True)
    }


@cache
def _reference() -> Callable[[str, str, Row, Column], bool]:
    units: dict[str, dict[str, list[tuple[str, str | None]]]] = {
        "communes": defaultdict(list),
        "provinces": defaultdict(list),
    }
    for commune in administrative_units.communes():
        units["communes"][commune.commune_code].append((commune.valid_from, commune.valid_to))
    for province in administrative_units.provinces():
        units["provinces"][province.province_code].append((province.valid_from, province.valid_to))
    codes = defaultdict(set)
    for entry in entries():
        codes[entry.code_system].add(entry.code)

    def is_listed(name: str, code: str, row: Row, column: Column) -> bool:
        if name not in units:
            return code in codes[name]
        day = row.get(column.list_day or "")
        spans = units[name].get(code, [])
        if not isinstance(day, date):
            return bool(spans)
        return any(begin <= str(day) and (not end or str(day) < end) for begin, end in spans)

    return is_listed


@pytest.mark.parametrize(
    ("feed", "hand"),
    [
        pytest.param(feed, hand, id=f"{feed}, {hand.name}")
        for feed in FEEDS
        for hand in HANDS
        if is_writable(built_in()[feed], hand)
    ],
)
def test_a_list_in_any_hand_is_read_rightly(feed: str, hand: Hand) -> None:
    contract = built_in()[feed]
    sheet = next(sheet for sheet in _sheets() if sheet.feed == feed)
    content = _written(contract, sheet, hand)
    read = [_values(contract, row) for row in _read(contract, content)]
    wanted = [
        {column.name: row.get(column.name) for column in contract.table.columns}
        for row in sheet.rows
    ]
    assert read == wanted


def test_lists_are_right_by_every_rule_of_their_contracts() -> None:
    assert {sheet.feed for sheet in _sheets()} == set(FEEDS)
    for sheet in _sheets():
        assert broken(built_in()[sheet.feed], sheet.rows, _reference()) == set(), sheet.stem


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_lists_of_published_worlds_are_right_too(name: str) -> None:
    world = create(PUBLISHED[name])
    for sheet in sheets(world, Activity()):
        assert broken(built_in()[sheet.feed], sheet.rows, _reference()) == set(), sheet.stem


def test_lists_name_facilities_and_people_that_other_lists_have() -> None:
    by_feed: dict[str, list[Row]] = defaultdict(list)
    for sheet in _sheets():
        by_feed[sheet.feed] += sheet.rows
    checked = 0
    for feed in FEEDS:
        for rule in built_in()[feed].rules:
            if rule.names is None or not rule.names.in_feeds:
                continue
            known = {
                row.get(column)
                for other, column in rule.names.in_feeds.items()
                for row in by_feed.get(other, [])
            }
            if not any(other in by_feed for other in rule.names.in_feeds):
                continue
            for row in by_feed[feed]:
                if all(str(row.get(one.column)) in one.codes for one in rule.when):
                    checked += 1
                    assert row[rule.names.column] in known, (feed, rule.name)
    assert checked > 1000


def test_labelled_defects_are_where_the_labels_say(tmp_path: Path) -> None:
    world, counted = _world()
    damaged = create(replace(_SIZE, claims=replace(_SIZE.claims, defects=0.4)))
    assert damaged.workers == world.workers
    written = write_feeds(damaged, counted, tmp_path)
    labels = _labels(tmp_path)
    assert len(labels) == written.defects.total() > 500
    by_file: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for label in labels:
        by_file[label.table, label.file].append(label)
    for (feed, file), of_file in by_file.items():
        contract = built_in()[feed]
        rows = _read(contract, (tmp_path / feed / file).read_bytes())
        places = {row.position: place for place, row in enumerate(rows)}
        found = broken(contract, [_values(contract, row) for row in rows], _reference())
        of_builds = {
            *(f"{feed}.{rule.name}" for rule in contract.rules if rule.is_of_others),
            *(one.rule.id for one in registry.OF_LISTS),
        }
        for label in of_file:
            if label.expected_rule and label.expected_rule not in of_builds:
                place = places[int(label.position)]
                assert (place, label.expected_rule) in found, label


def test_nothing_but_what_is_labelled_is_wrong(tmp_path: Path) -> None:
    _, counted = _world()
    damaged = create(replace(_SIZE, claims=replace(_SIZE.claims, defects=0.05)))
    write_feeds(damaged, counted, tmp_path)
    labelled: dict[tuple[str, str], set[int]] = defaultdict(set)
    for label in _labels(tmp_path):
        labelled[label.table, label.file] |= {int(label.position), int(label.other or 0)}
    for path in sorted(tmp_path.glob("*/*")):
        feed = path.parent.name
        contract = built_in()[feed]
        rows = _read(contract, path.read_bytes())
        for place, rule in broken(contract, [_values(contract, row) for row in rows], _reference()):
            assert rows[place].position in labelled[feed, path.name], (path.name, rule)


@pytest.mark.parametrize("feed", FEEDS)
def test_every_rule_of_a_feed_has_a_kind_of_defect(feed: str) -> None:
    contract = built_in()[feed]
    kinds = kinds_of(contract)
    assert len({kind.rule for kind in kinds}) == len(kinds)
    ids = {kind.rule for kind in kinds}
    assert {f"{feed}.{rule.name}" for rule in contract.rules} <= ids
    for name, applies in {
        "required": lambda column: column.is_required,
        "type": lambda column: column.type in ("integer", "number", "date", "boolean"),
        "list": lambda column: column.values or column.code_list,
        "pattern": lambda column: column.pattern,
        "bounds": lambda column: column.lowest is not None or column.highest is not None,
        "order": lambda column: column.not_after,
    }.items():
        for column in filter(applies, contract.table.columns):
            suffix = "" if column.severity == "flag" else f".{column.severity}"
            assert f"{feed}.{name}{suffix}" in ids


def test_each_kind_of_defect_comes_up(tmp_path: Path) -> None:
    longer = replace(_SIZE, claims=replace(_SIZE.claims, days=120, dossiers=1500, defects=1.0))
    counted = generate(tmp_path / "claims", replace(longer.claims, defects=0.0)).activity
    write_feeds(create(longer), counted, tmp_path)
    found = {label.expected_rule for label in _labels(tmp_path)}
    wanted = {kind.rule for feed in FEEDS for kind in kinds_of(built_in()[feed])}
    assert wanted - found == set()


def test_every_feed_is_written_in_three_careless_hands_or_more(tmp_path: Path) -> None:
    hands: dict[str, set[str]] = defaultdict(set)
    for feed, hand in write_feeds(*_world(), tmp_path).hands:
        hands[feed].add(hand)
    for feed in FEEDS:
        assert len(hands[feed] - {"tidy"}) >= 3, feed


def test_the_same_world_writes_the_same_bytes_and_times(tmp_path: Path) -> None:
    prints = []
    for name in ("one", "two"):
        write_feeds(create(_SIZE), _world()[1], tmp_path / name)
        prints.append(
            {
                str(path.relative_to(tmp_path / name)): (
                    sha256(path.read_bytes()).hexdigest(),
                    int(path.stat().st_mtime) if path.parent != tmp_path / name else 0,
                )
                for path in sorted((tmp_path / name).rglob("*.*"))
            }
        )
    assert prints[0] == prints[1] != {}


def test_a_label_that_a_province_changes_changes_the_files(tmp_path: Path) -> None:
    ours = built_in()["posts"]
    columns = tuple(
        replace(column, labels=("Số biên chế ABC",)) if column.name == "approved_posts" else column
        for column in ours.table.columns
    )
    theirs = replace(ours, tables=(replace(ours.table, columns=columns),))
    sheet = next(sheet for sheet in _sheets() if sheet.feed == "posts")
    text = text_file(theirs, sheet, next(hand for hand in HANDS if hand.form == "csv"))
    assert "Số biên chế ABC" in _cp1258(text)


def _cp1258(content: bytes) -> str:
    from unicodedata import normalize

    return normalize("NFC", content.decode("cp1258"))


def test_a_file_of_stations_holds_several_facilities() -> None:
    sheet = next(each for each in _sheets() if re.match("nhan_luc_tram", each.stem))
    assert len({row["facility_code"] for row in sheet.rows}) == 64


def test_a_report_of_activity_is_the_recount_of_the_claims() -> None:
    world, counted = _world()
    last: dict[tuple[Any, Any], Row] = {}
    corrected = 0
    for sheet in sorted(_sheets(), key=lambda each: each.sent_on):
        for row in sheet.rows if sheet.feed == "hospital_activity_month" else ():
            corrected += (row["facility_code"], row["month"]) in last
            last[row["facility_code"], row["month"]] = row
    reported = list(last.values())
    assert len(reported) == 11
    assert corrected
    figures = Counter[str]()
    for row in reported:
        code, month = str(row["facility_code"]), str(row["month"])
        for name, figure in counted.of(code, month).items():
            if name != "inpatients_end":
                assert row[name] == figure
            figures[name] += figure
        beds = world.by_code[code].periods[-1].beds
        assert row["beds_actual"] == beds.actual
        start, end = row["inpatients_start"], counted.of(code, month).get("inpatients_end", 0)
        assert start + row["admissions"] - row["discharges"] == end  # type: ignore[operator]
    assert min(figures[name] for name in ("admissions", "discharges", "lab_tests")) > 0


def _labels(folder: Path) -> list[Label]:
    with (folder / FEED_LABELS).open(encoding="utf-8", newline="") as file:
        return [Label(**row) for row in csv.DictReader(file)]
