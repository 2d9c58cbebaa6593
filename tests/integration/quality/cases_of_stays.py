"""V04 and V05: a stay is sent under one key, nobody comes after his death."""

from __future__ import annotations

from relation_case import AGAIN, AT_96002, DIED, VISIT, Case, stay

CASES = (
    # ---------------------------------------------------------------- V04
    Case(
        "a visit sent again under another key",
        before=[("96021", VISIT)],
        found_before=[["V04"]],
        now=[("96021", {**VISIT, **AGAIN})],
        found=[["V04"]],
    ),
    Case(
        "a visit sent again under another key, as of another type and disease",
        now=[("96021", VISIT), ("96021", {**VISIT, **AGAIN, "ma_benh_chinh": "J01"})],
        found=[["V04"], ["V04"]],
    ),
    Case(
        "two visits of one facility that overlap, one disease",
        now=[
            ("96021", VISIT),
            ("96021", {**AGAIN, "ngay_vao": "202608051029", "ngay_ra": "202608051130"}),
        ],
        found=[["V04"], ["V04"]],
    ),
    Case(
        "two visits of one facility, one after the other",
        now=[
            ("96021", VISIT),
            ("96021", {**AGAIN, "ngay_vao": "202608051030", "ngay_ra": "202608051130"}),
        ],
        found=[[], []],
    ),
    Case(
        "two visits of one facility that overlap, two diseases",
        now=[
            ("96021", VISIT),
            (
                "96021",
                {
                    **AGAIN,
                    "ngay_vao": "202608050900",
                    "ngay_ra": "202608051130",
                    "ma_benh_chinh": "J01",
                },
            ),
        ],
        found=[[], []],
    ),
    Case(
        "medicine for weeks, given again before it was used up",
        now=[
            (
                "96021",
                {**VISIT, "ma_loai_kcb": "05", "ngay_ra": "202609042359"},
            ),
            (
                "96021",
                {
                    **AGAIN,
                    "ma_loai_kcb": "05",
                    "ngay_vao": "202608290900",
                    "ngay_ra": "202609292359",
                },
            ),
        ],
        found=[[], []],
    ),
    Case(
        "two stays of one facility that overlap for an hour and a minute",
        before=[AT_96002],
        found_before=[["V04"]],
        now=[("96002", stay("202608050859", "202608061000", **AGAIN, ma_benh_chinh="J01"))],
        found=[["V04"]],
    ),
    Case(
        "two stays of one facility that overlap for an hour",
        before=[AT_96002],
        now=[("96002", stay("202608050900", "202608061000", **AGAIN))],
        found=[[]],
    ),
    Case(
        "a visit sent by two facilities",
        before=[("96021", VISIT)],
        found_before=[["V04"]],
        now=[("96022", VISIT)],
        found=[["V04"]],
    ),
    Case(
        "a visit of two facilities at the same times, two diseases",
        now=[("96021", VISIT), ("96022", {**VISIT, "ma_benh_chinh": "J01"})],
        found=[[], []],
    ),
    Case(
        "a visit of two facilities, one disease, a minute apart",
        now=[("96021", VISIT), ("96022", {**VISIT, "ngay_ra": "202608051031"})],
        found=[[], []],
    ),
    # ---------------------------------------------------------------- V05
    Case(
        "a visit more than an hour after the death",
        before=[("96001", DIED)],
        now=[("96002", {"ngay_vao": "202608051101", "ngay_ra": "202608051200"})],
        found=[["V05"]],
    ),
    Case(
        "a visit an hour after the death",
        before=[("96001", DIED)],
        now=[("96002", {"ngay_vao": "202608051100", "ngay_ra": "202608051200"})],
        found=[[]],
    ),
    Case(
        "a visit before, that comes later",
        before=[("96001", DIED)],
        now=[("96002", {"ngay_vao": "202607051100", "ngay_ra": "202607051200"})],
        found=[[]],
    ),
    Case(
        "a death that comes after the later visit was sent",
        before=[("96002", {"ngay_vao": "202608061100", "ngay_ra": "202608061200"})],
        found_before=[["V05"]],
        now=[("96001", DIED)],
        found=[[]],
    ),
    Case(
        "a visit after the day of death, known by its day",
        now=[("96001", DIED), ("96002", {"ngay_vao": "20260806", "ngay_ra": "202608061200"})],
        found=[[], ["V05"]],
    ),
    Case(
        "died of tuberculosis, by XML15",
        now=[
            ("96001", {**VISIT, "tb": "4"}),
            ("96002", {"ngay_vao": "202608061100", "ngay_ra": "202608061200"}),
        ],
        found=[[], ["V05"]],
    ),
    Case(
        "cured of tuberculosis, by XML15",
        now=[
            ("96001", {**VISIT, "tb": "1"}),
            ("96002", {"ngay_vao": "202608061100", "ngay_ra": "202608061200"}),
        ],
        found=[[], []],
    ),
    Case(
        "sent home to die, and seen again",
        now=[
            ("96001", {**DIED, "ket_qua_dtri": "6"}),
            ("96002", {"ngay_vao": "202608061100", "ngay_ra": "202608061200"}),
        ],
        found=[[], []],
    ),
)
