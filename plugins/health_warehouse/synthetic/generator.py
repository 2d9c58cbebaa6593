"""Write a province's deliveries, their labels and a manifest into a folder."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import IO, NamedTuple

from health_warehouse.errors import ConfigurationError
from health_warehouse.synthetic import envelope
from health_warehouse.synthetic.breaches import Place
from health_warehouse.synthetic.defects import Kind, candidates
from health_warehouse.synthetic.deliveries import Delivery, Entry, deliveries, per_facility
from health_warehouse.synthetic.encounters import Dossier, build
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.province import Facility, facilities, referral_targets
from health_warehouse.synthetic.stories import apply
from health_warehouse.synthetic.streams import Draw, stream

Progress = Callable[[int], None]
"""Called with the number of dossiers written since the last call."""
MANIFEST, LABELS = "manifest.json", "labels.csv"


class Label(NamedTuple):
    """One injected defect: a row of labels.csv."""

    file: str
    facility: str
    dossier: str
    """MA_LK; blank when the whole file is meant."""
    position: str
    """Place of the HOSO in the file, from 1."""
    table: str
    line: str
    """STT of the line."""
    field: str
    kind: str
    expected_rule: str
    """Id, or beginning of the id, of the rule that must find it."""
    expected_severity: str


class FacilityPlan(NamedTuple):
    facility_id: str
    name: str
    tier: str
    dossiers: int


@dataclass
class Summary:
    """What was written."""

    files: int = 0
    copies: int = 0
    """Files that repeat the bytes of another."""
    dossiers: int = 0
    """Dossiers in the files, every version counted, copies not."""
    lines: int = 0
    defects: Counter[str] = field(default_factory=Counter)


def plan(options: Options) -> list[FacilityPlan]:
    """What `generate` would write, by facility; touches nothing."""
    chosen = facilities(options.facilities)
    return [
        FacilityPlan(facility.facility_id, facility.name, facility.tier, count)
        for facility, count in zip(chosen, per_facility(options, chosen), strict=True)
    ]


def generate(out: Path, options: Options, progress: Progress | None = None) -> Summary:
    """Write the files under `out`, plus labels.csv and manifest.json.

    A file appears under its name only when it is whole. The same options write the same bytes,
    so an interrupted run is simply repeated. Raises ConfigurationError when `out` holds a province
    made with other options: their files would be mixed.
    """
    _claim(out, options)
    summary = Summary()
    chosen = facilities(options.facilities)
    with _open_whole(out / LABELS) as binary:
        labels = _LabelFile(binary)
        for facility, count in zip(chosen, per_facility(options, chosen), strict=True):
            folder = out / facility.facility_id
            folder.mkdir(exist_ok=True)
            writer = _Writer(options, facility, referral_targets(facility, chosen), labels, summary)
            for delivery in deliveries(options, facility, count):
                writer.write(folder, delivery)
                if progress:
                    progress(len(delivery.entries))
    _write_manifest(out, options, summary)
    return summary


class _LabelFile:
    def __init__(self, binary: IO[bytes]) -> None:
        self._binary = binary
        self._write(Label._fields)

    def add(self, label: Label) -> None:
        self._write(label)

    def _write(self, row: tuple[str, ...]) -> None:
        text = StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerow(row)
        self._binary.write(text.getvalue().encode())


class _Writer:
    """Writes the files of one facility."""

    def __init__(
        self,
        options: Options,
        facility: Facility,
        targets: tuple[str, ...],
        labels: _LabelFile,
        summary: Summary,
    ) -> None:
        self._options = options
        self._facility = facility
        self._targets = targets
        self._labels = labels
        self._summary = summary

    def write(self, folder: Path, delivery: Delivery) -> None:
        path = folder / delivery.name
        with _open_whole(path, delivery.received_at) as file:
            count = str(len(delivery.entries) + _COUNT_ERROR.get(_name(delivery.defect), 0))
            if _name(delivery.defect) == "declared_not_a_number":
                count = "nhiều"
            file.write(envelope.opening(self._facility, delivery.declared_date, count))
            for position, entry in enumerate(delivery.entries, 1):
                file.write(self._dossier(delivery, position, entry))
            file.write(envelope.CLOSING)
            if _name(delivery.defect) == "truncated":
                self._truncate(file, delivery)
        for name, received_at in delivery.copies:
            _copy(path, folder / name, received_at)
        self._summary.files += 1
        self._summary.copies += len(delivery.copies)
        if delivery.defect:
            self._label(delivery, delivery.defect, Place())

    def _truncate(self, file: IO[bytes], delivery: Delivery) -> None:
        draw = stream(self._options.seed, "truncation", delivery.name)
        file.truncate(file.tell() * (30 + int(draw() * 65)) // 100)

    def _dossier(self, delivery: Delivery, position: int, entry: Entry) -> bytes:
        options, facility = self._options, self._facility
        dossier = build(options, facility, self._targets, entry.dossier, entry.day)
        apply(dossier, entry.sending, options.seed, facility.facility_id, entry.dossier)
        # In a file that is wrong as a whole no dossier is: every defect stands alone.
        if not entry.sending.has_defect or delivery.defect:
            parts = envelope.parts_of(dossier, facility)
        else:
            draw = stream(options.seed, "defect", facility.facility_id, entry.dossier)
            kind, place, parts = _damage(dossier, facility, draw)
            self._label(delivery, kind, place, dossier.dossier_id, position)
        self._summary.dossiers += 1
        self._summary.lines += len(dossier.drugs) + len(dossier.services)
        return envelope.dossier_bytes(parts, facility)

    def _label(
        self,
        delivery: Delivery,
        kind: Kind,
        place: Place,
        dossier_id: str = "",
        position: int | None = None,
    ) -> None:
        self._summary.defects[kind.name] += 1
        self._labels.add(
            Label(
                delivery.name,
                self._facility.facility_id,
                dossier_id,
                "" if position is None else str(position),
                *place,
                kind.name,
                kind.expected_rule,
                kind.severity,
            )
        )


_COUNT_ERROR = {"declared_too_many": 2, "declared_too_few": -1}


def _name(kind: Kind | None) -> str:
    return kind.name if kind else ""


def _damage(
    dossier: Dossier, facility: Facility, draw: Draw
) -> tuple[Kind, Place, list[envelope.Part]]:
    """Inject the first kind of defect that finds a place; a wrong header total always does."""
    for kind in candidates(draw):
        assert kind.apply is not None  # noqa: S101 - only file kinds have none
        if kind.stage == "parts":
            parts = envelope.parts_of(dossier, facility)
            place = kind.apply(parts, facility, draw)
        else:
            place = kind.apply(dossier, draw)
            if place and kind.stage == "lines":
                dossier.total()
            parts = envelope.parts_of(dossier, facility)
        if place:
            return kind, place, parts
    raise AssertionError("no defect fits")


@contextmanager
def _open_whole(path: Path, modified_at: int | None = None) -> Iterator[IO[bytes]]:
    """Write beside `path`; give it its name and time only when it is complete."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        yield file
    if modified_at is not None:
        os.utime(part, (modified_at, modified_at))
    part.replace(path)


def _copy(source: Path, target: Path, modified_at: int) -> None:
    with source.open("rb") as original, _open_whole(target, modified_at) as file:
        shutil.copyfileobj(original, file)


def _claim(out: Path, options: Options) -> None:
    """Make the folder; refuse one that holds another province."""
    out.mkdir(parents=True, exist_ok=True)
    manifest = out / MANIFEST
    if manifest.exists():
        known = json.loads(manifest.read_text("utf-8")).get("options")
        if known != options.as_json():
            raise ConfigurationError(
                f"{out} holds a province made with other options ({known}); choose an empty folder"
            )
    else:
        _write_json(manifest, {"options": options.as_json()})


def _write_manifest(out: Path, options: Options, summary: Summary) -> None:
    _write_json(
        out / MANIFEST,
        {
            "options": options.as_json(),
            "facilities": [line._asdict() for line in plan(options)],
            "files": summary.files,
            "copies": summary.copies,
            "dossiers": summary.dossiers,
            "lines": summary.lines,
            "defects": dict(sorted(summary.defects.items())),
        },
    )


def _write_json(path: Path, content: dict[str, object]) -> None:
    with _open_whole(path) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n")
