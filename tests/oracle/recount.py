"""What the warehouse must show for a set of deliveries, counted by other means.

Standard library only; nothing of the product is imported. Everything is held in memory and gone
through in the plainest way: this is the second opinion, not a program to be fast.

    from oracle.recount import read_folder, recount
    result = recount(read_folder(folder))
    result.facility_months[("96001", date(2026, 7, 1))].billed_amount_vnd
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from oracle.claims_files import ClaimFile, Delivery, Version, read_file, read_folder
from oracle.claims_rules import number
from oracle.replacements import Candidate, care_days, identities, settle

__all__ = ["Delivery", "FacilityMonth", "LedgerEntry", "Recount", "read_folder", "recount"]

Quarantine = Callable[[Delivery, ClaimFile, Version], bool]
"""Decides whether a version is quarantined, in place of the oracle's own rules."""
_MONEY = {
    "billed_amount_vnd": "T_TONGCHI_BV",
    "in_scope_amount_vnd": "T_TONGCHI_BH",
    "fund_amount_vnd": "T_BHTT",
    "copayment_amount_vnd": "T_BNCCT",
    "own_amount_vnd": "T_BNTT",
}


@dataclass
class FacilityMonth:
    """One row of rpt_facility_months: the month in which care ended, local time."""

    encounter_count: int = 0
    inpatient_count: int = 0
    inpatient_treatment_days: int = 0
    inpatient_billed_bed_days: Decimal = Decimal("0.000")
    billed_amount_vnd: Decimal = Decimal(0)
    in_scope_amount_vnd: Decimal = Decimal(0)
    fund_amount_vnd: Decimal = Decimal(0)
    copayment_amount_vnd: Decimal = Decimal(0)
    own_amount_vnd: Decimal = Decimal(0)
    transfer_professional_count: int = 0
    transfer_requested_count: int = 0
    death_count: int = 0

    def add(self, header: dict[str, str], services: list[dict[str, str]]) -> None:
        self.encounter_count += 1
        if header["MA_LOAI_KCB"] in ("03", "04", "09"):
            self.inpatient_count += 1
            self.inpatient_treatment_days += int(header["SO_NGAY_DTRI"])
            for row in services:
                if row.get("MA_NHOM", "").strip().lstrip("0") in ("14", "15", "16"):
                    self.inpatient_billed_bed_days += number(row, "SO_LUONG")
        for name, element in _MONEY.items():
            given = number(header, element) if header.get(element) else 0  # K01 flags a blank
            setattr(self, name, getattr(self, name) + given)
        self.transfer_professional_count += header["MA_LOAI_RV"] == "2"
        self.transfer_requested_count += header["MA_LOAI_RV"] == "5"
        self.death_count += header["KET_QUA_DTRI"] in ("5", "8")

    def as_json(self) -> dict[str, object]:
        """Numbers as int or decimal text, in the order of the mart's columns."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in values.items()
        }


@dataclass
class LedgerEntry:
    """One receipt. `received` = `loaded` + ... + `blank` + `pending`, in dossiers and in lines.

    Of an unreadable file (F01) no number is known: all are 0.
    """

    file: str
    status: str
    rule: str | None = None
    dossiers: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)


@dataclass
class Recount:
    facility_months: dict[tuple[str, date], FacilityMonth]
    ledger: dict[tuple[str, str], LedgerEntry]
    """By (file name, uri)."""
    current: dict[tuple[str, str], tuple[str, int]]
    """(facility, dossier) -> (file name, position) whose content counts; no withdrawn ones."""
    quarantined: dict[tuple[str, int], frozenset[str]]
    """(file name, position) -> rules broken."""
    encounter_count: int
    line_count: int
    billed_amount_vnd: Decimal
    """Sum of THANH_TIEN_BV over the lines that count."""
    files: dict[str, ClaimFile] = field(default_factory=dict)
    """What was read, by the name of the earliest receipt."""
    pending: frozenset[tuple[str, int]] = frozenset()
    """(file name, position) of versions that wait for a decision."""
    found: frozenset[tuple[str, int, str]] = frozenset()
    """(file name, position, rule) of what versions of one dossier say beside one another."""


@dataclass(frozen=True)
class _Placed:
    delivery: Delivery
    file: ClaimFile
    version: Version

    @property
    def key(self) -> tuple[str, str]:
        return self.file.facility_id, self.version.dossier_id

    @property
    def order(self) -> tuple[object, ...]:
        """Greatest wins: receipt, declared date (none first), name by bytes, hash, position."""
        return (
            self.delivery.received_at,
            self.file.declared_date or "",
            self.delivery.name.encode(),
            self.delivery.sha256,
            self.version.position,
        )

    @property
    def place(self) -> tuple[str, int]:
        """Of this content: two files may have one name."""
        return self.delivery.sha256, self.version.position

    def candidate(self) -> Candidate:
        """Seen when it was received: nobody comes later than he says."""
        header = self.version.header
        return Candidate(
            self.place,
            self.order,
            self.delivery.received_at,
            self.delivery.received_at,
            identities(header, self.version.dossier_id),
            care_days(header),
            self.version.is_withdrawal,
        )


def recount(deliveries: Iterable[Delivery], is_quarantined: Quarantine | None = None) -> Recount:
    """Count from the deliveries alone; their order does not matter."""
    receipts: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        receipts[delivery.sha256].append(delivery)
    firsts = {
        digest: min(same, key=lambda each: (each.received_at, each.name.encode(), each.uri))
        for digest, same in receipts.items()
    }
    files = {digest: read_file(first.content, first.name) for digest, first in firsts.items()}
    judge = is_quarantined or _breaks_a_rule
    accepted: dict[tuple[str, str], dict[tuple[str, int], _Placed]] = defaultdict(dict)
    quarantined: dict[tuple[str, int], frozenset[str]] = {}
    for digest, file in files.items():
        for version in file.versions:
            placed = _Placed(firsts[digest], file, version)
            if judge(placed.delivery, file, version):
                quarantined[placed.delivery.name, version.position] = frozenset(version.broken)
            else:
                accepted[placed.key][placed.place] = placed
    settled = {
        key: settle([placed.candidate() for placed in versions.values()])
        for key, versions in accepted.items()
    }
    current = {
        key: accepted[key][one.current.name]
        for key, one in settled.items()
        if one.current is not None
    }
    pending = {place for one in settled.values() for place in one.pending}
    ledger = _ledger(receipts, firsts, files, current, quarantined, pending)
    counting = {key: placed for key, placed in current.items() if not placed.version.is_withdrawal}
    result = _summed(counting, ledger, quarantined)
    names = {digest: first.name for digest, first in firsts.items()}
    result.pending = frozenset((names[digest], position) for digest, position in pending)
    result.found = frozenset(
        (names[digest], position, rule)
        for one in settled.values()
        for (digest, position), rule in one.found
    )
    result.files = {firsts[digest].name: file for digest, file in files.items()}
    return result


def _breaks_a_rule(delivery: Delivery, file: ClaimFile, version: Version) -> bool:
    return file.refused_by is not None or bool(version.broken)


def _ledger(
    receipts: dict[str, list[Delivery]],
    firsts: dict[str, Delivery],
    files: dict[str, ClaimFile],
    current: dict[tuple[str, str], _Placed],
    quarantined: dict[tuple[str, int], frozenset[str]],
    pending: set[object],
) -> dict[tuple[str, str], LedgerEntry]:
    winners = {(placed.delivery.sha256, placed.version.position) for placed in current.values()}
    ledger = {}
    for digest, same in receipts.items():
        file = files[digest]
        for delivery in same:
            is_first = delivery is firsts[digest]
            status = "refused" if file.refused_by else "loaded" if file.is_taken else "not_taken"
            entry = LedgerEntry(delivery.name, status if is_first else "duplicate", file.refused_by)
            if file.check_ins is not None:
                for counter in (entry.dossiers, entry.lines):  # a check-in is a document by itself
                    counter["received"] = len(file.check_ins)
                    counter["loaded" if is_first else "duplicate"] = len(file.check_ins)
            for version in file.versions:
                state = "duplicate"
                if is_first:
                    wins = (digest, version.position) in winners
                    held = (delivery.name, version.position) in quarantined
                    state = _state(version, wins, held)
                    if is_first and (digest, version.position) in pending:
                        state = "pending"
                blank = version.blank_line_count
                lines = version.line_count + blank
                is_whole = state == "duplicate" or file.refused_by is not None
                for counter, amount in ((entry.dossiers, 1), (entry.lines, lines)):
                    counter["received"] += amount
                    counter[state] += amount
                if blank and not is_whole:
                    entry.lines[state] -= blank
                    entry.lines["blank"] += blank
            ledger[delivery.name, delivery.uri] = entry
    return ledger


def _state(version: Version, wins: bool, is_quarantined: bool) -> str:
    if is_quarantined:
        return "quarantined"
    if not wins:
        return "superseded"
    return "withdrawn" if version.is_withdrawal else "loaded"


def _summed(
    counting: dict[tuple[str, str], _Placed],
    ledger: dict[tuple[str, str], LedgerEntry],
    quarantined: dict[tuple[str, int], frozenset[str]],
) -> Recount:
    months: dict[tuple[str, date], FacilityMonth] = defaultdict(FacilityMonth)
    lines, billed = 0, Decimal(0)
    for (facility_id, _), placed in counting.items():
        header = placed.version.header
        ended = header["NGAY_RA"]
        months[facility_id, date(int(ended[:4]), int(ended[4:6]), 1)].add(
            header, placed.version.services
        )
        for row in placed.version.drugs + placed.version.services:
            lines += 1
            billed += number(row, "THANH_TIEN_BV")
    return Recount(
        facility_months=dict(sorted(months.items())),
        ledger=ledger,
        current={
            key: (placed.delivery.name, placed.version.position) for key, placed in counting.items()
        },
        quarantined=quarantined,
        encounter_count=len(counting),
        line_count=lines,
        billed_amount_vnd=billed,
    )
