"""The marts as the project builds them, read by logins of each kind: dossiers of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from planted import Planted
from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import create_reader
from health_warehouse.privacy.scopes import grant_scope
from standard_dossiers import FACILITY

_SCHEMAS = {
    "bi_reader": "marts",
    "hiv_reader": "hiv",
    "hospital": "facility",
    "elsewhere": "facility",
    "clinic": "facility_hiv",
}
_RELATIONS = text(
    "select relname::text from pg_class"
    " where relnamespace = to_regnamespace(:schema) and relkind in ('r', 'v') order by 1"
)
# What is seen without a facility: calendars, lists of places and codes, what indicators mean, keys,
# the release.
_LISTS = {
    "bridge_atoms_periods",
    "current_release",
    "dim_age_groups",
    "dim_areas",
    "dim_atoms",
    "dim_code_lists",
    "dim_communes",
    "dim_dates",
    "dim_indicator_targets",
    "dim_indicators",
    "dim_periods",
    "dim_provinces",
    "keys",
}


@pytest.fixture(scope="module")
def counts(planted: Planted) -> Iterator[dict[str, dict[str, int]]]:
    """Rows of every mart that each login sees: by login and mart."""
    settings = planted.settings
    for login, facility_id, sees_hiv in (
        ("hospital", FACILITY, False),
        ("elsewhere", "01001", False),
        ("clinic", FACILITY, True),
    ):
        create_reader(settings, login, sees_hiv)
        grant_scope(settings, login, "Lan", facility_id=facility_id)
    seen: dict[str, dict[str, int]] = {}
    for login, schema in _SCHEMAS.items():
        with engine(settings, login).connect() as connection:
            names = connection.execute(_RELATIONS, {"schema": schema}).scalars().all()
            seen[login] = {
                name: connection.execute(text(f"select count(*) from {schema}.{name}")).scalar_one()
                for name in names
            }
    yield seen
    for login in ("hospital", "elsewhere", "clinic"):
        drop_reader(settings, login, "Lan")


def test_hiv_readers_see_every_row_and_others_fewer(counts: dict[str, dict[str, int]]) -> None:
    everything, others = counts["hiv_reader"], counts["bi_reader"]
    assert everything["fct_hiv_treatments"] > 0
    assert set(everything) - set(others) == {"fct_hiv_treatments"}
    for mart in ("fct_encounters", "fct_claim_lines", "dim_persons", "bridge_encounters_diagnoses"):
        assert 0 < others[mart] < everything[mart], mart
    assert all(others[mart] <= everything[mart] for mart in set(others) - {"keys"})


def test_a_hospital_sees_what_is_its_own(counts: dict[str, dict[str, int]]) -> None:
    """All dossiers here are of one facility. Values of larger areas are not its own, nor is the
    facility that stands for unknown ones."""
    for login, whole in (("hospital", "bi_reader"), ("clinic", "hiv_reader")):
        seen = counts[login]
        assert {"dim_persons", "dim_practitioners"}.isdisjoint(seen)
        assert len(seen) > 18
        others = {"keys", "fct_indicator_values"}
        fewer = {
            mart: counts[whole][mart] - seen[mart]
            for mart in set(seen) - others
            if seen[mart] != counts[whole][mart]
        }
        assert fewer == {"dim_facilities": 1, "dim_facility_periods": 1}
        assert 0 < seen["fct_indicator_values"] < counts[whole]["fct_indicator_values"]


def test_somebody_else_sees_lists_only(counts: dict[str, dict[str, int]]) -> None:
    assert {mart for mart, count in counts["elsewhere"].items() if count} == _LISTS


@pytest.mark.parametrize(("login", "schema"), [("bi_reader", "marts"), ("hiv_reader", "hiv")])
def test_what_a_reader_joins_is_all_there(planted: Planted, login: str, schema: str) -> None:
    """No row that a login sees loses its dimension, or sums would shrink in a join."""
    with engine(planted.settings, login).connect() as connection:
        keys = connection.execute(
            text(
                f"select table_name, column_names, referenced_table, referenced_columns"
                f" from {schema}.keys where key_kind = 'foreign'"
            )
        ).all()
        assert len(keys) > 20
        for child, own, parent, theirs in keys:
            same = " and ".join(
                f"child.{mine} = parent.{its}" for mine, its in zip(own, theirs, strict=True)
            )
            there = " and ".join(f"child.{name} is not null" for name in own)
            orphans = connection.execute(
                text(
                    f"select count(*) from {schema}.{child} as child where {there}"
                    f" and not exists (select from {schema}.{parent} as parent where {same})"
                )
            ).scalar_one()
            assert orphans == 0, f"{child} → {parent}"
