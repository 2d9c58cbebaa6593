"""M01, M03 and M04 look at every fact, every reference and every mart, each by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from build_steps import MARTS, MARTS_OF_LISTS
from expectations.marts import m01_dossiers_conserved as m01
from expectations.marts import m03_references_whole as m03
from expectations.marts import m04_keys_unique as m04
from expectations.marts.declared import marts, references
from expectations.marts.facts import FACTS, FROM_SEVERAL, OF_INDICATORS, Fact
from expectations.rules.rule import Rule
from health_warehouse.database.connections import engine
from health_warehouse.errors import ReleaseHeld
from health_warehouse.quality.marts import audit
from health_warehouse.release.dbt import project_manifest
from health_warehouse.settings import Settings
from mart_candidates import build_candidate, spoilt

_REFERENCES = list(references())
_MEMBERS = m03.RULE.rows[len(_REFERENCES) :]


@pytest.fixture(scope="module")
def built(module_settings: Settings) -> Settings:
    build_candidate(module_settings)
    return module_settings


def _holds(settings: Settings, rule: Rule) -> bool:
    """Whether the rule, alone, passes the candidate."""
    try:
        return audit(settings, rules=[rule]).status == "passed"
    except ReleaseHeld:
        return False


def _models_of_marts() -> dict[str, dict[str, object]]:
    """dbt's own account of the marts, which the rules read from the YAML."""
    nodes = project_manifest()["nodes"].values()
    return {
        node["name"]: node["config"]["meta"]
        for node in nodes
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }


def test_every_reference_and_every_mart_of_the_project_is_judged() -> None:
    models = _models_of_marts()
    declared = [
        (name, tuple(key["columns"]), key["to"])
        for name, meta in models.items()
        for key in meta.get("foreign_keys", ())  # type: ignore[attr-defined]
    ]
    judged = [(mart.mart, key.columns, to.mart) for mart, key, to in _REFERENCES]
    assert sorted(judged) == sorted(declared)
    assert len(m03.RULE.rows) == len(declared) + len(_MEMBERS)
    assert (
        sorted(models) == sorted(mart.mart for mart in marts()) == sorted((*MARTS, *MARTS_OF_LISTS))
    )
    assert [rows.table_sql for rows in m04.RULE.rows] == [f"'{mart.mart}'" for mart in marts()]
    facts = {name for name in models if name.startswith(("fct_", "bridge_"))}
    of_claims = {fact.mart for fact in FACTS} | FROM_SEVERAL
    assert of_claims | OF_INDICATORS == facts - set(MARTS_OF_LISTS)


@pytest.mark.parametrize(
    "number",
    range(len(_REFERENCES)),
    ids=[f"{mart.mart}.{key.columns[-1]}" for mart, key, _ in _REFERENCES],
)
def test_a_reference_that_leads_nowhere_is_seen(built: Settings, number: int) -> None:
    mart, key, to = _REFERENCES[number]
    rule = replace(m03.RULE, rows=(m03.RULE.rows[number],))
    same = " and ".join(
        f"named.{to_column} = fact.{column}"
        for column, to_column in zip(key.columns, key.to_columns, strict=True)
    )
    other = " and named.ctid <> fact.ctid" if mart.mart == to.mart else ""
    assert _holds(built, rule)
    statement = (
        f"delete from candidate.{to.mart} as named where exists ("
        f"select from candidate.{mart.mart} as fact where {same}{other})"
    )
    with spoilt(built, statement, marts=(to.mart,)):
        assert not _holds(built, rule)


@pytest.mark.parametrize("rows", _MEMBERS, ids=[rows.table_sql.strip("'") for rows in _MEMBERS])
def test_a_member_that_a_fact_names_is_missed(built: Settings, rows: object) -> None:
    rule = replace(m03.RULE, rows=(rows,))  # type: ignore[arg-type]
    mart = rule.rows[0].table_sql.strip("'")
    assert _holds(built, rule)
    # members without whom there is nothing to know, if there are, are named by facts, too
    with spoilt(built, f"delete from candidate.{mart}", marts=(mart,)):
        assert not _holds(built, rule)


@pytest.mark.parametrize("mart", [mart.mart for mart in marts()])
def test_a_key_that_stands_twice_is_seen(built: Settings, mart: str) -> None:
    (rows,) = [rows for rows in m04.RULE.rows if rows.table_sql == f"'{mart}'"]
    rule = replace(m04.RULE, rows=(rows,))
    assert _holds(built, rule)
    with engine(built, "transformer").begin() as connection:
        constraint, columns = connection.execute(
            text(
                "select conname, pg_get_constraintdef(oid) from pg_constraint"
                " where conrelid = cast(:mart as regclass) and contype = 'p'"
            ),
            {"mart": f"candidate.{mart}"},
        ).one()
        connection.execute(text(f'alter table candidate.{mart} drop constraint "{constraint}"'))
    one_more = (
        f"insert into candidate.{mart} select * from candidate.{mart}"
        f" where ctid = (select min(ctid) from candidate.{mart})"
    )
    try:
        with spoilt(built, one_more, marts=(mart,)):
            assert not _holds(built, rule)
    finally:
        with engine(built, "transformer").begin() as connection:
            connection.execute(
                text(f'alter table candidate.{mart} add constraint "{constraint}" {columns}')
            )


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.mart)
def test_a_row_of_a_fact_that_was_sent_is_missed(built: Settings, fact: Fact) -> None:
    one = f"(select {fact.columns} from candidate.{fact.mart} order by {fact.columns} limit 1)"
    statement = f"delete from candidate.{fact.mart} where ({fact.columns}) = {one}"
    with spoilt(built, statement, marts=(fact.mart,)):
        assert not _holds(built, m01.RULE)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.mart)
def test_a_row_of_a_fact_that_nobody_sent_is_seen(built: Settings, fact: Fact) -> None:
    """One of a dossier that is not there, so only the count of all rows tells it."""
    statement = (
        f"update candidate.{fact.mart} set encounter_key = gen_random_uuid()"
        f" where ctid = (select min(ctid) from candidate.{fact.mart})"
    )
    with spoilt(built, statement, marts=(fact.mart,)):
        assert not _holds(built, m01.RULE)
    in_all = replace(m01.RULE, rows=m01.RULE.rows[1:])
    copied = f"create temp table one on commit drop as select * from candidate.{fact.mart} limit 1"
    with engine(built, "transformer").begin() as connection:
        connection.execute(text(copied))
        connection.execute(text("update one set encounter_key = gen_random_uuid()"))
        connection.execute(text(f"insert into candidate.{fact.mart} select * from one"))
    with spoilt(built, f"update candidate.{fact.mart} set audience = audience", marts=(fact.mart,)):
        assert not _holds(built, in_all)
