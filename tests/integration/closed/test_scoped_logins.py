"""A login of one facility reads no value of a row elsewhere, and holds no key that finds one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from worlds import World

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import create_reader
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.privacy.scopes import grant_scope, revoke_scope
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from warehouses import Cluster, new_warehouse

_OPTIONS = Options(facilities=8, days=20, dossiers=1800, seed=11, defects=0)
_LOGIN = "one_hospital"
_NOT_RECEIVED = " and arrival_facility_key is distinct from md5(:code)::uuid"
# What is the same for everybody, and holds no row of care.
_LISTS = {"dim_code_lists", "dim_dates", "dim_communes", "dim_provinces", "keys", "current_release"}


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A generated province, where people go from one facility to another."""
    folder: Path = tmp_path_factory.mktemp("province")
    generate(folder / "files", _OPTIONS)
    with new_warehouse(cluster, folder / "state") as settings:
        ingest(settings, list_new(settings, [str(folder / "files")]))
        world = World(settings)
        world.release()
        create_reader(settings, _LOGIN)
        yield world
        drop_reader(settings, _LOGIN, "Lan")


def _facilities(settings: Settings) -> list[str]:
    with engine(settings, OWNER).connect() as connection:
        return list(
            connection.execute(
                text("select distinct facility_id from ops.current_dossiers order by 1")
            ).scalars()
        )


def test_a_person_has_another_key_in_each_facility(world: World) -> None:
    with engine(world.settings, OWNER).connect() as connection:
        row = connection.execute(
            text(
                "select count(distinct local_person_key) as local_keys,"
                " count(distinct (facility_id, _person_key)) as pairs,"
                " count(distinct _person_key) as persons"
                " from ops.dossier_versions join raw.claims_xml1 using (file_id, position)"
            )
        ).one()
    assert row.local_keys == row.pairs > row.persons > 100


def test_no_key_that_a_login_holds_finds_a_row_elsewhere(world: World) -> None:
    """Every uuid of every view that the login reads, for every facility: over 1,000 patients."""
    patients = 0
    codes = _facilities(world.settings)
    assert len(codes) > 5
    for code in codes:
        grant_scope(world.settings, _LOGIN, "Lan", facility_id=code)
        try:
            held = _held(world)
            patients += len(held["local_person_key"])
            for column, values in held.items():
                assert not _found_elsewhere(world, code, column, values), (code, column)
        finally:
            revoke_scope(world.settings, _LOGIN, "Lan", facility_id=code)
    assert patients >= 1000


def _held(world: World) -> dict[str, list[str]]:
    """Keys of persons and of rows of care that the login reads, by the name of their column."""
    found: dict[str, set[str]] = {}
    with engine(world.settings, _LOGIN).connect() as connection:
        columns = connection.execute(
            text(
                "select table_name, column_name from information_schema.columns"
                " where table_schema = 'facility' and data_type = 'uuid'"
            )
        ).all()
        for table, column in columns:
            if table in _LISTS or column in _SHARED:
                continue
            rows = connection.execute(
                text(
                    f"select distinct {column}::text from facility.{table}"
                    f" where {column} is not null"
                )
            ).scalars()
            found.setdefault(column, set()).update(rows)
    assert "person_key" not in found
    return {column: sorted(values) for column, values in found.items()}


# Keys of codes and places: the same for everybody, they find no person.
_SHARED = {
    "facility_key", "item_key", "main_diagnosis_key", "diagnosis_key", "residence_commune_key",
    "residence_province_key", "province_key", "arrival_facility_key", "commune_key", "area_key",
    "parent_facility_key", "reporting_parent_facility_key", "sent_to_facility_key",
    "last_facility_key", "facility_period_key", "department_key",
}  # fmt: skip


def _found_elsewhere(world: World, code: str, column: str, values: list[str]) -> int:
    """Rows of other facilities, in any mart and column, that hold one of these values."""
    with engine(world.settings, "publisher").connect() as connection:
        places = connection.execute(
            text(
                "select t.table_name, c.column_name from information_schema.columns as c"
                " join information_schema.columns as t using (table_schema, table_name)"
                " where c.table_schema in ('marts', 'closed') and c.data_type = 'uuid'"
                " and t.column_name = 'facility_key' and c.table_schema = 'marts'"
                " and c.column_name <> 'facility_key'"
            )
        ).all()
        assert len(places) > 10
        return sum(
            connection.execute(
                text(
                    f"select count(*) from marts.{table} where {name}::text = any(:values)"
                    " and facility_key <> md5(:code)::uuid"
                    # the sender's row of a transfer holds the key of the receiver's encounter
                    + (_NOT_RECEIVED if table == "fct_transfers" else "")
                ),
                {"values": values, "code": code},
            ).scalar_one()
            for table, name in places
            if table != "fct_stays"  # several facilities have part in one: no facility reads it
        )


def test_a_transfer_is_shown_to_both_ends_each_with_its_own_key(world: World) -> None:
    with engine(world.settings, OWNER).connect() as connection:
        transfer = connection.execute(
            text(
                "select sender.facility_id as sender, receiver.facility_id as receiver,"
                " t.encounter_key, t.arrival_encounter_key"
                " from candidate.fct_transfers as t"
                " join candidate.dim_facilities as sender"
                " on sender.facility_key = t.facility_key and sender.audience = 'open'"
                " join candidate.dim_facilities as receiver"
                " on receiver.facility_key = t.arrival_facility_key and receiver.audience = 'open'"
                " where t.audience = 'open' and t.is_arrival_matched limit 1"
            )
        ).one()
    query = (
        "select encounter_key, arrival_encounter_key from facility.fct_transfers"
        f" where '{transfer.encounter_key}' = encounter_key::text"
        f" or '{transfer.arrival_encounter_key}' = arrival_encounter_key::text"
    )
    for code, own in (
        (transfer.sender, (transfer.encounter_key, None)),
        (transfer.receiver, (None, transfer.arrival_encounter_key)),
    ):
        grant_scope(world.settings, _LOGIN, "Lan", facility_id=code)
        assert world.answer(_LOGIN, query) == [own]
        revoke_scope(world.settings, _LOGIN, "Lan", facility_id=code)
