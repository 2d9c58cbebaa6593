"""All contracts of a warehouse: ours, a province's own, and its single keys over ours."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
import yaml
from contract_texts import WORKFORCE
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.errors import ConfigurationError, ContractError
from health_warehouse.feeds.catalogue import (
    built_in,
    catalogue,
    contract_of,
    examine,
    examine_paths,
    problems_of_ours,
)
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "feeds"
    found.mkdir()
    return found


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    return Settings(state=tmp_path / "state", feeds=folder)


def _problems(folder: Path) -> list[str]:
    return [f"{one.path.name}:{one.line}: {one.message}" for one in examine(folder).problems]


OF_LISTS = {
    feed: contract for feed, contract in built_in().items() if feed not in ("claims", "check_ins")
}


def test_ours_are_right_when_they_are_looked_at_as_strictly_as_others() -> None:
    assert problems_of_ours() == []
    assert {feed: len(contract.tables[0].columns) for feed, contract in OF_LISTS.items()} == {
        "commune_station": 26,
        "facility_registry": 39,
        "hospital_activity_month": 37,
        "insurance_membership": 9,
        "population": 10,
        "posts": 8,
        "rotation": 15,
        "workforce": 36,
    }


def test_the_columns_of_claims_and_check_ins_are_the_list_of_fields() -> None:
    listed = {table.name: table for table in (*TABLES.values(), CHECK_INS)}
    described = [table for feed in ("claims", "check_ins") for table in built_in()[feed].tables]
    assert [table.name for table in built_in()["claims"].tables] == list(TABLES)
    assert len(described) == len(listed) == 15
    for table in described:
        fields = listed[table.name].fields
        assert table.raw_table == listed[table.name].raw_table
        assert [column.name for column in table.columns] == [field.column for field in fields]
        assert [column.label for column in table.columns] == [field.name for field in fields]
        assert [one.is_personal for one in table.columns] == [one.is_personal for one in fields]
        assert [one.length for one in table.columns] == [one.size for one in fields]
        assert [one.is_required for one in table.columns] == [f.required == "R" for f in fields]


def test_a_province_adds_feeds_as_files_and_as_folders(folder: Path, settings: Settings) -> None:
    (folder / "village_workers.yml").write_text(WORKFORCE)
    (folder / "beds").mkdir()
    (folder / "beds/contract.yml").write_text(
        WORKFORCE.replace("feed: village_workers", "feed: beds")
    )
    (folder / ".git").mkdir()
    (folder / "README.md").write_text("no contract")
    found = catalogue(settings)
    assert set(found) - set(built_in()) == {"beds", "village_workers"}
    assert found["beds"].path == folder / "beds/contract.yml"
    assert contract_of(settings, "village_workers").table.raw_table == "village_workers"
    with pytest.raises(ConfigurationError, match="write village_workers"):
        contract_of(settings, "vilage_workers")


def test_a_changed_byte_is_read_though_size_and_time_are_the_same(
    folder: Path, settings: Settings
) -> None:
    path = folder / "village_workers.yml"
    path.write_text(WORKFORCE)
    before = path.stat()
    first = catalogue(settings)
    assert catalogue(settings) is first
    path.write_text(WORKFORCE.replace("length: 20", "length: 21"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    column = catalogue(settings)["village_workers"].table.column("licence_number")
    assert column.length == 21


def test_single_keys_over_ours_and_where_they_come_from(folder: Path, settings: Settings) -> None:
    path = folder / "claims.yml"
    path.write_text(
        "owner: Phòng Nghiệp vụ Y\n"
        "expect: {who: facilities active, every: day, due: day 1}\n"
        "mode: upsert\n"  # as ours: allowed, and nothing is overridden
        "tables: {XML1: {columns: {ho_ten: {label: [HO_TEN, HOTEN]}}}}\n"
    )
    ours, found = built_in()["claims"], catalogue(settings)["claims"]
    assert found.owner == "Phòng Nghiệp vụ Y"
    assert found.expect is not None
    assert found.tables[0].column("ho_ten").labels == ("HO_TEN", "HOTEN")
    assert found.tables[0].column("ho_ten").is_personal
    assert found.tables[1:] == ours.tables[1:]
    assert (found.match, found.closed, found.title) == (ours.match, ours.closed, ours.title)
    assert dict(found.overridden) == {
        "owner": path,
        "expect.who": path,
        "expect.every": path,
        "expect.due": path,
        "tables.XML1.columns.ho_ten.label": path,
    }
    assert dict(ours.overridden) == {}


def test_another_column_may_become_personal_and_a_personal_one_stays_so(folder: Path) -> None:
    path = folder / "claims.yml"
    path.write_text("tables: {XML1: {columns: {gioi_tinh: {personal: personal}}}}")
    column = examine(folder).contracts["claims"].tables[0].column("gioi_tinh")
    assert column.is_personal
    path.write_text("tables: {XML1: {columns: {ho_ten: {personal: null}}}}")
    assert "claims.yml:1: `personal`: nothing is written here" in _problems(folder)[0]


@pytest.mark.parametrize(
    "text",
    [
        "mode: append",
        "reader: json_lines",
        "document: stt",
        "sender: folder",
        "identity: {domain: staff}",
        "closed: none",
        "tables: {XML1: {person_key: none}}",
        "tables: {XML2: {lineage: [file_id]}}",
    ],
)
def test_what_decided_how_rows_were_read_stays_ours(folder: Path, text: str) -> None:
    (folder / "claims.yml").write_text(f"owner: A\n{text}\n")
    problems = _problems(folder)
    assert any(
        one.startswith("claims.yml:2: ") and "of a feed of ours stays as it is" in one
        for one in problems
    ), problems


def test_mistakes_of_all_files_are_told_together(folder: Path, settings: Settings) -> None:
    (folder / "claims.yml").write_text("ownr: A\n")
    (folder / "village_workers.yml").write_text(
        WORKFORCE.replace("feed: village_workers", "feed: staff")
    )
    (folder / "beds.yml").write_text("feed: beds\n")
    (folder / "drugs.yaml").write_text("feed: drugs\n")
    (folder / "people.yml").write_text(WORKFORCE.replace("village_workers", "people"))
    (folder / "people").mkdir()
    (folder / "people/contract.yml").write_text(WORKFORCE.replace("village_workers", "people"))
    with pytest.raises(ContractError) as raised:
        catalogue(settings)
    told = "\n".join(_problems(folder))
    assert "claims.yml:1: nobody reads the key 'ownr'" in told
    assert "village_workers.yml:1: the file is called 'village_workers'" in told
    assert "beds.yml:1: `title` is missing" in told
    assert "drugs.yaml:1: it is not read: call it drugs.yml" in told
    assert "a contract of people too: delete one of them" in told
    assert len(str(raised.value).splitlines()) == len(raised.value.problems) >= 5
    assert "check_ins" in examine(folder).contracts


def test_feeds_that_are_named_are_described(folder: Path) -> None:
    text = WORKFORCE.replace("closed: none", "closed: {refers_to: {claim: licence_number}}")
    path = folder / "village_workers.yml"
    path.write_text(text)
    assert [one.line for one in examine(folder).problems] == [14]
    assert "no contract describes the feed 'claim': write claims" in _problems(folder)[0]
    path.write_text(text.replace("{claim:", "{claims:"))
    assert _problems(folder) == []


def test_two_feeds_have_two_tables(folder: Path) -> None:
    text = WORKFORCE.replace("feed: village_workers", "feed: claims_xml2")
    (folder / "claims_xml2.yml").write_text(text)
    assert "raw.claims_xml2 is a table of" in _problems(folder)[0]
    (folder / "claims_xml2.yml").unlink()
    (folder / "practitioners.yml").write_text(
        WORKFORCE.replace("feed: village_workers", "feed: practitioners")
    )
    assert "raw.practitioners holds something else" in _problems(folder)[0]


def test_a_folder_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, feeds=tmp_path / "nowhere")
    with pytest.raises(ConfigurationError, match=r"WAREHOUSE_FEEDS is .*nowhere"):
        catalogue(settings)


def test_single_files_are_looked_at_beside_those_of_the_warehouse(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "people.yml").write_text("feed: people")  # wrong, and not asked for
    path = tmp_path / "village_workers.yml"
    path.write_text(
        WORKFORCE.replace("closed: none", "closed: {refers_to: {people: licence_number}}")
    )
    read = examine_paths([path], folder)
    assert read.problems == ()
    assert list(read.contracts) == ["village_workers"]


_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=4), st.just("none")
)
_KEYS = st.sampled_from(
    ["title", "vi", "mode", "sender", "identity", "domain", "closed", "tables", "XML1", "columns",
     "ho_ten", "personal", "label", "lineage", "person_key", "fields", "grain", "feed", "as_of"]
)  # fmt: skip
_OVERRIDES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(_KEYS, inner, min_size=1, max_size=4)
    ),
    max_leaves=8,
)


@hypothesis.settings(max_examples=200, deadline=None)
@given(st.dictionaries(_KEYS, _OVERRIDES, max_size=4))
def test_any_keys_over_ours_are_a_contract_or_problems(written: dict[str, object]) -> None:
    with TemporaryDirectory() as name:
        path = Path(name, "claims.yml")
        path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
        read = examine(Path(name))
        ours = built_in()["claims"]
        assert ("claims" in read.contracts) == (read.problems == ())
        for contract in (one for one in read.contracts.values() if one.feed == "claims"):
            assert (contract.mode, contract.closed, contract.identity) == (
                ours.mode, ours.closed, ours.identity,
            )  # fmt: skip
            for table, before in zip(contract.tables, ours.tables, strict=True):
                personal = {column.name for column in before.columns if column.is_personal}
                assert personal <= {one.name for one in table.columns if one.is_personal}
        for problem in read.problems:
            assert problem.path.is_file()
            assert 1 <= problem.line <= len(problem.path.read_text("utf-8").splitlines())
