"""A small star of visits to four facilities, some of them closed, and who should see which."""

from __future__ import annotations

from release_star import Star, column, model

from health_warehouse.settings import Settings

FACILITIES = ("95001", "96001", "96002", "01001")
PERSONS = 8
VISITS = 40  # visit v: facility v % 4, person v % 8; every tenth is closed; person 7 has no other
_BY_FACILITY = {"by": ["facility_key"]}

MANIFEST = {
    "nodes": {
        f"model.star.{one['name']}": one
        for one in (
            model(
                "dim_facilities",
                [
                    column("facility_key", "integer"),
                    column("facility_id", "text"),
                    column("province_code", "text"),
                ],
                ["facility_key", "audience"],
                {"closed": "twice", "facility_view": _BY_FACILITY},
            ),
            model(
                "dim_persons",
                [column("person_key", "integer"), column("visit_count", "integer")],
                ["person_key", "audience"],
                {"closed": "twice", "facility_view": "none"},
            ),
            model(
                "fct_encounters",
                [
                    column("facility_key", "integer"),
                    column("encounter_key", "integer"),
                    column("person_key", "integer"),
                    column("amount_vnd", "integer"),
                ],
                ["facility_key", "encounter_key"],
                {
                    "facility_view": {**_BY_FACILITY, "without": ["person_key"]},
                    "publish": {"scope": "affected", "keys": ["facility_key", "encounter_key"]},
                    "foreign_keys": [
                        {"columns": ["facility_key"], "to": "dim_facilities"},
                        {"columns": ["person_key"], "to": "dim_persons"},
                    ],
                },
            ),
            model(
                "fct_hiv_treatments",
                [column("facility_key", "integer"), column("encounter_key", "integer")],
                ["facility_key", "encounter_key"],
                {
                    "closed_only": True,
                    "facility_view": _BY_FACILITY,
                    "foreign_keys": [
                        {
                            "columns": ["facility_key", "encounter_key"],
                            "to": "fct_encounters",
                        }
                    ],
                },
            ),
            model(
                "rpt_visits",
                [column("facility_key", "integer"), column("visit_count", "integer")],
                ["facility_key", "audience"],
                {"closed": "twice", "facility_view": _BY_FACILITY, "cases": "visit_count"},
            ),
            model(
                "dim_dates", [column("date_key", "date")], ["date_key"], {"facility_view": "all"}
            ),
        )
    }
}


def build_candidate(settings: Settings) -> Star:
    star = Star(settings, MANIFEST)
    star.write_manifest()
    star.run(
        "create table candidate.dim_facilities (facility_key integer, facility_id text,"
        " province_code text, audience text, primary key (facility_key, audience));"
        "create table candidate.dim_persons (person_key integer, visit_count integer,"
        " audience text, primary key (person_key, audience));"
        "create table candidate.fct_encounters (facility_key integer, encounter_key integer,"
        " person_key integer, amount_vnd integer, audience text,"
        " primary key (facility_key, encounter_key));"
        "create table candidate.fct_hiv_treatments (facility_key integer, encounter_key integer,"
        " audience text, primary key (facility_key, encounter_key));"
        "create table candidate.rpt_visits (facility_key integer, visit_count integer,"
        " audience text, primary key (facility_key, audience));"
        "create table candidate.dim_dates (date_key date primary key, audience text);"
        "create table intermediate.affected (facility_key integer, encounter_key integer);"
        "insert into candidate.dim_dates values ('2026-01-01', 'open')"
    )
    star.run(
        "insert into candidate.dim_facilities select place - 1, code,"
        " case when left(code, 1) = '9' then '96' else '01' end, audience"
        " from unnest(cast(:codes as text[])) with ordinality as f (code, place),"
        " unnest(array['open', 'hiv']) as audience",
        codes=list(FACILITIES),
    )
    star.run(
        "insert into candidate.fct_encounters"
        " select v % 4, v, v % 8, 1000,"
        " case when v % 10 = 0 or v % 8 = 7 then 'hiv' else 'open' end"
        " from generate_series(0, :visits - 1) as v",
        visits=VISITS,
    )
    for table, key in (("dim_persons", "person_key"), ("rpt_visits", "facility_key")):
        star.run(
            f"insert into candidate.{table}"
            f" select {key}, count(*), a.audience from candidate.fct_encounters as e"
            " join (values ('open', array['open']), ('hiv', array['open', 'hiv']))"
            " as a (audience, sees) on e.audience = any(a.sees)"
            f" group by {key}, a.audience having bool_or(e.audience = a.audience)"
        )
    star.run(
        "insert into candidate.fct_hiv_treatments"
        " select facility_key, encounter_key, 'hiv' from candidate.fct_encounters"
        " where audience = 'hiv'"
    )
    return star


def is_closed(visit: int) -> bool:
    return visit % 10 == 0 or visit % 8 == 7


def encounters(star: Star, login: str, schema: str) -> set[int]:
    rows = star.rows(f"select encounter_key from {schema}.fct_encounters", login)
    assert len(rows) == len(set(rows)), "no row twice"
    return {row[0] for row in rows}


def expected(facilities: set[int], with_hiv: bool) -> set[int]:
    return {v for v in range(VISITS) if v % 4 in facilities and (with_hiv or not is_closed(v))}
