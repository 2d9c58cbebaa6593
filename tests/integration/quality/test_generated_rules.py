"""Rules that contracts give, through real loading and judging: just good, just bad, and told."""

from __future__ import annotations

from typing import Any

import pytest

from expectations.generated.rules_of_contract import rules_of
from feed_steps import contract_of, deliver_rows, province, rows_of, states
from health_warehouse.landing.findings import entries as findings
from health_warehouse.settings import Settings

ODD = """A 'b' "c" 100% %s {d} {{e}} \\\\f :g\\\\:h --i /*j*/ ;k"""
HEAD = """\
feed: checked
title: {vi: Thử, en: Checked}
owner: cdc
match: ["*/checked*.jsonl"]
reader: json_lines
mode: append
sender: folder
grain: {vi: dòng, en: row}
closed: {icd: [main_code]}
columns:
"""
COLUMNS = """\
  required: {meaning: {vi: x, en: x}, required: true, severity: SEVERITY}
  whole: {meaning: {vi: x, en: x}, type: integer, severity: SEVERITY}
  number: {meaning: {vi: x, en: x}, type: number, severity: SEVERITY}
  day: {meaning: {vi: x, en: x}, type: date, severity: SEVERITY}
  at: {meaning: {vi: x, en: x}, type: time, formats: [yyyymmddHHMM], severity: SEVERITY}
  flag: {meaning: {vi: x, en: x}, type: boolean, severity: SEVERITY}
  short: {meaning: {vi: x, en: x}, length: 3, severity: SEVERITY}
  one_of:
    meaning: {vi: x, en: x}
    type: code
    values: ["A:b", "c'd", "100%", "{x}"]
    severity: SEVERITY
  bounded:
    meaning: {vi: x, en: x}
    type: number
    lowest: -0.5
    highest: 1000000
    severity: SEVERITY
  first_day: {meaning: {vi: x, en: x}, type: date, not_after: last_day, severity: SEVERITY}
  last_day: {meaning: {vi: x, en: x}, type: date}
  alone: {meaning: {vi: x, en: x}, unique: true, severity: SEVERITY}
  main_code: {meaning: {vi: x, en: x}, type: code, kind: icd, length: 4, severity: SEVERITY}
  secret: {meaning: {vi: x, en: x}, personal: personal, type: integer, severity: SEVERITY}
  odd: {meaning: {vi: x, en: x}, label: LABEL, required: true, values: ["1"], severity: SEVERITY}
""".replace("LABEL", "'" + ODD.replace("'", "''").replace("\\\\", "\\") + "'")
LABEL = ODD.replace("\\\\", "\\")
GOOD: dict[str, Any] = {"required": "x", LABEL: "1"}
SEVERITIES = {
    "quarantine": "quarantine_dossier",
    "flag": "flag_line",
    "record": "record",
}
CASES: list[tuple[str, str, list[Any], list[Any]]] = [
    ("required", "required", [" x", "0", 0, False], [None, "", "  "]),
    ("whole", "type", ["1", "-7", "1.0", 10**17, " 5 ", ""], ["1.5", "1,0", "x", "1e3", 10**18]),
    ("number", "type", ["1.5", "-0.1", "007", None], ["1,5", "1.", ".5", "NaN", "--1", True]),
    ("day", "type", ["29/02/2024", "2024-02-29", "20240229", "1900-01-01"],
     ["29/02/2023", "2023-02-29", "1899-12-31", "2024-02-29 10:00", "tomorrow"]),
    ("at", "type", ["202406302359", "190001010000"],
     ["202406302400", "202406310000", "2024063023", "2024-06-30 23:59"]),
    ("flag", "type", [True, False, 1, 0, "x", "Có", "không"], ["y", 2, "maybe"]),
    ("short", "length", ["abc", " abc ", "đđđ", ""], ["abcd", "đđđđ"]),
    ("one_of", "list", ["A:b", "a:B", " c'd", "100%", "{x}", ""], ["A", "c''d", "100", "x"]),
    ("bounded", "bounds", ["-0.5", "1000000", "1000000.0", ""], ["-0.51", "1000000.01"]),
    ("alone", "unique", ["", ""], []),
    ("main_code", "length", ["B20", "A00."], ["A00.9"]),
    ("secret", "type", ["012345678901"[:9]], ["0123456789a"]),
    (LABEL, "list", ["1"], ["2"]),
    (LABEL, "required", ["1"], ["", None]),
]  # fmt: skip


def contract(severity: str) -> str:
    return HEAD + COLUMNS.replace("SEVERITY", severity)


def found(settings: Settings) -> set[tuple[int, str, str, str]]:
    return {
        (one["position"], one["rule"], one["severity"], one["field"]) for one in findings(settings)
    }


@pytest.mark.parametrize("severity", ["quarantine", "flag", "record"])
def test_each_rule_at_its_bound(settings: Settings, severity: str) -> None:
    warehouse = province(settings, contract(severity))
    suffix = "" if severity == "flag" else f".{severity}"
    rows, wanted = [], set()
    for field, kind, good, bad in CASES:
        for value in good:
            rows.append({**GOOD, "short": f"{len(rows):x}"[:3], field: value})
        for value in bad:
            rows.append({**GOOD, "short": f"{len(rows):x}"[:3], field: value})
            wanted.add((len(rows), f"checked.{kind}{suffix}", SEVERITIES[severity], field))
    deliver_rows(warehouse, "96001/checked.jsonl", rows)
    assert found(warehouse) == wanted
    quarantined = len({place for place, *_ in wanted}) if severity == "quarantine" else 0
    [counts] = states(warehouse)
    assert counts.get("quarantined", 0) == quarantined


