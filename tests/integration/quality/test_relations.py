"""Rules that compare dossiers (V): what was delivered before, what comes now, and what is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from uuid import UUID

import pytest
from sqlalchemy import text

from build_steps import note_published
from expectations.families import journeys
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import BuildFailed
from health_warehouse.quality.landing import LandingReport, check_files
from health_warehouse.quality.relations import replace_findings
from health_warehouse.release import build as build_module
from health_warehouse.release.build import Build, build
from health_warehouse.settings import Settings
from quality_deliveries import NO_CARD, Dossier, deliver, deliver_check_ins

_RECEIVED = datetime(2026, 8, 20, 1, tzinfo=UTC)
Sent = tuple[str, Mapping[str, str]]
"""(MA_CSKCB, changes of the header); `slip` in it is the destination of an XML13, `hiv` makes it a
closed dossier, `tb` is KET_QUA_DTRI_LAO of an XML15."""


@dataclass(frozen=True)
class Case:
    """One person. `found`: per dossier sent now, the rules that must find it, and no other V;
    `found_before`: the same of those sent before, by default nothing."""

    name: str
    now: Sequence[Sent]
    found: Sequence[Sequence[str]]
    before: Sequence[Sent] = ()
    found_before: Sequence[Sequence[str]] | None = None
    check_ins: Sequence[Sent] = ()
    received_at: datetime = field(default=_RECEIVED)


def _stay(begin: str, end: str, **changes: str) -> dict[str, str]:
    return {"ma_loai_kcb": "03", "ngay_vao": begin, "ngay_ra": end, **changes}


_AT_96002 = ("96002", _stay("202608010800", "202608051000"))
_SENT_ON = {"ma_loai_rv": "2", "ma_noi_den": "96002", "slip": "96002"}
_REFERRAL = ("96001", _stay("202608010800", "202608051000", **_SENT_ON))
_VISIT = {"ngay_vao": "202608050800", "ngay_ra": "202608051030"}
_AGAIN = {"ma_lk": "again"}
_OTHER_PATIENT = {"ma_lk": "other", "ngay_vao": "202608051500"}
_DAY_BEFORE = {"ma_lk": "earlier", "ngay_vao": "202608040700"}
_DAY_AFTER = {"ma_lk": "later", "ngay_vao": "202608060700"}
_DIED = _stay("202608010800", "202608051000", ket_qua_dtri="5")

CASES = (
    # ---------------------------------------------------------------- V01
    Case(
        "an inpatient elsewhere: both are found",
        before=[_AT_96002],
        found_before=[["V01"]],
        now=[("96001", _stay("202608040900", "202608061000"))],
        found=[["V01"]],
    ),
    Case(
        "two stays in one batch",
        now=[_AT_96002, ("96001", _stay("202608040900", "202608061000"))],
        found=[["V01"], ["V01"]],
    ),
    Case(
        "transferred, the papers written an hour late",
        before=[_AT_96002],
        now=[("96001", _stay("202608050900", "202608091000"))],
        found=[[]],
    ),
    Case(
        "transferred, the papers written an hour and a minute late",
        before=[_AT_96002],
        found_before=[["V01"]],
        now=[("96001", _stay("202608050859", "202608091000"))],
        found=[["V01"]],
    ),
    Case(
        "an open dossier is not told of a closed one, but that one of the open one",
        before=[("96002", {**_AT_96002[1], "hiv": "1"})],
        found_before=[["V01"]],
        now=[("96001", _stay("202608040900", "202608061000"))],
        found=[[]],
    ),
    Case(
        "two closed dossiers are told of each other",
        before=[("96002", {**_AT_96002[1], "hiv": "1"})],
        found_before=[["V01"]],
        now=[("96001", _stay("202608040900", "202608061000", hiv="1"))],
        found=[["V01"]],
    ),
    Case(
        "transferred, the arrival known by its day",
        before=[_AT_96002],
        now=[("96001", _stay("20260805", "202608091000"))],
        found=[[]],
    ),
    Case(
        "an examination elsewhere during a stay",
        before=[_AT_96002],
        now=[("96001", {"ngay_vao": "202608040900", "ngay_ra": "202608041000"})],
        found=[[]],
    ),
    Case(
        "the other stay is withdrawn",
        before=[_AT_96002, ("96002", {**_AT_96002[1], "ma_doituong_kcb": "8"})],
        found_before=[[], []],
        now=[("96001", _stay("202608040900", "202608061000"))],
        found=[[]],
    ),
    Case(
        "the other stay is corrected in the same batch",
        before=[_AT_96002],
        now=[
            ("96002", _stay("202608010800", "202608021000")),
            ("96001", _stay("202608040900", "202608061000")),
        ],
        found=[[], []],
    ),
    # ---------------------------------------------------------------- V02
    Case("a referral that nobody met", now=[_REFERRAL], found=[["V02"]]),
    Case(
        "a referral met by somebody who came from elsewhere",
        before=[("96002", _stay("202608051100", "202608091000", ma_noi_di="96009"))],
        now=[_REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral met too late",
        before=[("96002", _stay("202608081001", "202608091000", ma_noi_di="96001"))],
        now=[_REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral met at the last minute",
        before=[("96002", _stay("202608081000", "202608091000", ma_noi_di="96001"))],
        now=[_REFERRAL],
        found=[[]],
    ),
    Case(
        "a referral met in the same batch, an emergency without MA_NOI_DI",
        now=[_REFERRAL, ("96002", _stay("202608051000", "202608091000"))],
        found=[[], []],
    ),
    Case(
        "a referral to a place that sends nothing here",
        now=[("96001", {**_REFERRAL[1], "ma_noi_den": "79001", "slip": "79001"})],
        found=[[]],
    ),
    Case(
        "a referral that nobody met, to a place that sends for the first time",
        now=[
            ("96001", {**_REFERRAL[1], "ma_noi_den": "96077", "slip": "96077"}),
            ("96077", _stay("202608081100", "202608091000")),
        ],
        found=[["V02"], []],
    ),
    Case(
        "a referral met while its papers were still open",
        before=[("96002", {"ngay_vao": "202608050800", "ngay_ra": "202608051130"})],
        now=[_REFERRAL],
        found=[[]],
    ),
    Case(
        "a referral met by a closed dossier, which an open one is not told of",
        before=[("96002", _stay("202608051100", "202608091000", ma_noi_di="96001", hiv="1"))],
        now=[_REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral met two hours and a minute before its papers were closed",
        before=[("96002", {"ngay_vao": "202608050759", "ngay_ra": "202608051130"})],
        now=[_REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral sent within three days",
        now=[_REFERRAL],
        found=[[]],
        received_at=datetime(2026, 8, 8, 2, 59, tzinfo=UTC),
    ),
    Case(
        "a referral of a patient without a card",
        now=[("96001", {**_REFERRAL[1], **NO_CARD, "ma_doituong_kcb": "9"})],
        found=[[]],
    ),
    # ---------------------------------------------------------------- V03
    Case(
        "no check-in, though the facility sent one of that day",
        check_ins=[("96011", _OTHER_PATIENT)],
        now=[("96011", _VISIT)],
        found=[["V03"]],
    ),
    Case(
        "no check-in, and none of that day: the next ones may be on their way",
        check_ins=[("96016", _DAY_BEFORE), ("96016", _DAY_AFTER)],
        now=[("96016", _VISIT)],
        found=[[]],
    ),
    Case(
        "checked in at another time, twice",
        check_ins=[
            ("96012", {"ngay_vao": "202608050659"}),
            ("96012", {"ngay_vao": "202608041000"}),
        ],
        now=[("96012", _VISIT)],
        found=[["V03"]],
    ),
    Case(
        "checked in on another day alone",
        check_ins=[("96018", {"ngay_vao": "202608041000"})],
        now=[("96018", _VISIT)],
        found=[["V03"]],
    ),
    Case(
        "checked in within the hour",
        check_ins=[("96013", {"ngay_vao": "202608050700"})],
        now=[("96013", _VISIT)],
        found=[[]],
    ),
    Case(
        "checked in on the day",
        check_ins=[("96014", {"ngay_vao": "20260805"})],
        now=[("96014", _VISIT)],
        found=[[]],
    ),
    Case(
        "an emergency, and a visit that the patient pays, without check-in",
        check_ins=[("96015", _OTHER_PATIENT)],
        now=[
            ("96015", {**_VISIT, "ma_doituong_kcb": "2"}),
            (
                "96015",
                {
                    "ma_lk": "paid",
                    "ngay_vao": "202608051400",
                    "ngay_ra": "202608051430",
                    **NO_CARD,
                    "ma_doituong_kcb": "9",
                },
            ),
        ],
        found=[[], []],
    ),
    # ---------------------------------------------------------------- V04
    Case(
        "a visit sent again under another key",
        before=[("96021", _VISIT)],
        found_before=[["V04"]],
        now=[("96021", {**_VISIT, **_AGAIN})],
        found=[["V04"]],
    ),
    Case(
        "a visit sent again under another key, as of another type and disease",
        now=[("96021", _VISIT), ("96021", {**_VISIT, **_AGAIN, "ma_benh_chinh": "J01"})],
        found=[["V04"], ["V04"]],
    ),
    Case(
        "two visits of one facility that overlap, one disease",
        now=[
            ("96021", _VISIT),
            ("96021", {**_AGAIN, "ngay_vao": "202608051029", "ngay_ra": "202608051130"}),
        ],
        found=[["V04"], ["V04"]],
    ),
    Case(
        "two visits of one facility, one after the other",
        now=[
            ("96021", _VISIT),
            ("96021", {**_AGAIN, "ngay_vao": "202608051030", "ngay_ra": "202608051130"}),
        ],
        found=[[], []],
    ),
    Case(
        "two visits of one facility that overlap, two diseases",
        now=[
            ("96021", _VISIT),
            (
                "96021",
                {
                    **_AGAIN,
                    "ngay_vao": "202608050900",
                    "ngay_ra": "202608051130",
                    "ma_benh_chinh": "J01",
                },
            ),
        ],
        found=[[], []],
    ),
    Case(
        "two stays of one facility that overlap for an hour and a minute",
        before=[_AT_96002],
        found_before=[["V04"]],
        now=[("96002", _stay("202608050859", "202608061000", **_AGAIN, ma_benh_chinh="J01"))],
        found=[["V04"]],
    ),
    Case(
        "two stays of one facility that overlap for an hour",
        before=[_AT_96002],
        now=[("96002", _stay("202608050900", "202608061000", **_AGAIN))],
        found=[[]],
    ),
    Case(
        "a visit sent by two facilities",
        before=[("96021", _VISIT)],
        found_before=[["V04"]],
        now=[("96022", _VISIT)],
        found=[["V04"]],
    ),
    Case(
        "a visit of two facilities at the same times, two diseases",
        now=[("96021", _VISIT), ("96022", {**_VISIT, "ma_benh_chinh": "J01"})],
        found=[[], []],
    ),
    Case(
        "a visit of two facilities, one disease, a minute apart",
        now=[("96021", _VISIT), ("96022", {**_VISIT, "ngay_ra": "202608051031"})],
        found=[[], []],
    ),
    # ---------------------------------------------------------------- V05
    Case(
        "a visit more than an hour after the death",
        before=[("96001", _DIED)],
        now=[("96002", {"ngay_vao": "202608051101", "ngay_ra": "202608051200"})],
        found=[["V05"]],
    ),
    Case(
        "a visit an hour after the death",
        before=[("96001", _DIED)],
        now=[("96002", {"ngay_vao": "202608051100", "ngay_ra": "202608051200"})],
        found=[[]],
    ),
    Case(
        "a visit before, that comes later",
        before=[("96001", _DIED)],
        now=[("96002", {"ngay_vao": "202607051100", "ngay_ra": "202607051200"})],
        found=[[]],
    ),
    Case(
        "a death that comes after the later visit was sent",
        before=[("96002", {"ngay_vao": "202608061100", "ngay_ra": "202608061200"})],
        found_before=[["V05"]],
        now=[("96001", _DIED)],
        found=[[]],
    ),
    Case(
        "a visit after the day of death, known by its day",
        now=[("96001", _DIED), ("96002", {"ngay_vao": "20260806", "ngay_ra": "202608061200"})],
        found=[[], ["V05"]],
    ),
    Case(
        "died of tuberculosis, by XML15",
        now=[
            ("96001", {**_VISIT, "tb": "4"}),
            ("96002", {"ngay_vao": "202608061100", "ngay_ra": "202608061200"}),
        ],
        found=[[], ["V05"]],
    ),
    Case(
        "cured of tuberculosis, by XML15",
        now=[
            ("96001", {**_VISIT, "tb": "1"}),
            ("96002", {"ngay_vao": "202608061100", "ngay_ra": "202608061200"}),
        ],
        found=[[], []],
    ),
    Case(
        "sent home to die, and seen again",
        now=[
            ("96001", {**_DIED, "ket_qua_dtri": "6"}),
            ("96002", {"ngay_vao": "202608061100", "ngay_ra": "202608061200"}),
        ],
        found=[[], []],
    ),
)


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
    return [[[str(row[7]) for row in found if row[0] == one] for one in case] for case in files]


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
    for rule in journeys.FAMILY.rules:
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
