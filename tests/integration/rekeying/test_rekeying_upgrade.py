"""Keys of a warehouse of before: made anew once, whatever happens meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from keyed_warehouse import NOON, as_before, dump, fill, nothing

from claim_files import FACILITY, claim_file, dossier
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.documents import settle_documents
from health_warehouse.rekeying.run import Progress, extent, is_due, make_keys
from health_warehouse.release.build import prepare
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, query
from oracle.keys import encounter_key
from victims import finishes, kill_after, start
from warehouses import Cluster, new_warehouse


def make_bit_by_bit(settings: Settings) -> None:
    make_keys(settings, batch_rows=1)


@pytest.mark.parametrize("batch_rows", [1, 4, 1000])
def test_what_is_made_anew_is_what_the_loader_makes(settings: Settings, batch_rows: int) -> None:
    fill(settings)
    expected = dump(settings)
    as_before(settings)
    assert dump(settings) != expected
    assert is_due(settings)

    seen: list[Progress] = []
    done = make_keys(settings, seen.append, batch_rows=batch_rows)

    assert dump(settings) == expected
    assert not is_due(settings)
    assert done == {**extent(settings), "vault": 0}
    assert {one.step for one in seen} == set(extent(settings))
    assert make_keys(settings) == {}


def test_spellings_that_were_dossiers_of_their_own_become_one(settings: Settings) -> None:
    deliver(settings, "newer.xml", claim_file([dossier("C1")]), NOON + timedelta(hours=2))
    load_all(settings)
    judge(settings)
    deliver(settings, "older.xml", claim_file([dossier("c1"), dossier("B1")]), NOON)
    deliver(settings, "oldest.xml", claim_file([dossier("C1\u200b")]), NOON - timedelta(hours=1))
    load_all(settings)
    as_before(settings, respelled={"C1": ("C1", "c1", "C1\u200b")})
    assert query(settings, "select count(*) from ops.current_dossiers") == [(4,)]

    make_keys(settings, batch_rows=2)

    key = encounter_key(FACILITY, "C1")
    assert query(
        settings,
        "select dossier_id, encounter_key, file_name from ops.current_dossiers"
        " join ops.files using (file_id) where dossier_id <> 'B1'",
    ) == [("C1", key, "newer.xml")]
    assert query(
        settings,
        "select file_name from ops.dossier_changes join ops.files on file_id = new_file_id"
        f" where encounter_key = '{key}' order by change_id desc limit 1",
    ) == [("newer.xml",)], "the log ends with what counts"


def test_nothing_is_loaded_settled_or_built_before(settings: Settings) -> None:
    fill(settings)
    as_before(settings)
    deliver(settings, "late.xml", claim_file([dossier("L1")]))

    with pytest.raises(ConfigurationError, match="warehouse upgrade"):
        load_all(settings)
    with (
        pytest.raises(ConfigurationError, match="warehouse upgrade"),
        engine(settings, OWNER).begin() as connection,
    ):
        settle_documents(connection, built_in()["claims"], [1])
    with pytest.raises(ConfigurationError, match="warehouse upgrade"):
        prepare(settings)

    make_keys(settings)
    assert [result.outcome for result in load_all(settings)] == ["loaded"]


@pytest.mark.parametrize("rounds", [2, pytest.param(25, marks=pytest.mark.soak)])
@pytest.mark.timeout(1800)
def test_a_killed_run_is_finished_by_the_next(
    rounds: int, cluster: Cluster, tmp_path: Path
) -> None:
    assert finishes(start(nothing, Settings(state=tmp_path)), 300), "what forks has started"
    random = Random(3)
    hits = 0
    for number in range(rounds):
        with new_warehouse(cluster, tmp_path / f"state{number}") as settings:
            fill(settings)
            expected = dump(settings)
            as_before(settings)
            for _ in range(4):
                hits += kill_after(start(make_bit_by_bit, settings), random.uniform(0, 1.5))
            assert finishes(start(make_bit_by_bit, settings), 300), "the next run ends it"
            assert dump(settings) == expected
            assert not is_due(settings)
    assert hits >= rounds, "kills came while it ran, one in each round on average"


def test_a_new_warehouse_has_nothing_to_make(settings: Settings) -> None:
    assert not is_due(settings)
    assert make_keys(settings) == {}
