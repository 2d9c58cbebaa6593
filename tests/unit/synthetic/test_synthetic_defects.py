"""Each kind of defect is made, is a breach of exactly its rule, and nothing else is wrong."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from health_warehouse.settings import PROJECT_DIR
from health_warehouse.synthetic.defects import DOSSIER_KINDS, FILE_KINDS, KINDS, Kind
from health_warehouse.synthetic.generator import Label, generate
from health_warehouse.synthetic.kinds_page import with_kinds_table
from health_warehouse.synthetic.options import Options
from oracle.recount import Recount, read_folder, recount

# 0.7 of the dossiers: enough for every kind in a province that is read in seconds.
_OPTIONS = Options(facilities=6, days=12, dossiers=700, seed=8, defects=0.7)


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
    assert len({kind.name for kind in KINDS}) == len(KINDS) > 40


@pytest.mark.parametrize("kind", [kind.name for kind in DOSSIER_KINDS])
def test_kind_is_made_and_breaks_its_rule(kind: str, labels: list[Label], counted: Recount) -> None:
    found = [label for label in labels if label.kind == kind]
    assert found, "no dossier has it: raise the number of dossiers of this test"
    for label in found:
        broken = counted.quarantined[label.file, int(label.position)]
        assert label.expected_rule in broken
        # What can no longer be read or added up also shows in the totals; nothing else may.
        assert broken - {label.expected_rule} <= {"L02"}


def test_nothing_is_wrong_that_is_not_labelled(labels: list[Label], counted: Recount) -> None:
    labelled = {(label.file, int(label.position)) for label in labels if label.position}
    assert {place for place, rules in counted.quarantined.items() if rules} == labelled


def test_each_dossier_has_at_most_one_defect(labels: list[Label]) -> None:
    dossiers = [(label.facility, label.dossier) for label in labels if label.dossier]
    assert len(dossiers) == len(set(dossiers)) > 300


@pytest.mark.parametrize("kind", FILE_KINDS, ids=lambda kind: kind.name)
def test_file_kind_is_made_and_has_its_effect(
    kind: Kind, labels: list[Label], counted: Recount
) -> None:
    names = {label.file for label in labels if label.kind == kind.name}
    assert names
    for (name, _), entry in counted.ledger.items():
        if name in names:
            refused = kind.severity == "refuse_file"
            assert entry.rule == (kind.expected_rule if refused else None)


def test_labelled_line_and_field_are_in_the_file(province: Path, labels: list[Label]) -> None:
    for label in labels:
        assert (province / label.facility / label.file).is_file()
        assert bool(label.line) == (label.table in ("XML2", "XML3") and label.field != "")


def test_rate_zero_makes_no_label(tmp_path: Path) -> None:
    generate(tmp_path, Options(facilities=2, days=2, dossiers=50, seed=1))
    assert (tmp_path / "labels.csv").read_text("utf-8").count("\n") == 1


def test_page_lists_the_kinds_of_today() -> None:
    page = (PROJECT_DIR / "docs" / "synthetic.md").read_text("utf-8")
    command = "python -m health_warehouse.synthetic.kinds_page docs/synthetic.md"
    assert page == with_kinds_table(page), f"docs/synthetic.md is stale: run {command}"
