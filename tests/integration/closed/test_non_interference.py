"""A plain reader's answers are those of a warehouse that never received the closed dossiers."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import text
from worlds import Sent, World, both, keys_of

from claim_ledger import PAPERS, Dossier
from feed_steps import deliver_rows
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.release.publish import publish
from health_warehouse.release.rollback import rollback
from rows_of_lists import GOOD

HIV = {"ma_benh_chinh": "B24"}
_LATER = {"ngay_vao": "202605031000", "ngay_ra": "202605041000"}
_AGAIN = {"ngay_vao": "202606030800", "ngay_ra": "202606030900"}
_SENT_ON = {"xml13": [{"ma_noi_den": "96002", "ma_lydo_ct": "1"}]}
_OPEN_PAPERS = {name: rows for name, rows in PAPERS.items() if name != "xml6"}
_HIV_DRUG: dict[str, str | None] = {"ten_thuoc": "Dolutegravir 50mg"}
# "other of the kind": how other writers spell a closed code, and what else tells of one
_SPELLINGS = ("B.24", "Z.21", "B2.4", "B..24", "B-24", "B_24", "B 2 4", "Ｂ２４", "F024", "R75")

FIRST = [
    # person A: an open stay, then a closed one elsewhere
    Sent("96001", Dossier("a1", "A", papers=_OPEN_PAPERS | _SENT_ON, check_in={})),
    Sent("96002", Dossier("a2", "A", header=HIV | _LATER, check_in={}), is_closed=True),
    # person B: closed only
    Sent("96001", Dossier("b1", "B", header=HIV, check_in={}), is_closed=True),
    Sent("96001", Dossier("b2", "B", papers=PAPERS), is_closed=True),
    # person C: a slip that a closed visit keeps, and an open one later
    Sent("96001", Dossier("c1", "C", papers={"xml14": PAPERS["xml14"]})),
    Sent("96001", Dossier("c2", "C", header=HIV | _AGAIN), is_closed=True),
    Sent("96001", Dossier("c3", "C", header={**_AGAIN, "ngay_vao": "202606050800"}, check_in={})),
    # a facility with closed dossiers only; a drug, a service and a name that only they have
    Sent(
        "96003",
        Dossier(
            "d1",
            "D",
            header=HIV | {"ma_benh_kt": "A15.0;J18"},
            drugs=({"ma_thuoc": "40.999", "ten_thuoc": "Thuốc riêng"},),
            services=({"ma_dich_vu": "99.9999"},),
        ),
        is_closed=True,
    ),
    # the last line of an item is closed: its name is another one for plain readers
    Sent("96002", Dossier("e1", "E", drugs=({"ten_thuoc": "Oxy cũ"},))),
    Sent(
        "96002",
        Dossier(
            "e2", "E", header=HIV, drugs=({"ten_thuoc": "Oxy mới", "ngay_yl": "202605020900"},)
        ),
        is_closed=True,
    ),
    Sent("96002", Dossier("f1", "F", drugs=({"ten_thuoc": "Dolutegravir 50mg"},)), is_closed=True),
    Sent(
        "96002",
        Dossier("f2", "F", services=({"ten_dich_vu": "HIV đo tải lượng Real-time PCR"},)),
        is_closed=True,
    ),
    Sent("96002", Dossier("f3", "F", header={"ma_doituong_kcb": "1.9"}), is_closed=True),
    Sent(
        "96002", Dossier("f4", "F", papers={"xml15": [{"phanloai_lao_hiv": "1"}]}), is_closed=True
    ),
    # a test for HIV closes its result, not its dossier; a row of XML6 without care closes nothing
    Sent("96002", Dossier("g1", "G", services=({"ten_dich_vu": "HIV Ab test nhanh"},))),
    Sent("96002", Dossier("g2", "G")),
    # what was ordered at the check-in closes it, and not the dossier
    Sent("96002", Dossier("g3", "G", check_in=_HIV_DRUG), is_check_in_closed=True),
    *(
        Sent("96004", Dossier(f"h{n}", f"H{n}", header={"ma_benh_chinh": code}), is_closed=True)
        for n, code in enumerate(_SPELLINGS)
    ),
    Sent("96004", Dossier("i1", "I", header={"ma_benh_chinh": "B25", "ma_benh_kt": "Z22;AB24"})),
]
SECOND = [
    # an open dossier becomes closed, a closed one open, one is withdrawn
    Sent("96001", Dossier("c3", "C", header=HIV | _AGAIN), is_closed=True),
    Sent("96001", Dossier("b1", "B", header={"ma_benh_chinh": "J18"}, check_in={})),
    Sent("96003", Dossier("d1", "D", is_withdrawal=True), is_closed=True),
    Sent(
        "96001", Dossier("a1", "A", header={"t_tongchi_bv": "999"}, papers=_OPEN_PAPERS | _SENT_ON)
    ),
]
_REPORT = GOOD["hospital_activity_month"]
_KEYED = (
    "select count(*) from marts.fct_encounters where person_key = '{person}'",
    "select * from marts.dim_persons where person_key = '{person}'",
    "select count(*) from marts.fct_claim_lines where encounter_key = '{encounter}'",
    "select 1 / (select count(*) from marts.fct_encounters where encounter_key = '{encounter}')",
)
_PROBES = (
    "select count(*) from marts.fct_transfers where not is_arrival_matched",
    "select count(*) from marts.fct_encounters as e"
    " where not exists (select from marts.fct_transfers as t"
    " where t.facility_key = e.facility_key and t.encounter_key = e.encounter_key)",
    "select count(*) from marts.fct_encounters as e"
    " left join marts.fct_waiting_times as w using (facility_key, encounter_key)"
    " where w.encounter_key is null",
    "select facility_id, sum(encounter_count) from marts.rpt_facility_months group by 1",
    "select count(*) from marts.fct_claim_lines as l"
    " left join marts.dim_items as i using (item_key) where i.item_key is null",
    "select p.person_key from marts.dim_persons as p left join marts.fct_encounters as e"
    " using (person_key) where e.person_key is null",
)
_ERRORS = (
    "select * from closed.fct_encounters",
    "select * from hiv.fct_encounters",
    "select * from report.rpt_facility_months",
    "select * from facility.fct_encounters",
    "select * from ops.replaced_fct_encounters",
    "select * from candidate.fct_encounters",
    "select * from marts.fct_hiv_treatments",
    "insert into marts.fct_encounters default values",
    "select 'closed.fct_encounters'::regclass",
)


@pytest.fixture(scope="module")
def worlds(pair: tuple[World, World]) -> tuple[World, World]:
    everything, opened = pair
    for step in (FIRST, SECOND):
        both(everything, opened, step)
        for world in pair:  # counts of a facility hold what closed dossiers tell
            deliver_rows(
                world.settings,
                f"hospital_activity_month/96001_{len(step)}.jsonl",
                [{**_REPORT, "visits_under6": str(len(step))}],
            )
        everything.release()
        opened.release()
    for world in pair:
        world.settle_storage()
    return pair


def test_every_relation_that_a_plain_reader_selects_is_the_same(
    worlds: tuple[World, World],
) -> None:
    everything, opened = (world.content("bi_reader") for world in worlds)
    assert set(everything) == set(opened)
    assert len(everything) > 20
    for relation, rows in everything.items():
        assert rows == opened[relation], relation
    assert sum(everything["marts.fct_encounters"].values()) == 8
    assert everything["marts.rpt_concordance_months"]


def test_hiv_readers_see_what_the_other_warehouse_never_heard_of(
    worlds: tuple[World, World],
) -> None:
    everything, opened = (world.content("hiv_reader") for world in worlds)
    assert sum(everything["hiv.fct_encounters"].values()) > 20
    gaps = "hiv.rpt_concordance_months"
    assert everything[gaps] != opened[gaps]
    assert sum(opened["hiv.fct_encounters"].values()) == 8


def test_what_explain_counts_is_the_same(worlds: tuple[World, World]) -> None:
    everything, opened = worlds
    held = list(keys_of(everything))
    assert len(held) > 20
    for person, encounter in held:
        for probe in _KEYED[:3]:
            statement = probe.format(person=person, encounter=encounter)
            assert everything.plan("bi_reader", statement) == opened.plan("bi_reader", statement)
    for statement in _PROBES:
        assert everything.plan("bi_reader", statement) == opened.plan("bi_reader", statement)


def test_answers_and_errors_are_the_same(worlds: tuple[World, World]) -> None:
    everything, opened = worlds
    statements = [*_PROBES, *_ERRORS]
    statements += [
        probe.format(person=person, encounter=encounter)
        for person, encounter in keys_of(everything)
        for probe in _KEYED
    ]
    for statement in statements:
        found = everything.answer("bi_reader", statement)
        other = opened.answer("bi_reader", statement)
        if isinstance(found, list) and isinstance(other, list):
            found, other = sorted(map(str, found)), sorted(map(str, other))
        assert found == other, statement


def test_nothing_that_a_plain_reader_reaches_is_made_of_closed_documents(
    worlds: tuple[World, World],
) -> None:
    """By grants, memberships, and owners of views and functions."""
    everything = worlds[0]
    readable = everything.readable("bi_reader")
    assert {relation.split(".")[0] for relation in readable} == {"marts", "ops"}
    assert {relation for relation in readable if relation.startswith("ops.")} == {
        "ops.reader_scopes"
    }
    with engine(everything.settings, OWNER).connect() as connection:
        behind_views = connection.execute(
            text(
                "select distinct tables.relnamespace::regnamespace::text"
                " from pg_class as views"
                " join pg_rewrite as rules on rules.ev_class = views.oid"
                " join pg_depend as needs on needs.objid = rules.oid"
                " join pg_class as tables on tables.oid = needs.refobjid"
                " where views.relkind = 'v' and tables.oid <> views.oid"
                " and views.oid = any (cast(:names as regclass[]))"
            ),
            {"names": readable},
        ).scalars()
        assert set(behind_views) <= {"marts"}
        definers = connection.execute(
            text(
                "select proname from pg_proc where prosecdef"
                " and has_function_privilege('bi_reader', oid, 'execute')"
                " and pronamespace <> 'pg_catalog'::regnamespace"
            )
        ).scalars()
        assert list(definers) == []
        groups = connection.execute(
            text(
                "select rolname::text from pg_roles"
                " where pg_has_role('bi_reader', oid, 'usage') and rolname <> 'bi_reader'"
            )
        ).scalars()
        assert list(groups) == []
        crossing = connection.execute(
            text(
                "select count(*) from pg_constraint where contype = 'f'"
                " and conrelid in (select oid from pg_class where relnamespace in"
                " ('marts'::regnamespace, 'closed'::regnamespace))"
                " and (select relnamespace from pg_class where oid = conrelid)"
                " <> (select relnamespace from pg_class where oid = confrelid)"
            )
        ).scalar_one()
        assert crossing == 0


def differences(
    before: dict[str, Counter[str]], after: dict[str, Counter[str]]
) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """By relation, the rows that are there before only and after only."""
    return {
        relation: (before[relation] - after[relation], after[relation] - before[relation])
        for relation in before.keys() | after.keys()
        if before[relation] != after[relation]
    }


def test_a_roll_back_moves_dossiers_back_between_the_stores(worlds: tuple[World, World]) -> None:
    """Last in the module: it takes a release back, and publishes it again."""
    everything, _ = worlds
    before = [world.content("bi_reader") for world in worlds]
    closed = everything.content("hiv_reader")
    for world in worlds:
        rollback(world.settings, "tried", "Lan")
    taken_back = [world.content("bi_reader") for world in worlds]
    assert taken_back[0] == taken_back[1] != before[0]
    assert everything.content("hiv_reader") != closed
    for world in worlds:
        publish(world.settings, resume=True)
    assert [world.content("bi_reader") for world in worlds] == before
    assert not differences(closed, everything.content("hiv_reader"))
