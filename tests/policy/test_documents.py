"""Documents lead somewhere: every link and every path that they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from health_warehouse.maintenance.names import StepName
from parsed_dags import PROJECT

DOCUMENTS = sorted([PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")])
ROOTS = ("dags", "dbt_project", "deploy", "docs", "expectations", "plugins", "scripts", "tests")

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[str(path.relative_to(PROJECT)) for path in DOCUMENTS]
)


def test_there_is_something_to_check() -> None:
    assert len(DOCUMENTS) > 10


@every_document
def test_links_lead_to_files(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    missing = [target for target in local if not (document.parent / target).exists()]
    assert not missing, f"{document.name}: write or mend {missing}"


@every_document
def test_paths_in_the_text_exist(document: Path) -> None:
    names = re.findall(r"`([a-z_]+/[\w./-]*)`", document.read_text(encoding="utf-8"))
    ours = [name for name in names if name.partition("/")[0] in ROOTS]
    missing = [name for name in ours if not (PROJECT / name).exists()]
    assert not missing, f"{document.name} names {missing}, which are not there"


def test_every_runbook_and_decision_is_listed() -> None:
    decisions = {p.name for p in (PROJECT / "docs/decisions").glob("*.md")} - {"README.md"}
    index = (PROJECT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert {name for name in decisions if f"({name})" not in index} == set()


def test_every_step_of_maintenance_is_described() -> None:
    page = (PROJECT / "docs/operations/maintenance.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert {name for name in StepName if name not in named} == set()
