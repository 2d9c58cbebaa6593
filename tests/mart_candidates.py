"""A right candidate, built by dbt, that tests spoil and put right again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import text

from build_steps import MARTS, MARTS_OF_LISTS
from claim_ledger import PAPERS, Ledger
from claim_ledger import Dossier as Sent
from feed_steps import put, take_in
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.judging import check_files
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from quality_deliveries import DRUG, Dossier, deliver
from rows_of_lists import GOOD, POINT

_SENT_ON = {"xml13": [{"ma_noi_den": "96004"}]}
_IN_JULY = {"ngay_vao": "202607010800", "ngay_ra": "202607010900", "so_ngay_dtri": "1"}
_IN_WINTER = {"ngay_hen_kl": "202612010800"}
_BOUNDS = (
    *({"ngay_sinh": f"{day}0000"} for day in ("20210502", "20210501", "20110502", "20110501")),
    *({"ngay_sinh": f"{day}0000"} for day in ("19660502", "19660501")),
    *({"ket_qua_dtri": code} for code in "345678"),
    *({"ma_loai_rv": code} for code in "2345"),
    *({"ma_loai_kcb": code} for code in ("01", "02", "04", "05", "06", "07", "08", "09", "10")),
)
"""A day before and on the 5th, 15th and 60th birthday; outcomes, ways to leave, types of care."""

_NOTHING = {
    name: "0"
    for name, value in GOOD["hospital_activity_month"].items()
    if value.isdigit() and "beds" not in name and name != "facility_code"
}
_TWO_STAYS = {"inpatients_insured": "2", "bed_days": "4", "admissions": "2", "discharges": "2"}
_REPORT = GOOD["hospital_activity_month"] | _NOTHING | {"facility_code": "96003"} | _TWO_STAYS
"""What the third facility did in May: an open and a closed stay."""


def deliver_dossiers(
    settings: Settings, name: str, facility_id: str, dossiers: list[Dossier]
) -> None:
    """One file, judged by the rules at the door."""
    with engine(settings, "loader").begin() as connection:
        file_id = deliver(connection, dossiers, name=name, facility_id=facility_id)
    check_files(settings, [file_id])


def numbered_dossier(number: int, **header: str) -> Dossier:
    """An outpatient, or with an odd number an inpatient who died and was sent on."""
    key = {"ma_lk": f"LK-{number}"}
    inpatient = {
        "ma_loai_kcb": "03",
        "ngay_vao": "202608030800",
        "so_ngay_dtri": "3",
        "ma_loai_rv": "2",
        "ket_qua_dtri": "5",
    }
    return Dossier(
        header={**key, "ma_benh_chinh": "J18", **(inpatient if number % 2 else {}), **header},
        drugs=[key, {**key, "ma_thuoc": f"40.{number}"}],
        services=[{**key, "ma_dich_vu": "02.1896"}],
        tables={"XML7": [{}]} if number % 2 else {},
    )


def build_candidate(settings: Settings) -> None:
    """Two facilities, a withdrawal and a quarantined dossier, built in full; kept to compare.

    Two more: a dossier with every table, which is closed for the XML6 among them, sent on and told
    to come back, which both happen; an open one whose slip is kept; a slip of which nobody knows
    yet whether it is; and a monthly report that tells the same. A last one has a dossier at each
    bound of what the reports count. Of each list there is one row, of stations a point besides; the
    facility has a unit above it.
    """
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text("insert into raw.practitioners values (:code, gen_random_uuid())"),
            {"code": DRUG["ma_bac_si"]},
        )
    spoilt = replace(numbered_dossier(9), drugs=[{**DRUG, "ma_lk": "LK-9", "so_luong": "99"}])
    deliver_dossiers(settings, "a", "96001", [*map(numbered_dossier, range(1, 5)), spoilt])
    deliver_dossiers(
        settings, "b", "96002", [numbered_dossier(1), numbered_dossier(2, ngay_ra="202609011000")]
    )
    deliver_dossiers(settings, "c", "96001", [numbered_dossier(4, ma_doituong_kcb="8")])
    ledger = Ledger(settings)
    came_before = {"ngay_vao": "202606030800", "ngay_ra": "202606030900"}
    came_after = {"ngay_vao": "202606030800"}  # after the orders, which are of May
    ledger.deliver(
        "96003",
        Sent(
            "every table",
            header={"ma_benh_kt": "I10;E11"},
            papers=PAPERS | _SENT_ON,
            check_in={},
        ),
        Sent("comes back", header=came_before),
        Sent("open, with a slip", person="B", papers={"xml14": PAPERS["xml14"]}, check_in={}),
        Sent("comes back, too", person="B", header=came_before, check_in=came_after),
        Sent("told to come in winter", "C", _IN_JULY, papers={"xml14": [_IN_WINTER]}),
    )
    ledger.deliver("96004", Sent("arrives", header={"ngay_vao": "202605031000"}))
    ledger.deliver(
        "96005",
        *(Sent(f"bound {n}", f"P{n}", header=dict(header)) for n, header in enumerate(_BOUNDS)),
    )
    put(settings, "hospital_activity_month/bieu_9_202605.jsonl", [_REPORT])
    lists = {feed: [dict(row)] for feed, row in GOOD.items()}
    lists["facility_registry"][0]["parent_code"] = "96002"
    lists["commune_station"].append(GOOD["commune_station"] | POINT)
    for feed, rows in lists.items():
        put(settings, f"{feed}/{feed}_20260630.jsonl", rows)
    take_in(settings)
    build(settings)
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text("create schema kept"))
        for mart in (*MARTS, *MARTS_OF_LISTS):
            connection.execute(text(f"create table kept.{mart} as table candidate.{mart}"))


@contextmanager
def spoilt(settings: Settings, statement: str, *, marts: tuple[str, ...] = MARTS) -> Iterator[None]:
    """The candidate after `statement`, which changes only these marts; put right at the end."""
    with engine(settings, "transformer").begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0, "nothing was spoilt"
    try:
        yield
    finally:
        with engine(settings, OWNER).begin() as connection:
            for mart in marts:
                connection.execute(text(f"truncate candidate.{mart}"))
                connection.execute(text(f"insert into candidate.{mart} select * from kept.{mart}"))
