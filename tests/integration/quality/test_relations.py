"""Rules that compare dossiers (V): what was delivered before, what comes now, and what is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from uuid import UUID

import cases_of_presence
import cases_of_stays
import pytest
from relation_case import Case
from sqlalchemy import text

from build_steps import note_published
from expectations import registry
from expectations.families import journeys
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import BuildFailed
from health_warehouse.landing.judging import LandingReport, check_files
from health_warehouse.quality.relations import replace_findings
from health_warehouse.release import build as build_module
from health_warehouse.release.build import Build, build
from health_warehouse.settings import Settings
from quality_deliveries import Dossier, deliver, deliver_check_ins

CASES = (*cases_of_presence.CASES, *cases_of_stays.CASES)


def _dossier(number: int, changes: Mapping[str, str]) -> Dossier:
    header = {"ma_lk": f"LK-{number}", **changes}
    if "ma_lk" in changes:
        header["ma_lk"] += f"-{number}"
    destination = header.pop("slip", None)
    days = int(header.get("ngay_ra", "0")[:8]) - int(header.get("ngay_vao", "0")[:8]) + 1
    tables: dict[str, list[dict[str, str]]] = {}
    if destination:
        tables["XML13"] = [{"ma_cskcb_den": destination}]
    if header.pop("hiv", None):
        tables["XML6"] = [{"ma_lydo_dtri": "1", "ngaykd_hiv": "20200101"}]
    outcome = header.pop("tb", None)
    if outcome:
        tables["XML15"] = [{"ket_qua_dtri_lao": outcome}]
    if header.get("ma_loai_kcb") == "03":
        header["so_ngay_dtri"] = str(days)
        tables["XML7"] = [{}]
    lines = [{"ngay_yl": header["ngay_vao"]}]
    return Dossier(
        header, drugs=lines, services=lines, tables=tables, person=UUID(int=1000 + number)
    )


def _send(settings: Settings, cases: Sequence[tuple[int, Case]], part: str) -> list[list[int]]:
    """Deliver `part` ("before" or "now") of every case; the files of each, one per dossier."""
    sent: list[list[int]] = []
    with engine(settings, "loader").begin() as connection:
        for number, case in cases:
            sent.append(
                [
                    deliver(
                        connection,
                        [_dossier(number, changes)],
                        name=f"{part} {number} {place}",
                        facility_id=facility,
                        received_at=case.received_at,
                    )
                    for place, (facility, changes) in enumerate(getattr(case, part))
                ]
            )
    return sent


def _send_check_ins(settings: Settings) -> list[int]:
    with engine(settings, "loader").begin() as connection:
        return [
            deliver_check_ins(
                connection,
                [{"ma_lk": f"LK-{number}", **changes}],
                name=f"check-in {number} {place}",
                facility_id=facility,
            )
            for number, case in enumerate(CASES)
            for place, (facility, changes) in enumerate(case.check_ins)
        ]


@dataclass(frozen=True)
class Judged:
    """`before` and `now`: per case and dossier, the rules that found it after the increment."""

    report: LandingReport
    increment: Build
    before: list[list[list[str]]]
    now: list[list[list[str]]]
    after_increment: list[tuple[object, ...]]
    after_full: list[tuple[object, ...]]
    counts: dict[str, tuple[int, int]]


_FOUND = text(
    "select file_id, position, line, table_name, field, facility_id, dossier_id, rule_id, severity,"
    " reason from quarantine.relation_findings order by 1, 2, 3, 4, 5, 8"
)
_COUNTS = text(
    "select rule_id, checked_count, failed_count from ops.rule_results"
    " join ops.check_runs using (check_run_id) where suite = 'relations' and build_id = :build_id"
)


def _found(settings: Settings) -> list[tuple[object, ...]]:
    with engine(settings, OWNER).connect() as connection:
        return [tuple(row) for row in connection.execute(_FOUND)]


def _by_case(files: list[list[int]], found: list[tuple[object, ...]]) -> list[list[list[str]]]:
    """F10 is no matter of these cases: whichever facility was first."""
    return [
        [[str(row[7]) for row in found if row[0] == one and row[7] != "F10"] for one in case]
        for case in files
    ]


@pytest.fixture(scope="module")
def judged(module_settings: Settings) -> Judged:
    """All cases in one warehouse: the first part is published, the second comes in an increment."""
    numbered = list(enumerate(CASES))
    before = _send(module_settings, numbered, "before")
    check_files(module_settings, [*chain(*before)])
    note_published(module_settings, build(module_settings))
    now = _send(module_settings, numbered, "now")
    report = check_files(module_settings, [*chain(*now), *_send_check_ins(module_settings)])
    increment = build(module_settings)
    found = _found(module_settings)
    with engine(module_settings, OWNER).connect() as connection:
        rows = connection.execute(_COUNTS, {"build_id": increment.build_id})
        counts = {row.rule_id: (row.checked_count, row.failed_count) for row in rows}
    build(module_settings, full=True)
    return Judged(
        report,
        increment,
        _by_case(before, found),
        _by_case(now, found),
        found,
        _found(module_settings),
        counts,
    )


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_visits_are_judged_as_the_case_says(number: int, judged: Judged) -> None:
    case = CASES[number]
    nothing: Sequence[Sequence[str]] = [[] for _ in case.before]
    assert judged.now[number] == [list(rules) for rules in case.found]
    assert judged.before[number] == [list(rules) for rules in case.found_before or nothing]


def test_no_dossier_of_these_cases_is_quarantined(judged: Judged) -> None:
    # Else "what counts now" would be empty, and the good cases would prove nothing.
    assert judged.report.quarantined_dossiers == 0


def test_every_rule_on_visits_has_a_bad_and_a_good_case(judged: Judged) -> None:
    for rule in registry.RELATIONS:
        checked, failed = judged.counts[rule.id]
        assert 0 < failed < checked


def test_a_full_build_finds_what_increments_found(judged: Judged) -> None:
    assert not judged.increment.is_full
    assert judged.after_full == judged.after_increment


def test_a_reason_names_no_key_of_another_dossier(judged: Judged) -> None:
    keys = {str(row[6]) for row in judged.after_full}
    assert keys
    assert [row for row in judged.after_full for key in keys if key in str(row[9])] == []


def test_a_rule_that_cannot_be_judged_fails_the_build_and_leaves_what_was_found(
    judged: Judged, module_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = journeys.FAMILY.rules[0]
    broken = replace(rule, rows=(replace(rule.rows[0], sql="select 1 / 0 from batch"),))
    monkeypatch.setattr(
        build_module, "replace_findings", partial(replace_findings, rules=(broken,))
    )

    with pytest.raises(BuildFailed, match="rule V01 could not be judged"):
        build(module_settings, full=True)

    assert _found(module_settings) == judged.after_full
    with engine(module_settings, OWNER).connect() as connection:
        status, message = connection.execute(
            text("select status, message from ops.builds order by build_id desc limit 1")
        ).one()
    assert (status, "V01" in message) == ("failed", True)
