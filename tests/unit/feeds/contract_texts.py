"""Contracts that tests change by a word."""

from __future__ import annotations

from pathlib import Path

from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.problem import Problem
from health_warehouse.feeds.read import read_contract
from health_warehouse.feeds.tree import read_tree

WORKFORCE = """\
feed: village_workers
title: {vi: Danh sách nhân lực, en: Workforce list}
owner: Phòng Tổ chức cán bộ
match: ["*/nhan_luc_*.jsonl"]
reader: json_lines
mode: snapshot
document: [licence_number, facility_code]
partition: [facility_code, as_of]
as_of: [{column: as_of_date}, {file_name: yyyymmdd}, receipt_month]
sender: {column: facility_code}
expect: {who: facilities active, every: month, due: working day 5, grace_days: 3}
refuse: {shrinks_by_more_than: 0.5}
identity: {domain: staff, citizen_id: citizen_id, name: full_name, birth: birth_date}
closed: none
grain: {vi: người trong danh sách của một cơ sở, en: person in the list of a facility}
columns:
  facility_code: {meaning: {vi: Mã cơ sở, en: Facility}, label: Mã CSKCB, type: code}
  as_of_date: {meaning: {vi: Thời điểm, en: As of}, type: date, formats: dd/mm/yyyy}
  licence_number: {meaning: {vi: Số GPHN, en: Licence}, label: [Số GPHN, Số CCHN], length: 20}
  citizen_id: {meaning: {vi: Số CCCD, en: Citizen id}, label: Số CCCD, personal: personal}
  full_name: {meaning: {vi: Họ và tên, en: Full name}, label: Họ và tên, personal: personal}
  birth_date: {meaning: {vi: Ngày sinh, en: Birth}, type: date, not_after: as_of_date}
  sex_code: {meaning: {vi: Giới tính, en: Sex}, values: [01, 02]}
  beds: {meaning: {vi: Số giường, en: Beds}, type: integer, lowest: 0, highest: 5000}
"""
PATH = Path("feeds/village_workers.yml")


def changed(before: str, after: str) -> str:
    """The contract with a text in the place of another one, which must be there once."""
    assert WORKFORCE.count(before) == 1, before
    return WORKFORCE.replace(before, after)


def read(text: str | bytes) -> tuple[Contract | None, list[Problem]]:
    """As a file of a province is read."""
    content = text.encode() if isinstance(text, str) else text
    tree, problems = read_tree(PATH, content)
    if tree is None:
        return None, problems
    contract, wrong = read_contract(tree)
    return (None if problems else contract), [*problems, *wrong]


def line_of(text: str, part: str) -> int:
    """The first line with a part, from 1."""
    return text[: text.index(part)].count("\n") + 1
