"""Correct dossiers pass untouched: nothing found, every text in raw as it was sent."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from claim_files import check_in_file, claim_file, write
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing import findings
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import IngestReport, ingest
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES
from special_dossiers import special_dossiers
from standard_dossiers import CARE_TYPES, FACILITY, VARIANTS, StandardDossier, dossier

_OF_EVERY_TYPE = [
    dossier(number, care, variant)
    for number, (care, variant) in enumerate(
        ((care, variant) for care in CARE_TYPES for variant in VARIANTS), 1
    )
]
DOSSIERS = [*_OF_EVERY_TYPE, *special_dossiers(len(_OF_EVERY_TYPE) + 1)]


def _check_in(made: StandardDossier) -> dict[str, str]:
    """XML0 knows the card that was shown, the first of a list."""
    header = made.header
    names = [f.name for f in CHECK_INS.fields]
    return {name: header.get(name, "").split(";")[0] for name in names} | {
        "MA_DICH_VU": "02.1896",
        "TEN_DICH_VU": "Khám Nội",
        "NGAY_YL": header["NGAY_VAO"],
    }


@pytest.fixture(scope="module")
def judged(
    module_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, IngestReport]:
    """All dossiers as one claim file, beside the check-ins of those that are not emergencies.

    Built, for the rules that compare dossiers.
    """
    folder = tmp_path_factory.mktemp("sent")
    write(folder, "claims.xml", claim_file([made.xml() for made in DOSSIERS], FACILITY, "20260901"))
    checked_in = [made for made in DOSSIERS if made.header["MA_DOITUONG_KCB"] not in ("2", "8")]
    write(folder, "check_ins.xml", check_in_file(map(_check_in, checked_in)))
    report = ingest(module_settings, list_new(module_settings, [str(folder)]))
    build(module_settings)
    return module_settings, report


def _rows(settings: Settings, table: str) -> list[dict[str, Any]]:
    statement = f"select * from raw.{TABLES[table].raw_table} order by file_id, position"
    if table != "XML1":
        statement += ", line"
    with engine(settings, OWNER).connect() as connection:
        return [dict(row) for row in connection.execute(text(statement)).mappings()]


def test_nothing_is_found(judged: tuple[Settings, IngestReport]) -> None:
    settings, report = judged
    names = {made.header["MA_LK"]: made.name for made in DOSSIERS}
    found = [
        (names.get(row["dossier"] or "", row["file"]), row["rule"], row["table"], row["field"],
         row["reason"])
        for row in findings.entries(settings, with_names=True)
    ]  # fmt: skip
    assert found == []
    assert report.outcomes == {"loaded": 2}
    assert report.quarantined_dossiers == 0
    assert report.dossier_count == len(DOSSIERS)


def test_rules_had_something_to_judge(judged: tuple[Settings, IngestReport]) -> None:
    with engine(judged[0], OWNER).connect() as connection:
        states = connection.execute(text("select rule_id, state from ops.rule_results")).all()
    not_applicable = {rule_id for rule_id, state in states if state == "not_applicable"}
    # Nobody is exempt from co-payment, no newborn came at midnight, no line has a code without a
    # price, no line is below 0, nobody was sent to a facility that sends files here. No list came.
    never = {"C05_exempt", "D06_midnight", "F11", "L13_reversal", "L14", "V02"}
    assert {rule_id for rule_id in not_applicable if "." not in rule_id} == never
    assert {state for _, state in states} == {"passed", "not_applicable"}


@pytest.mark.parametrize("table", TABLES)
def test_texts_are_kept_to_the_last_character(
    table: str, judged: tuple[Settings, IngestReport]
) -> None:
    sent = [row for made in DOSSIERS for row in made.tables.get(table, ())]
    kept = _rows(judged[0], table)
    assert sent, f"no dossier has {table}"
    assert len(kept) == len(sent)
    for row, found in zip(sent, kept, strict=True):
        assert {name: found[name.lower()] for name in row} == row
        assert found["_extra"] in (None, {})
