"""Write a province's deliveries, their labels and a manifest into a folder."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from health_warehouse.errors import ConfigurationError
from health_warehouse.synthetic import check_ins, envelope
from health_warehouse.synthetic.activity import Activity
from health_warehouse.synthetic.attachments import attach
from health_warehouse.synthetic.check_ins import EMERGENCY, WaitingRoom
from health_warehouse.synthetic.deliveries import (
    RESENT_NUMBER,
    Delivery,
    Entry,
    Member,
    deliveries,
)
from health_warehouse.synthetic.encounters import Dossier, build
from health_warehouse.synthetic.injected import LABELS, Label, LabelFile
from health_warehouse.synthetic.injection import Injection, Injector
from health_warehouse.synthetic.kinds import Kind, Place
from health_warehouse.synthetic.moments import stamp
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.schedule import Schedule
from health_warehouse.synthetic.stories import apply, story
from health_warehouse.synthetic.streams import stream
from health_warehouse.synthetic.whole_files import copy_whole, open_whole, write_json

Progress = Callable[[int], None]
"""Called with the number of dossiers written since the last call."""
MANIFEST = "manifest.json"
_FAST = 1
"""Level of compression: at 9 packing a dossier took longer than making it."""


class FacilityPlan(NamedTuple):
    facility_id: str
    name: str
    tier: str
    dossiers: int


@dataclass
class Summary:
    """What was written."""

    files: int = 0
    """Claim files: deliveries, whatever their container."""
    copies: int = 0
    """Files that repeat the bytes of another."""
    check_in_files: int = 0
    dossiers: int = 0
    """Dossiers in the files, every version counted, copies not."""
    lines: int = 0
    defects: Counter[str] = field(default_factory=Counter)
    activity: Activity = field(default_factory=Activity)
    """What the facilities did, by the dossiers as they were at first."""


def plan(options: Options) -> list[FacilityPlan]:
    """What `generate` would write, by facility; touches nothing."""
    schedule = Schedule(options)
    return [
        FacilityPlan(facility.facility_id, facility.name, facility.tier, count)
        for facility, count in zip(schedule.facilities, schedule.totals, strict=True)
    ]


def generate(out: Path, options: Options, progress: Progress | None = None) -> Summary:
    """Write the files under `out`, plus labels.csv and manifest.json.

    A file appears under its name only when it is whole. The same options write the same bytes,
    so an interrupted run is simply repeated. Raises ConfigurationError when `out` holds a province
    made with other options: their files would be mixed.
    """
    _claim(out, options)
    summary = Summary()
    schedule = Schedule(options)
    injector = Injector(options.seed)
    with open_whole(out / LABELS) as binary:
        labels = LabelFile(binary)
        for facility in schedule.facilities:
            folder = out / facility.facility_id
            folder.mkdir(exist_ok=True)
            writer = _Writer(folder, schedule, facility, injector, labels, summary)
            for delivery in deliveries(schedule, facility):
                writer.write(delivery)
                if progress:
                    progress(delivery.dossier_count)
            writer.close()
    _write_manifest(out, options, summary)
    return summary


class _Writer:
    """Writes the files of one facility."""

    def __init__(
        self,
        folder: Path,
        schedule: Schedule,
        facility: Facility,
        injector: Injector,
        labels: LabelFile,
        summary: Summary,
    ) -> None:
        self._folder = folder
        self._schedule = schedule
        self._facility = facility
        self._vendor = facility.vendor
        self._injector = injector
        self._labels = labels
        self._summary = summary
        self._waiting = WaitingRoom(facility)

    def write(self, delivery: Delivery) -> None:
        path = self._folder / delivery.name
        with open_whole(path, delivery.received_at) as file:
            if self._vendor.container == "zip":
                self._write_zip(file, delivery)
            elif self._vendor.container == "gz":
                # No name and no time inside: the same dossiers give the same bytes.
                with gzip.GzipFile("", "wb", _FAST, fileobj=file, mtime=0) as packed:
                    packed.write(self._member(delivery, delivery.members[0]))
            else:
                self._stream(file, delivery)
        for name, received_at in delivery.copies:
            copy_whole(path, self._folder / name, received_at)
        self._summary.files += 1
        self._summary.copies += len(delivery.copies)
        if delivery.defect:
            self._label(delivery.members[0].name, Injection(delivery.defect, Place(), []))
        self._check_in(delivery.day)

    def close(self) -> None:
        """Write the check-ins that still wait."""
        self._check_in(None)

    def _check_in(self, today: int | None) -> None:
        for name, content, received_at in self._waiting.leave(today):
            with open_whole(self._folder / name, received_at) as file:
                file.write(content)
            self._summary.check_in_files += 1

    def _write_zip(self, file: IO[bytes], delivery: Delivery) -> None:
        with zipfile.ZipFile(file, "w") as packed:
            for member in delivery.members:
                entry = zipfile.ZipInfo(member.name, (2026, 1, 1, 0, 0, 0))
                content = self._member(delivery, member)
                packed.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=_FAST)

    def _member(self, delivery: Delivery, member: Member) -> bytes:
        """One XML file in memory: at most MAX_DOSSIERS dossiers of a facility that packs."""
        defect = delivery.defect if member is delivery.members[0] else None
        content = b"".join(self._chunks(delivery, member, defect))
        if _name(defect) == "html_page":
            return _html_page(member.name)
        if _name(defect) == "truncated":
            content = content[: self._cut_at(member.name, len(content))]
        return content

    def _stream(self, file: IO[bytes], delivery: Delivery) -> None:
        member, defect = delivery.members[0], delivery.defect
        for chunk in self._chunks(delivery, member, defect):
            file.write(chunk)
        if _name(defect) == "html_page":
            file.seek(0)
            file.truncate(file.write(_html_page(member.name)))
        if _name(defect) == "truncated":
            file.truncate(self._cut_at(member.name, file.tell()))

    def _cut_at(self, name: str, size: int) -> int:
        draw = stream(self._schedule.options.seed, "truncation", name)
        return size * (30 + int(draw() * 65)) // 100

    def _chunks(self, delivery: Delivery, member: Member, defect: Kind | None) -> Iterator[bytes]:
        """The envelope and its dossiers, one by one."""
        vendor, position = self._vendor, 0
        error = _COUNT_ERROR.get(_name(defect), 0)
        is_unknown = _name(defect) == "declared_not_a_number"
        count = "nhiều" if is_unknown else str(len(member.entries) + error)
        yield envelope.opening(vendor, self._facility.facility_id, delivery.declared_date, count)
        for entry in member.entries:
            written = self._dossier(delivery, member, position + 1, entry)
            position += len(written)
            yield b"".join(written)
        count = "nhiều" if is_unknown else str(position + error)
        yield envelope.closing(vendor, count)

    def _dossier(
        self, delivery: Delivery, member: Member, position: int, entry: Entry
    ) -> list[bytes]:
        """The HOSO of a dossier: one, or two when it is spread."""
        slot, sending = entry
        dossier = build(self._schedule, self._facility, slot)
        apply(dossier, sending, self._schedule.options.seed, slot.number)
        is_new = sending.is_first and not _is_resend(member)
        if is_new and not self._is_withdrawn(slot.number):
            self._summary.activity.add(dossier)
        check_in = check_ins.row(dossier) if is_new else None
        kind: Kind | None = None
        # In a file that is wrong as a whole no dossier is: every defect stands alone.
        if sending.has_defect and not delivery.defect:
            injection = self._injector.damage(dossier, delivery.received_at, is_new)
            kind, parts = injection.kind, injection.parts
            self._label(member.name, injection, dossier.dossier_id, position)
        else:
            attach(dossier)
            parts = envelope.parts_of(dossier)
        self._summary.dossiers += 1
        self._summary.lines += len(dossier.drugs) + len(dossier.services)
        if check_in is not None:
            self._injector.remember(dossier, delivery.received_at, is_right=kind is None)
            self._file_check_in(dossier, check_in, _name(kind))
        vendor = self._vendor
        is_spread = vendor.spreads and kind is None and len(parts) > 4 and dossier.lot % 3 == 0
        groups = envelope.spread(parts) if is_spread else [parts]
        return [envelope.dossier_bytes(group, vendor, dossier.dossier_id) for group in groups]

    def _is_withdrawn(self, number: int) -> bool:
        """Whether the last version of the dossier takes it back."""
        options = self._schedule.options
        versions = story(options.seed, self._facility.index, number, options.defects)
        return versions[-1].is_withdrawal

    def _file_check_in(self, dossier: Dossier, check_in: dict[str, str], kind: str) -> None:
        """The check-in was right, whatever is wrong with the dossier, but for three kinds."""
        if dossier.cover.object_code == EMERGENCY or kind == "no_check_in":
            return
        if kind == "stay_below_four_hours":  # then the patient did come so late
            check_in = check_ins.row(dossier)
        elif kind == "check_in_at_another_time":
            check_in["NGAY_VAO"] = stamp(dossier.stay.arrived - 1440)
        self._waiting.add(dossier.stay.arrived, check_in)

    def _label(
        self,
        file: str,
        injection: Injection,
        dossier_id: str = "",
        position: int | None = None,
    ) -> None:
        kind = injection.kind
        self._summary.defects[kind.name] += 1
        self._labels.add(
            Label(
                file,
                self._facility.facility_id,
                dossier_id,
                "" if position is None else str(position),
                *injection.place,
                kind.name,
                kind.expected_rule,
                kind.severity,
            )
        )


def _is_resend(member: Member) -> bool:
    """Whether the file repeats one that was refused: those visits have checked in already."""
    return int(member.name.removesuffix(".xml").rsplit("_", 1)[1]) >= RESENT_NUMBER


_COUNT_ERROR = {"declared_too_many": 2, "declared_too_few": -1}


def _html_page(name: str) -> bytes:
    """What a proxy saves in place of a download."""
    return (
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
        f"<body><h1>502 Bad Gateway</h1><p>GET /out/{name}</p></body></html>\n"
    ).encode()


def _name(kind: Kind | None) -> str:
    return kind.name if kind else ""


def _claim(out: Path, options: Options) -> None:
    """Make the folder; refuse one that cannot be made or that holds another province."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if out.is_file() else error.strerror
        raise ConfigurationError(f"cannot write to {out}: {reason}; name a new folder") from error
    manifest = out / MANIFEST
    if manifest.exists():
        known = json.loads(manifest.read_text("utf-8")).get("options")
        if known != options.as_json():
            raise ConfigurationError(
                f"{out} holds a province made with other options ({known}); choose an empty folder"
            )
    else:
        write_json(manifest, {"options": options.as_json()})


def _write_manifest(out: Path, options: Options, summary: Summary) -> None:
    write_json(
        out / MANIFEST,
        {
            "options": options.as_json(),
            "facilities": [line._asdict() for line in plan(options)],
            "files": summary.files,
            "copies": summary.copies,
            "check_in_files": summary.check_in_files,
            "dossiers": summary.dossiers,
            "lines": summary.lines,
            "defects": dict(sorted(summary.defects.items())),
        },
    )
