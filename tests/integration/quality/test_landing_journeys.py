"""Rules on several visits (V): what was delivered before, what comes now, and what is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from uuid import UUID

import pytest
from sqlalchemy import Connection

from expectations.families import journeys
from expectations.rules.rule import Rule
from health_warehouse.database.connections import engine
from health_warehouse.errors import CheckError
from health_warehouse.quality import landing
from health_warehouse.quality.landing import LandingReport, check_files
from health_warehouse.settings import Settings
from quality_deliveries import NO_CARD, Dossier, deliver, deliver_check_ins, findings

_RECEIVED = datetime(2026, 8, 20, 1, tzinfo=UTC)
Sent = tuple[str, Mapping[str, str]]
"""(MA_CSKCB, changes of the header); `slip` in it is the destination of an XML13."""


@dataclass(frozen=True)
class Case:
    """One person. `found`: per dossier sent now, the rules that must find it, and no other V."""

    name: str
    now: Sequence[Sent]
    found: Sequence[Sequence[str]]
    before: Sequence[Sent] = ()
    check_ins: Sequence[Sent] = ()
    received_at: datetime = field(default=_RECEIVED)


def _stay(begin: str, end: str, **changes: str) -> dict[str, str]:
    return {"ma_loai_kcb": "03", "ngay_vao": begin, "ngay_ra": end, **changes}


_AT_96002 = ("96002", _stay("202608010800", "202608051000"))
_SENT_ON = {"ma_loai_rv": "2", "ma_noi_den": "96002", "slip": "96002"}
_REFERRAL = ("96001", _stay("202608010800", "202608051000", **_SENT_ON))
_VISIT = {"ngay_vao": "202608050800", "ngay_ra": "202608051030"}
_DAY_BEFORE = {"ma_lk": "other", "ngay_vao": "202608040700"}
_DAY_AFTER = {"ma_lk": "later", "ngay_vao": "202608060700"}

CASES = (
    # ---------------------------------------------------------------- V01
    Case(
        "an inpatient elsewhere",
        before=[_AT_96002],
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
        "transferred, the arrival known by its day",
        before=[_AT_96002],
        now=[("96001", _stay("20260805", "202608091000"))],
        found=[[]],
    ),
    Case(
        "two stays of the same facility",
        before=[_AT_96002],
        now=[("96002", _stay("202608040900", "202608061000", ma_lk="again"))],
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
        before=[("96002", _stay("202608081100", "202608091000", ma_noi_di="96001"))],
        now=[_REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral met before",
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
        before=[("96002", {"ngay_vao": "202608050830", "ngay_ra": "202608051130"})],
        now=[_REFERRAL],
        found=[[]],
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
        "no check-in, though the facility sends them",
        check_ins=[("96011", _DAY_BEFORE), ("96011", _DAY_AFTER)],
        now=[("96011", _VISIT)],
        found=[["V03"]],
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
        check_ins=[("96015", _DAY_BEFORE), ("96015", _DAY_AFTER)],
        now=[
            ("96015", {**_VISIT, "ma_doituong_kcb": "2"}),
            ("96015", {**_VISIT, "ma_lk": "paid", **NO_CARD, "ma_doituong_kcb": "9"}),
        ],
        found=[[], []],
    ),
    Case(
        "a visit before the facility began to send check-ins",
        check_ins=[("96016", {"ma_lk": "other", "ngay_vao": "202608050900"})],
        now=[("96016", _VISIT)],
        found=[[]],
    ),
    Case(
        "a visit after the last check-in that is here: the next ones may be on their way",
        check_ins=[("96017", _DAY_BEFORE)],
        now=[("96017", _VISIT)],
        found=[[]],
    ),
)


def _dossier(number: int, changes: Mapping[str, str]) -> Dossier:
    header = {"ma_lk": f"LK-{number}", **changes}
    destination = header.pop("slip", None)
    days = int(header.get("ngay_ra", "0")[:8]) - int(header.get("ngay_vao", "0")[:8]) + 1
    tables: dict[str, list[dict[str, str]]] = {}
    if destination:
        tables["XML13"] = [{"ma_cskcb_den": destination}]
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


@pytest.fixture(scope="module")
def judged(module_settings: Settings) -> tuple[LandingReport, list[list[list[str]]]]:
    """What is found of each dossier of each case; all cases are two batches of one warehouse."""
    numbered = list(enumerate(CASES))
    before = _send(module_settings, numbered, "before")
    check_files(module_settings, [*chain(*before), *_send_check_ins(module_settings)])
    now = _send(module_settings, numbered, "now")
    report = check_files(module_settings, [*chain(*now)])
    return report, [
        [
            [
                row["rule_id"]
                for row in findings(module_settings, file_id)
                if row["rule_id"].startswith("V")
            ]
            for file_id in file_ids
        ]
        for file_ids in now
    ]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_visits_are_judged_as_the_case_says(
    number: int, judged: tuple[LandingReport, list[list[list[str]]]]
) -> None:
    assert judged[1][number] == [list(rules) for rules in CASES[number].found]


def test_no_dossier_of_these_cases_is_quarantined(
    judged: tuple[LandingReport, list[list[list[str]]]],
) -> None:
    # Else "what counts now" would be empty, and the good cases would prove nothing.
    assert judged[0].quarantined_dossiers == 0


def test_every_rule_on_visits_has_a_bad_and_a_good_case(
    judged: tuple[LandingReport, list[list[list[str]]]],
) -> None:
    states = {outcome.rule.id: outcome for outcome in judged[0].outcomes}
    for rule in journeys.FAMILY.rules:
        assert states[rule.id].failed_count > 0
        assert states[rule.id].checked_count > states[rule.id].failed_count


def test_a_check_in_that_comes_while_the_visits_are_judged_is_no_fault(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Great Expectations saw two visits without one; another loader commits before they are found.

    The first count is out of date then, and what holds is stored.
    """
    with engine(settings, "loader").begin() as connection:
        deliver_check_ins(connection, [_DAY_BEFORE, _DAY_AFTER], name="other days")
        visits = [_dossier(number, _VISIT) for number in (1, 2)]
        file_id = deliver(connection, visits, received_at=_RECEIVED)
    insert, came = landing.insert_findings, []

    def while_others_load(connection: Connection, rule: Rule, batch_sql: str) -> int:
        if rule.id == "V03" and not came:
            with engine(settings, "loader").begin() as other:
                came.append(
                    deliver_check_ins(
                        other, [{"ma_lk": "LK-1", "ngay_vao": _VISIT["ngay_vao"]}], name="meanwhile"
                    )
                )
        return insert(connection, rule, batch_sql)

    monkeypatch.setattr(landing, "insert_findings", while_others_load)

    report = check_files(settings, [file_id])

    assert came
    found = [row for row in findings(settings, file_id) if row["rule_id"] == "V03"]
    assert [row["position"] for row in found] == [2]
    assert [one.failed_count for one in report.outcomes if one.rule.id == "V03"] == [1]


def test_fewer_rows_than_failed_stay_a_fault(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine(settings, "loader").begin() as connection:
        deliver_check_ins(connection, [_DAY_BEFORE, _DAY_AFTER], name="other days")
        file_id = deliver(connection, [_dossier(1, _VISIT)], received_at=_RECEIVED)
    monkeypatch.setattr(landing, "insert_findings", lambda *_: 0)

    with pytest.raises(CheckError, match="V03: 1 rows failed, 0 were found"):
        check_files(settings, [file_id])

    assert findings(settings, file_id) == []
