"""What a delivery of a feed of rows speaks for: its sender, its day, its partitions."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from health_warehouse.feeds.contract import AsOf, Contract
from health_warehouse.feeds.dates import forms_of, parse_moment, pattern_of
from health_warehouse.readers.table.title_days import day_of_title
from health_warehouse.reference.canonical import canonical_code

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The day that a list speaks of, and which source of the contract said so."""

    day: date
    source: str


@dataclass(slots=True)
class Partition:
    """Who speaks of a partition, and by which source of its day."""

    sender_id: str
    as_of: Spoken | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row belongs, and the day of its list; `problem`: why it belongs nowhere, without a
    value of it."""

    sender_id: str
    partition_key: str = ""
    problem: str | None = None
    field: str | None = None
    day: date | None = None


@dataclass(slots=True)
class Partitions:
    """Finds the partition of every row of one delivery.

    `path` is that of the delivery below the inbox, `received_at` when it counts as received.
    `titles`: rows of texts above the headings, filled by the reader before its first row.
    `contradicting` rows name another day than the file does.
    """

    contract: Contract
    path: str
    received_at: datetime
    titles: Sequence[Sequence[str]] = ()
    found: dict[str, Partition] = field(default_factory=dict)
    is_complete: bool = True
    contradicting: int = 0
    _told: dict[AsOf, Spoken] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._told = _told_by_receipt(self.contract, self.path, self.received_at)

    def of(self, values: Mapping[str, str | None]) -> Place:
        """The partition of a row, which it then belongs to."""
        sender_id = self._sender(values)
        if not sender_id:
            return self._nowhere("", "it does not say who sent it", self._sender_column())
        if self.contract.mode != "snapshot":
            return self._count(sender_id, "", None)
        spoken = self._as_of(values)
        parts = []
        for name in self.contract.partition:
            if name == "sender":
                parts.append(sender_id)
            elif name == "as_of":
                if spoken is None:
                    return self._nowhere(sender_id, "the day that the list speaks of is not known")
                parts.append(spoken.day.isoformat())
            else:
                value = canonical_code(values[name] or "")
                if not value:
                    return self._nowhere(sender_id, "it does not say which list it is of", name)
                if not self._may_speak_for(name, sender_id, value):
                    return self._nowhere(sender_id, "its sender may not speak for others", name)
                parts.append(value)
        return self._count(sender_id, "/".join(part.replace("/", "_") for part in parts), spoken)

    def _may_speak_for(self, name: str, sender_id: str, value: str) -> bool:
        """A list of one facility says nothing of another one."""
        return name != self._who_must_be_sender() or value == sender_id

    def _who_must_be_sender(self) -> str | None:
        """The column of the partition that says whose list it is, where that is the sender's."""
        partition = self.contract.partition
        is_named = "sender" in partition or partition[0] == "as_of"
        return None if is_named or self.contract.speaks_for != "self" else partition[0]

    def _count(self, sender_id: str, key: str, spoken: Spoken | None) -> Place:
        self.found.setdefault(key, Partition(sender_id, spoken))
        return Place(sender_id, key, day=spoken.day if spoken else None)

    def _nowhere(self, sender_id: str, problem: str, field: str | None = None) -> Place:
        self.is_complete = False
        return Place(sender_id, "", problem, field)

    def _sender_column(self) -> str | None:
        return self.contract.sender.of if self.contract.sender.kind == "column" else None

    def _sender(self, values: Mapping[str, str | None]) -> str:
        column = self._sender_column()
        if column is not None:
            return canonical_code(values[column] or "")
        return self._sender_of_delivery()

    def _sender_of_delivery(self) -> str:
        return sender_of_delivery(self.contract, self.path)

    def _as_of(self, values: Mapping[str, str | None]) -> Spoken | None:
        found: list[Spoken] = []
        for source in self.contract.as_of:
            if source.kind == "title":
                day = day_of_title(self.titles, source.of)
                found += [] if day is None else [Spoken(day, "title")]
                continue
            if source.kind != "column":
                found += [self._told[source]] if source in self._told else []
                continue
            column = self.contract.table.column(source.of)
            moment = parse_moment(values.get(source.of) or "", forms_of(column))
            if moment is not None:
                found.append(Spoken(moment.date(), "column"))
        # when a list is received says nothing against what it says itself
        days = {spoken.day for spoken in found if spoken.source != "receipt_month"}
        self.contradicting += len(days) > 1
        return found[0] if found else None

    def declare_without_rows(self) -> None:
        """A list whose sender and day are known speaks for its partition with no row in it, too.

        After all rows: what they say of the day comes first.
        """
        if self.found or self.contract.mode != "snapshot" or self._sender_column() is not None:
            return
        sender_id = self._sender_of_delivery()
        known = {"sender": sender_id}
        if (who := self._who_must_be_sender()) is not None:
            known[who] = sender_id
        spoken = self._as_of({})
        if spoken is not None:
            known["as_of"] = spoken.day.isoformat()
        if sender_id and set(self.contract.partition) <= set(known):
            key = "/".join(known[name].replace("/", "_") for name in self.contract.partition)
            self.found[key] = Partition(sender_id, spoken)


def sender_of_delivery(contract: Contract, path: str) -> str:
    """Who sent a delivery, where no row has to say it: its folder below the inbox, or always the
    same; blank where nobody knows."""
    if contract.sender.kind == "fixed":
        return canonical_code(contract.sender.of)
    folder, slash, _ = path.lstrip("/").partition("/")
    return canonical_code(folder) if slash and contract.sender.kind == "folder" else ""


def spoken_of_receipt(contract: Contract, path: str, received_at: datetime) -> Spoken | None:
    """The day that a receipt gives a list that says none itself: by its name, or its month."""
    return next(iter(_told_by_receipt(contract, path, received_at).values()), None)


def _told_by_receipt(contract: Contract, path: str, received_at: datetime) -> dict[AsOf, Spoken]:
    found = {
        source: _of_the_receipt(source, path, received_at)
        for source in contract.as_of
        if source.kind not in ("column", "title")
    }
    return {source: spoken for source, spoken in found.items() if spoken is not None}


def day_of_receipt(received_at: datetime) -> date:
    """The last day of the local month of a receipt."""
    local = received_at.astimezone(LOCAL_TIME).date()
    return local.replace(day=monthrange(local.year, local.month)[1])


def _of_the_receipt(source: AsOf, path: str, received_at: datetime) -> Spoken | None:
    if source.kind == "receipt_month":
        return Spoken(day_of_receipt(received_at), "receipt_month")
    pattern, _ = pattern_of(source.of)
    name = path.rpartition("/")[2]
    written = re.search(rf"(?<![0-9]){pattern.strip('^$')}(?![0-9])", name, re.ASCII)
    moment = None if written is None else parse_moment(written.group(), (source.of,))
    if moment is None:
        return None
    day = moment.date()
    if "d" not in source.of:  # a month is told by its last day
        day = day.replace(day=monthrange(day.year, day.month)[1])
    return Spoken(day, "file_name")
