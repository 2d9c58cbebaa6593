"""What a dry run finds in a file is what is found when it arrives."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import product

from feed_steps import JUNE, contract_of, province, take_in
from health_warehouse.landing.dry_run import dry_run
from health_warehouse.landing.findings import entries as findings
from health_warehouse.settings import Settings
from lists import BOUNDS, text

CONTRACT = """\
feed: tried
title: {vi: Thử, en: Tried}
owner: personnel
match: ["*/tried*"]
reader: table
locale: en
mode: snapshot
sender: folder
partition: [sender, as_of]
as_of: [{file_name: yyyy_mm}]
document: [no]
grain: {vi: dòng, en: row}
closed: none
columns:
  no: {meaning: {vi: Số, en: number}, type: code, required: true, unique: true}
  sex: {meaning: {vi: Giới, en: sex}, list: GIOI_TINH, severity: quarantine}
  kind: {meaning: {vi: Loại, en: kind}, values: [A, B], required: true}
  beds: {meaning: {vi: Giường, en: beds}, type: integer, lowest: 0, highest: 100}
  area: {meaning: {vi: Diện tích, en: area}, type: number}
  born:
    {meaning: {vi: Sinh, en: born}, type: date, formats: [dd/mm/yyyy, yyyymmdd], not_after: died}
  died: {meaning: {vi: Mất, en: died}, type: date}
  at: {meaning: {vi: Lúc, en: at}, type: time}
  is_new: {meaning: {vi: Mới, en: new}, type: boolean, severity: record}
  card: {meaning: {vi: Thẻ, en: card}, pattern: "[A-Z]{2}[0-9]+", personal: personal}
  note: {meaning: {vi: Ghi chú, en: note}, length: 5}
"""
VALUES = {
    "no": ["1", "2", "2 ", "", "a"],
    "sex": ["1", "9", " 2", "", "01"],
    "kind": ["A", "b", "C", "", "x"],
    "beds": ["5", "-1", "101", "1.0", "1.5"],
    "area": ["1.5", "1e3", "+3", "12345678901234567890", "x"],
    "born": ["01/02/2020", "1/2/2020", "20200230", "2020-01-01", ""],
    "died": ["2020-01-01", "20210101", "31/12/2020", "x", ""],
    "at": ["2020-01-01 10:00", "202001011000", "10:00", "2020-01-01", ""],
    "is_new": ["1", "Có", "maybe", "0", "KHÔNG"],
    "card": ["AB1", "ab1", "A1", "AB", ""],
    "note": ["12345", "123456", "ô ô ô", "ờờờờờờ", " "],
}


def test_a_dry_run_and_an_arrival_find_the_same(settings: Settings) -> None:
    warehouse = province(settings, CONTRACT)
    columns = list(VALUES.values())
    rows = [[column[(at + shift * 2) % 5] for shift, column in enumerate(columns)]
            for at in range(5)]  # fmt: skip
    rows += [
        [column[(at + number) % 5] if number == shift else column[0] for shift, column in
         enumerate(columns)]
        for number, at in product(range(len(columns)), range(5))
    ]  # fmt: skip
    path = warehouse.state / "inbox" / "96001" / "tried_2026_06.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(text(tuple(VALUES), *rows, sign=";"))
    os.utime(path, (JUNE.timestamp(), JUNE.timestamp()))
    trial = dry_run(contract_of(warehouse, "tried"), path, datetime.now(UTC), BOUNDS)
    assert trial.refusal is None
    take_in(warehouse)
    arrived = {
        (one["rule"].split(".quarantine")[0].split(".record")[0], one["severity"], one["cell"])
        for one in findings(warehouse)
        if one["position"] is not None and not one["rule"].startswith("tried.unique")
    }
    tried = {
        (one.rule, one.severity, one.cell)
        for one in trial.found
        if one.cell and one.rule != "tried.unique"
    }
    assert tried == arrived
    assert len({rule for rule, *_ in tried}) >= 8
