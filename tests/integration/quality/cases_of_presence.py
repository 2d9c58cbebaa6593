"""V01 to V03: nobody lies in two facilities, who was referred arrives, a visit is checked in."""

from __future__ import annotations

from datetime import UTC, datetime

from relation_case import (
    AT_96002,
    DAY_AFTER,
    DAY_BEFORE,
    OTHER_PATIENT,
    REFERRAL,
    VISIT,
    Case,
    stay,
)

from quality_deliveries import NO_CARD

CASES = (
    # ---------------------------------------------------------------- V01
    Case(
        "an inpatient elsewhere: both are found",
        before=[AT_96002],
        found_before=[["V01"]],
        now=[("96001", stay("202608040900", "202608061000"))],
        found=[["V01"]],
    ),
    Case(
        "two stays in one batch",
        now=[AT_96002, ("96001", stay("202608040900", "202608061000"))],
        found=[["V01"], ["V01"]],
    ),
    Case(
        "transferred, the papers written an hour late",
        before=[AT_96002],
        now=[("96001", stay("202608050900", "202608091000"))],
        found=[[]],
    ),
    Case(
        "transferred, the papers written an hour and a minute late",
        before=[AT_96002],
        found_before=[["V01"]],
        now=[("96001", stay("202608050859", "202608091000"))],
        found=[["V01"]],
    ),
    Case(
        "an open dossier is not told of a closed one, but that one of the open one",
        before=[("96002", {**AT_96002[1], "hiv": "1"})],
        found_before=[["V01"]],
        now=[("96001", stay("202608040900", "202608061000"))],
        found=[[]],
    ),
    Case(
        "two closed dossiers are told of each other",
        before=[("96002", {**AT_96002[1], "hiv": "1"})],
        found_before=[["V01"]],
        now=[("96001", stay("202608040900", "202608061000", hiv="1"))],
        found=[["V01"]],
    ),
    Case(
        "transferred, the arrival known by its day",
        before=[AT_96002],
        now=[("96001", stay("20260805", "202608091000"))],
        found=[[]],
    ),
    Case(
        "an examination elsewhere during a stay",
        before=[AT_96002],
        now=[("96001", {"ngay_vao": "202608040900", "ngay_ra": "202608041000"})],
        found=[[]],
    ),
    Case(
        "the other stay is withdrawn",
        before=[AT_96002, ("96002", {**AT_96002[1], "ma_doituong_kcb": "8"})],
        found_before=[[], []],
        now=[("96001", stay("202608040900", "202608061000"))],
        found=[[]],
    ),
    Case(
        "the other stay is corrected in the same batch",
        before=[AT_96002],
        now=[
            ("96002", stay("202608010800", "202608021000")),
            ("96001", stay("202608040900", "202608061000")),
        ],
        found=[[], []],
    ),
    # ---------------------------------------------------------------- V02
    Case("a referral that nobody met", now=[REFERRAL], found=[["V02"]]),
    Case(
        "a referral met by somebody who came from elsewhere",
        before=[("96002", stay("202608051100", "202608091000", ma_noi_di="96009"))],
        now=[REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral met too late",
        before=[("96002", stay("202608081001", "202608091000", ma_noi_di="96001"))],
        now=[REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral met at the last minute",
        before=[("96002", stay("202608081000", "202608091000", ma_noi_di="96001"))],
        now=[REFERRAL],
        found=[[]],
    ),
    Case(
        "a referral met in the same batch, an emergency without MA_NOI_DI",
        now=[REFERRAL, ("96002", stay("202608051000", "202608091000"))],
        found=[[], []],
    ),
    Case(
        "a referral to a place that sends nothing here",
        now=[("96001", {**REFERRAL[1], "ma_noi_den": "79001", "slip": "79001"})],
        found=[[]],
    ),
    Case(
        "a referral that nobody met, to a place that sends for the first time",
        now=[
            ("96001", {**REFERRAL[1], "ma_noi_den": "96077", "slip": "96077"}),
            ("96077", stay("202608081100", "202608091000")),
        ],
        found=[["V02"], []],
    ),
    Case(
        "a referral met while its papers were still open",
        before=[("96002", {"ngay_vao": "202608050800", "ngay_ra": "202608051130"})],
        now=[REFERRAL],
        found=[[]],
    ),
    Case(
        "a referral met by a closed dossier, which an open one is not told of",
        before=[("96002", stay("202608051100", "202608091000", ma_noi_di="96001", hiv="1"))],
        now=[REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral met two hours and a minute before its papers were closed",
        before=[("96002", {"ngay_vao": "202608050759", "ngay_ra": "202608051130"})],
        now=[REFERRAL],
        found=[["V02"]],
    ),
    Case(
        "a referral sent within three days",
        now=[REFERRAL],
        found=[[]],
        received_at=datetime(2026, 8, 8, 2, 59, tzinfo=UTC),
    ),
    Case(
        "a referral of a patient without a card",
        now=[("96001", {**REFERRAL[1], **NO_CARD, "ma_doituong_kcb": "9"})],
        found=[[]],
    ),
    # ---------------------------------------------------------------- V03
    Case(
        "no check-in, though the facility sent one of that day",
        check_ins=[("96011", OTHER_PATIENT)],
        now=[("96011", VISIT)],
        found=[["V03"]],
    ),
    Case(
        "no check-in, and none of that day: the next ones may be on their way",
        check_ins=[("96016", DAY_BEFORE), ("96016", DAY_AFTER)],
        now=[("96016", VISIT)],
        found=[[]],
    ),
    Case(
        "checked in at another time, twice",
        check_ins=[
            ("96012", {"ngay_vao": "202608050659"}),
            ("96012", {"ngay_vao": "202608041000"}),
        ],
        now=[("96012", VISIT)],
        found=[["V03"]],
    ),
    Case(
        "checked in on another day alone",
        check_ins=[("96018", {"ngay_vao": "202608041000"})],
        now=[("96018", VISIT)],
        found=[["V03"]],
    ),
    Case(
        "checked in within the hour",
        check_ins=[("96013", {"ngay_vao": "202608050700"})],
        now=[("96013", VISIT)],
        found=[[]],
    ),
    Case(
        "checked in on the day",
        check_ins=[("96014", {"ngay_vao": "20260805"})],
        now=[("96014", VISIT)],
        found=[[]],
    ),
    Case(
        "an emergency, and a visit that the patient pays, without check-in",
        check_ins=[("96015", OTHER_PATIENT)],
        now=[
            ("96015", {**VISIT, "ma_doituong_kcb": "2"}),
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
)
