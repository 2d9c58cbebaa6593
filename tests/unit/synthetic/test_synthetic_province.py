"""The generated province: deterministic, well-formed, right where it claims to be right."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import pytest

from health_warehouse.errors import ConfigurationError
from health_warehouse.synthetic import formulary, lines
from health_warehouse.synthetic.generator import generate, plan
from health_warehouse.synthetic.options import Options
from oracle.claims_files import ClaimFile
from oracle.recount import Recount, read_folder, recount

_CLEAN = Options(facilities=8, days=10, dossiers=900, seed=12)
_SMALL = Options(facilities=4, days=3, dossiers=120, seed=5, defects=0.1)
_PROGRAM = """
import sys
from pathlib import Path
from health_warehouse.synthetic import formulary
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
generate(Path(sys.argv[1]), Options(facilities=4, days=3, dossiers=120, seed=5, defects=0.1))
"""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("clean")
    generate(out, _CLEAN)
    return out


@pytest.fixture(scope="module")
def counted(clean: Path) -> Recount:
    return recount(read_folder(clean))


@pytest.fixture(scope="module")
def files(counted: Recount) -> list[ClaimFile]:
    return list(counted.files.values())


def _fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            int(path.stat().st_mtime) if path.suffix == ".xml" else 0,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_options_give_the_same_bytes_and_times(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, _SMALL)
    assert _fingerprint(tmp_path / "one") == _fingerprint(tmp_path / "two") != {}


def test_another_process_with_another_hash_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path / "here", _SMALL)
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "America/New_York"}
    there = [sys.executable, "-c", _PROGRAM, str(tmp_path / "there")]
    subprocess.run(there, check=True, env=environment)
    assert _fingerprint(tmp_path / "here") == _fingerprint(tmp_path / "there")


def test_bytes_are_those_of_every_other_machine(tmp_path: Path) -> None:
    # A change here means that everybody's synthetic provinces change: say so in the commit.
    generate(tmp_path, _SMALL)
    digests = json.dumps(_fingerprint(tmp_path), sort_keys=True)
    assert hashlib.sha256(digests.encode()).hexdigest()[:16] == "ddfb9715d6dbdb14"


def test_other_seeds_give_other_provinces(tmp_path: Path) -> None:
    generate(tmp_path / "one", _SMALL)
    generate(tmp_path / "two", Options(**{**vars(_SMALL), "seed": 6}))
    one, two = _fingerprint(tmp_path / "one"), _fingerprint(tmp_path / "two")
    assert not {digest for digest, _ in one.values()} & {digest for digest, _ in two.values()}


def test_plan_gives_every_dossier_to_a_facility() -> None:
    assert sum(line.dossiers for line in plan(_SMALL)) == _SMALL.dossiers
    assert [line.facility_id for line in plan(_SMALL)] == ["96001", "95002", "96003", "96004"]


def test_a_folder_with_another_province_is_refused(tmp_path: Path) -> None:
    generate(tmp_path, _SMALL)
    before = _fingerprint(tmp_path)
    generate(tmp_path, _SMALL)  # an interrupted run is simply repeated
    assert _fingerprint(tmp_path) == before
    with pytest.raises(ConfigurationError, match="other options"):
        generate(tmp_path, _CLEAN)
    assert _fingerprint(tmp_path) == before


def test_without_defects_every_dossier_keeps_every_rule(counted: Recount) -> None:
    assert counted.encounter_count > 600
    assert counted.quarantined == {}
    assert {entry.rule for entry in counted.ledger.values()} == {None}


def test_treatment_days_follow_the_standard(files: list[ClaimFile]) -> None:
    def day(text: str) -> date:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))

    seen = set()
    for header in (version.header for file in files for version in file.versions):
        care = header["MA_LOAI_KCB"]
        stayed = (day(header["NGAY_RA"]) - day(header["NGAY_VAO"])).days + 1
        none = dict.fromkeys(("01", "07", "09", *map(str, range(10, 17))), 0)
        expected = {**none, "05": stayed, "08": 1}.get(care, stayed)
        assert int(header["SO_NGAY_DTRI"]) == expected, care
        seen.add(care)
    assert seen >= {"01", "02", "03", "04", "05", "07", "09"}


def test_orders_lie_within_the_stay_and_results_after_orders(files: list[ClaimFile]) -> None:
    checked = 0
    for version in (version for file in files for version in file.versions):
        for row in version.drugs + version.services:
            assert version.header["NGAY_VAO"] <= row["NGAY_YL"] <= version.header["NGAY_RA"]
            assert row["NGAY_YL"] <= row["NGAY_TH_YL"]
            assert row["NGAY_YL"] <= (row.get("NGAY_KQ") or row["NGAY_YL"])
            checked += 1
    assert checked > 1000


def test_the_province_has_the_cases_that_real_feeds_have(files: list[ClaimFile]) -> None:
    headers = [
        defaultdict(str, version.header)  # some leave empty elements out
        for file in files
        for version in file.versions
    ]
    cases = {
        "withdrawn": [h for h in headers if h["MA_DOITUONG_KCB"] == "8"],
        "unpaid": [h for h in headers if not h["NGAY_TTOAN"]],
        "not insured": [h for h in headers if h["MA_DOITUONG_KCB"] == "9"],
        "two cards": [h for h in headers if ";" in h["MA_THE_BHYT"]],
        "newborn": [h for h in headers if h["MA_THE_BHYT"].startswith("TE1PP")],
        "birth year only": [h for h in headers if h["NGAY_SINH"].endswith("00000000")],
        "transferred": [h for h in headers if h["MA_LOAI_RV"] == "2" and h["MA_NOI_DEN"]],
        "asked for transfer": [h for h in headers if h["MA_LOAI_RV"] == "5"],
        "died": [h for h in headers if h["KET_QUA_DTRI"] in ("5", "8")],
        "other sources": [h for h in headers if float(h["T_NGUONKHAC"])],
        "leading zero": [h for h in headers if h["MA_LK"].startswith("0")],
        "no citizen id": [h for h in headers if not h["SO_CCCD"]],
        "no lines": [v for file in files for v in file.versions if not v.line_count],
        "odd benefit": [
            row
            for file in files
            for version in file.versions
            for row in version.drugs
            if "." in row["MUC_HUONG"]
        ],
    }
    assert [name for name, found in cases.items() if not found] == []
    for header in cases["not insured"]:
        assert (header["MA_THE_BHYT"], float(header["T_BHTT"])) == ("", 0)
    for header in cases["two cards"]:
        lists = ("MA_THE_BHYT", "MA_DKBD", "GT_THE_TU", "GT_THE_DEN")
        assert {len(header[name].split(";")) for name in lists} == {2}


def test_the_same_number_means_another_dossier_elsewhere(files: list[ClaimFile]) -> None:
    holders: dict[str, set[str]] = {}
    for file in files:
        for version in file.versions:
            holders.setdefault(version.dossier_id, set()).add(file.facility_id)
    assert any(len(facilities) > 1 for facilities in holders.values())


def test_dossiers_are_superseded_withdrawn_and_received_twice(counted: Recount) -> None:
    states: Counter[str] = Counter()
    for entry in counted.ledger.values():
        states.update(entry.dossiers)
    assert min(states[name] for name in ("loaded", "superseded", "withdrawn", "duplicate")) > 0
    assert states["quarantined"] == 0


def test_receipt_is_the_evening_of_the_day_or_later(clean: Path) -> None:
    late = 0
    for path in clean.rglob("*.xml"):
        if "_0." in path.name:
            continue  # check-ins
        day = datetime.strptime(path.name.split("_")[1], "%Y%m%d").replace(tzinfo=UTC)
        received = datetime.fromtimestamp(path.stat().st_mtime, UTC) + timedelta(hours=7)
        assert received - day >= timedelta(hours=17, minutes=30), path.name
        late += received - day > timedelta(days=1)
    assert late > 0


def test_files_carry_facility_day_and_number_in_their_name(counted: Recount) -> None:
    taken = {name: file for name, file in counted.files.items() if file.is_taken}
    assert len(taken) > 40
    for name, file in taken.items():
        facility_id, day, number = name.removesuffix(".xml").split("_")
        assert file.facility_id == facility_id
        assert file.declared_date in (day, None)
        assert (int(number) == 0) == (file.check_ins is not None)


def test_memory_does_not_grow_with_the_province(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # its one large cache is made small, so that it is full in both
    small = lru_cache(maxsize=256)(formulary.priced.__wrapped__)
    monkeypatch.setattr(lines, "priced", small)

    def peak(dossiers: int) -> int:
        tracemalloc.start()
        generate(tmp_path / uuid4().hex, Options(2, dossiers // 60, dossiers, seed=3))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(900)  # fill the caches of catalogues, prices and dates
    assert peak(900) < peak(240) + 2_000_000


def test_labels_and_manifest_tell_what_was_written(tmp_path: Path) -> None:
    summary = generate(tmp_path, _SMALL)
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    assert manifest["defects"] == dict(sorted(Counter(row["kind"] for row in labels).items()))
    assert manifest["dossiers"] == summary.dossiers >= _SMALL.dossiers
    files = [path for path in tmp_path.glob("*/*") if path.is_file()]
    assert manifest["files"] + manifest["copies"] + manifest["check_in_files"] == len(files)
    assert not list(tmp_path.rglob("*.part"))
