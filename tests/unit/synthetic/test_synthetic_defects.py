"""Each kind of defect is made, breaks what it says, and nothing else is wrong."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from health_warehouse.settings import PROJECT_DIR
from health_warehouse.synthetic.defects import DOSSIER_KINDS, FILE_KINDS, KINDS
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.injected import Label
from health_warehouse.synthetic.kinds import Kind
from health_warehouse.synthetic.kinds_page import with_kinds_table
from health_warehouse.synthetic.options import Options
from oracle.recount import Recount, read_folder, recount

# Every second dossier: enough for every kind in a province that is read in seconds.
_OPTIONS = Options(facilities=12, days=14, dossiers=2000, seed=9, defects=0.5)
_ORACLE = ("F01", "F03", "F04", "K03", "D01", "D06", "P02", "C01", "L01", "L02", "X01", "X03",
           "X08")  # fmt: skip
"""Rules that put a dossier into quarantine and that the second opinion knows as well."""
_SHOWS_IN_TOTALS = {"L01", "F04", "F03"}
"""What can no longer be read, or belongs elsewhere, may also be missing from the totals."""


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("defects")
    generate(out, _OPTIONS)
    return out


@pytest.fixture(scope="module")
def labels(province: Path) -> list[Label]:
    with (province / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        assert tuple(next(rows)) == Label._fields
        return [Label(*row) for row in rows]


@pytest.fixture(scope="module")
def counted(province: Path) -> Recount:
    return recount(read_folder(province))


def test_names_of_kinds_are_unique() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) > 150


def test_every_family_of_the_catalogue_has_kinds() -> None:
    families = Counter(kind.expected_rule[0] for kind in KINDS)
    assert set(families) == set("FKDPCILXV")
    assert min(families.values()) >= 3


@pytest.mark.parametrize("kind", DOSSIER_KINDS, ids=lambda kind: kind.name)
def test_kind_is_made_and_breaks_its_rule_alone(
    kind: Kind, labels: list[Label], counted: Recount
) -> None:
    found = [label for label in labels if label.kind == kind.name]
    assert found, "no dossier has it: raise the number of dossiers of this test"
    for label in found:
        place = label.file, int(label.position)
        broken = set(counted.quarantined.get(place, ()))
        broken |= {"V06"} if place in counted.pending else set()
        if kind.severity == "E":
            assert kind.expected_rule in broken
            broken.discard(kind.expected_rule)
        if kind.expected_rule in _SHOWS_IN_TOTALS:
            broken -= {"L02", "X01"}
        if kind.expected_rule == "D01":
            broken -= {"L02", "D06"}  # the days of treatment and the age follow from the dates
        if kind.severity != "E/W":
            assert broken == set()


def test_nothing_is_wrong_that_is_not_labelled(labels: list[Label], counted: Recount) -> None:
    labelled = {(label.file, int(label.position)) for label in labels if label.position}
    assert {place for place, rules in counted.quarantined.items() if rules} <= labelled


def test_each_dossier_has_at_most_one_defect(labels: list[Label]) -> None:
    dossiers = [(label.facility, label.dossier) for label in labels if label.dossier]
    assert len(dossiers) == len(set(dossiers)) > 600


def test_kinds_come_in_turn(labels: list[Label]) -> None:
    """A kind that fits everywhere is not injected again before the others had their turn."""
    uses = Counter(label.kind for label in labels)
    assert uses["drug_billed_wrong"] - uses["header_t_thuoc_wrong"] in (-1, 0, 1)


@pytest.mark.parametrize("kind", FILE_KINDS, ids=lambda kind: kind.name)
def test_file_kind_is_made_and_has_its_effect(
    kind: Kind, labels: list[Label], counted: Recount
) -> None:
    names = {label.file for label in labels if label.kind == kind.name}
    assert names
    for (name, _), entry in counted.ledger.items():
        if name in names:
            assert entry.rule == (kind.expected_rule if kind.refuses_file else None)


def test_labelled_file_is_there_and_lines_have_a_number(
    counted: Recount, labels: list[Label]
) -> None:
    received = {name for name, _ in counted.ledger}
    assert {label.file for label in labels} <= received
    for label in labels:
        if label.table in ("XML2", "XML3") and label.field:
            assert label.line.isdigit()


def test_second_dossier_of_a_pair_is_named(labels: list[Label], counted: Recount) -> None:
    pairs = [label.other.split("/") for label in labels if label.other]
    assert len(pairs) > 3
    for facility, dossier in pairs:
        assert any(
            file.facility_id == facility and version.dossier_id == dossier
            for file in counted.files.values()
            for version in file.versions
        )


def test_rate_zero_makes_no_label(tmp_path: Path) -> None:
    generate(tmp_path, Options(facilities=2, days=2, dossiers=50, seed=1))
    assert (tmp_path / "labels.csv").read_text("utf-8").count("\n") == 1


def test_page_lists_the_kinds_of_today() -> None:
    page = (PROJECT_DIR / "docs" / "synthetic.md").read_text("utf-8")
    command = "python -m health_warehouse.synthetic.kinds_page docs/synthetic.md"
    assert page == with_kinds_table(page), f"docs/synthetic.md is stale: run {command}"