def test_days_in_their_order_and_values_that_are_alone(settings: Settings) -> None:
    warehouse = province(settings, contract("flag"))
    rows = [
        {**GOOD, "first_day": "01/06/2026", "last_day": "2026-06-01"},
        {**GOOD, "first_day": "02/06/2026", "last_day": "2026-06-01"},
        {**GOOD, "first_day": "02/06/2026", "last_day": ""},
        {**GOOD, "first_day": "", "last_day": "2026-06-01"},
        {**GOOD, "first_day": "02/06/2026", "last_day": "x"},
        {**GOOD, "alone": "a1"},
        {**GOOD, "alone": " A1 "},
        {**GOOD, "alone": "a2"},
    ]
    deliver_rows(warehouse, "96001/checked.jsonl", rows)
    assert found(warehouse) == {
        (2, "checked.order", "flag_line", "first_day"),
        (5, "checked.type", "flag_line", "last_day"),
        (6, "checked.unique", "flag_line", "alone"),
        (7, "checked.unique", "flag_line", "alone"),
    }
    deliver_rows(warehouse, "96001/checked2.jsonl", [{**GOOD, "alone": "a2"}])
    assert len(found(warehouse)) == 4, "unique is meant within a delivery"


def test_a_finding_says_what_is_wrong_in_the_words_of_the_sender(settings: Settings) -> None:
    warehouse = province(settings, contract("flag"))
    rows = [
        {**GOOD, LABEL: "2"},
        {"required": "x"},
        {**GOOD, "bounded": "-1", "short": "abcd", "day": "31/02/2026", "one_of": "Z9"},
    ]
    deliver_rows(warehouse, "96001/checked.jsonl", rows)
    told = {one["reason"] for one in findings(warehouse)}
    assert told == {
        f"{LABEL} is no code of its list: 2",
        f"{LABEL} is blank",
        "bounded is less than -0.5: -1",
        "short has 4 characters, 3 are allowed",
        "day is not a day (yyyy-mm-dd, yyyymmdd, dd/mm/yyyy): 31/02/2026",
        "one_of is no code of its list: Z9",
    }


def test_what_is_personal_and_what_tells_of_hiv_is_in_no_finding(settings: Settings) -> None:
    warehouse = province(settings, contract("flag"))
    rows = [
        {**GOOD, "secret": "Nguyễn Văn An"},
        {**GOOD, "secret": "12a", "alone": "0912345678"},
        {**GOOD, "alone": "0912345678"},
        {**GOOD, "main_code": "B20.12"},
        {**GOOD, "main_code": "b 24.99"},
        {**GOOD, "main_code": "A00.99"},
        {**GOOD, "short": "Trần Thị Bình", "one_of": "Lê Văn Cường", "number": "079085000001"},
        {**GOOD, "number": "079085000001x"},
    ]
    deliver_rows(warehouse, "96001/checked.jsonl", rows)
    told = " | ".join(one["reason"] for one in findings(warehouse))
    assert len(findings(warehouse)) == 10
    for value in ("Nguyễn", "12a", "0912345678", "B20", "24", "Trần", "Cường", "079085000001"):
        assert value.lower() not in told.lower(), told
    kept = rows_of(warehouse, "select message from ops.incidents")
    assert kept == []


def test_a_contract_may_have_three_hundred_columns(settings: Settings) -> None:
    columns = "".join(
        f"  c{number}: {{meaning: {{vi: x, en: x}}, type: integer, required: true, length: 4,"
        f" lowest: 0, highest: 9, unique: true, severity: {severity}}}\n"
        for number, severity in zip(range(300), ["flag", "record", "quarantine"] * 100, strict=True)
    )
    head = HEAD.replace("closed: {icd: [main_code]}", "closed: none")
    warehouse = province(settings, head + columns)
    assert len(rules_of(contract_of(warehouse, "checked"))) == 15
    good = {f"c{number}": 1 for number in range(300)}
    bad = {f"c{number}": "xxxxx" for number in range(300)}
    deliver_rows(warehouse, "96001/checked.jsonl", [good, bad, {"c0": "2"}])
    by_rule = rows_of(
        warehouse,
        "select position, rule_id, count(*) as count from quarantine.findings"
        " where rule_id like '%required%' or position = 2 group by 1, 2 order by 1, 2",
    )
    assert {(row.position, row.rule_id): row.count for row in by_rule} == {
        (2, "checked.length"): 100,
        (2, "checked.length.quarantine"): 100,
        (2, "checked.length.record"): 100,
        (2, "checked.type"): 100,
        (2, "checked.type.quarantine"): 100,
        (2, "checked.type.record"): 100,
        (3, "checked.required"): 99,
        (3, "checked.required.quarantine"): 100,
        (3, "checked.required.record"): 100,
    }
    [row] = rows_of(warehouse, "select * from feeds.checked")
    assert row.c299 == 1


@pytest.mark.parametrize("severity", ["quarantine", "flag", "record"])
def test_each_rule_has_its_sentence_in_both_languages(settings: Settings, severity: str) -> None:
    warehouse = province(settings, contract(severity))
    for rule in rules_of(contract_of(warehouse, "checked")):
        assert rule.sentence_vi.endswith(".")
        assert rule.sentence_en.endswith(".")
        assert rule.sentence_vi != rule.sentence_en
