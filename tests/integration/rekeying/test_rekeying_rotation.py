"""Another person key: every key is another one, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from keyed_warehouse import dump, fill, nothing
from pydantic import SecretStr
from sqlalchemy import text

from claim_files import claim_file, dossier
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError, SourceUnavailable
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.load import load
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.privacy.person_key import find_person_key, key_file, next_key_file
from health_warehouse.rekeying.rotate import rotate
from health_warehouse.rekeying.run import is_due
from health_warehouse.release.build import prepare
from health_warehouse.settings import Settings
from landing_steps import deliver, load_all, query
from victims import finishes, kill_after, start
from warehouses import Cluster, new_warehouse

_FORMER = bytes(range(32))
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def filled(settings: Settings) -> Settings:
    """Its key is in a file, as `warehouse up` leaves it."""
    own = settings.model_copy(update={"person_key": None})
    _give_key(own, _FORMER.hex())
    fill(own)
    return own


def rotate_bit_by_bit(settings: Settings) -> None:
    rotate(settings, batch_rows=1)


def _give_key(settings: Settings, key: str) -> None:
    key_file(settings).parent.mkdir(parents=True, exist_ok=True)
    key_file(settings).write_text(key, encoding="ascii")


def _kinds(settings: Settings) -> list[Any]:
    """What holds keys, each key by the number under which it is met first."""
    numbers: dict[str, str] = {}
    tables = (sorted(map(str, _unkeyed(table))) for table in dump(settings)[:-2])
    ordered = [dump(settings)[-1], *tables]
    return [
        _UUID.sub(lambda key: numbers.setdefault(key[0], f"key {len(numbers)}"), str(table))
        for table in ordered
    ]


def _unkeyed(table: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple("key" if _UUID.fullmatch(str(v)) else v for v in row) for row in table]


def _keys(settings: Settings) -> set[str]:
    return {match[0] for match in _UUID.finditer(str(dump(settings)))}


def test_every_key_is_another_one_and_is_what_the_loader_makes_with_it(
    filled: Settings, cluster: Cluster, tmp_path: Path
) -> None:
    before, kinds = _keys(filled), _kinds(filled)

    assert rotate(filled).key_file is None

    assert _keys(filled).isdisjoint(before)
    assert _kinds(filled) == kinds
    assert not next_key_file(filled).exists()
    key = agreed_person_key(filled)
    assert key.hex() != _FORMER.hex()
    with new_warehouse(cluster, tmp_path / "other") as other:
        own = other.model_copy(update={"person_key": SecretStr(key.hex())})
        fill(own)
        assert dump(own) == dump(filled)


def test_persons_of_whom_raw_has_no_row_any_more_are_still_found(filled: Settings) -> None:

    kept = query(filled, "select kind, value from vault.person_identifiers order by 1, 2")
    with engine(filled, OWNER).begin() as connection:
        connection.execute(text("delete from raw.claims_xml1"))
        connection.execute(text("delete from raw.check_ins"))
        connection.execute(text("delete from ops.current_documents"))
        connection.execute(text("delete from ops.document_versions"))
    before = _keys(filled)

    rotate(filled, batch_rows=3)

    found = query(filled, "select kind, value from vault.person_identifiers order by 1, 2")
    assert {kind for kind, _ in found} >= {"insurance_number", "name"}
    assert set(found) <= set(kept)
    assert ("insurance_number", "0123456789") in found
    assert not before & {
        str(key) for (key,) in query(filled, "select person_key from vault.person_identifiers")
    }


def test_the_next_build_is_a_full_one(filled: Settings) -> None:
    first = prepare(filled)
    rotate(filled)
    status = f"select status from ops.builds where build_id = {first.build_id}"
    assert query(filled, status) == [("superseded",)], "it had keys of before"
    hashes = "select count(distinct project_hash) from ops.builds"
    prepare(filled)
    assert query(filled, hashes) == [(2,)]


def test_a_loader_that_holds_the_former_key_is_refused(filled: Settings) -> None:
    former = agreed_person_key(filled)
    rotate(filled)
    deliver(filled, "late.xml", claim_file([dossier("L1")]))
    (delivery,) = list_new(filled)

    with pytest.raises(SourceUnavailable, match="changed meanwhile"):
        load(filled, former, delivery, store(filled, delivery))

    assert [result.outcome for result in load_all(filled)] == ["loaded"]


def test_a_key_of_a_setting_is_given_back_to_be_set(settings: Settings) -> None:
    fill(settings)
    rotation = rotate(settings)

    assert rotation.key_file == next_key_file(settings)
    with pytest.raises(ConfigurationError, match="WAREHOUSE_PERSON_KEY is not the person key"):
        agreed_person_key(settings)
    key = rotation.key_file.read_text(encoding="ascii")
    again = settings.model_copy(update={"person_key": SecretStr(key)})
    assert agreed_person_key(again).hex() == key


def test_a_key_that_was_not_put_in_place_is_found(filled: Settings) -> None:
    """As a kill leaves it between the last batch and the renaming."""
    former = key_file(filled).read_text(encoding="ascii")
    rotate(filled)
    key = key_file(filled).read_text(encoding="ascii")
    key_file(filled).rename(next_key_file(filled))
    _give_key(filled, former)

    assert agreed_person_key(filled).hex() == key
    assert find_person_key(filled) == bytes.fromhex(key)
    assert not next_key_file(filled).exists()


@pytest.mark.parametrize("rounds", [2, pytest.param(25, marks=pytest.mark.soak)])
@pytest.mark.timeout(1800)
def test_a_killed_rotation_is_finished_by_the_next(
    rounds: int, cluster: Cluster, tmp_path: Path
) -> None:
    random = Random(11)
    hits = 0
    assert finishes(start(nothing, Settings(state=tmp_path)), 300), "what forks has started"
    for number in range(rounds):
        with new_warehouse(cluster, tmp_path / f"state{number}") as settings:
            own = settings.model_copy(update={"person_key": None})
            _give_key(own, _FORMER.hex())
            fill(own)
            before, kinds = _keys(own), _kinds(own)
            for _ in range(4):
                hits += kill_after(start(rotate_bit_by_bit, own), random.uniform(0, 1.5))
                if agreed_person_key(own) != _FORMER and not is_due(own):
                    break
            else:
                assert finishes(start(rotate_bit_by_bit, own), 300), "the next run ends it"
            assert agreed_person_key(own) != _FORMER
            assert _keys(own).isdisjoint(before)
            assert _kinds(own) == kinds
    assert hits >= rounds, "kills came while it ran, one in each round on average"
