"""How long people waited from their check-in to the first order, counted in the files.

count_waits(files, visits).minutes
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oracle.claims_files import ClaimFile, Version

Name = tuple[str, str]
"""Facility and dossier."""


@dataclass(frozen=True)
class Waits:
    """`check_ins`: those of visits that count; `measured`: those with an order, none of them before
    the check-in; `minutes`: of these, to the first order, in all."""

    check_ins: int
    measured: int
    minutes: int


def count_waits(files: Iterable[ClaimFile], visits: Mapping[Name, Version]) -> Waits:
    """Of a clean province, which sends one check-in of a visit."""
    rows = [row for file in files for row in file.check_ins or ()]
    came = {(row["MA_CSKCB"], row["MA_LK"]): _moment(row["NGAY_VAO"]) for row in rows}
    assert len(came) == len(rows), "a visit has two check-ins"
    waits = []
    for name in came.keys() & visits.keys():
        lines = [*visits[name].drugs, *visits[name].services]
        orders = [_moment(row["NGAY_YL"]) for row in lines if row.get("NGAY_YL")]
        if orders and min(orders) >= came[name]:
            waits.append(min(orders) - came[name])
    minutes = sum(waits, timedelta()) // timedelta(minutes=1)
    return Waits(len(came.keys() & visits.keys()), len(waits), minutes)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)  # only differences matter
