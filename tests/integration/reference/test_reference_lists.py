"""The lists in `ref`, against what is known of them from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.reference_lists import content_hash, fill
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings


@pytest.fixture
def transformer(module_settings: Settings) -> Iterator[Connection]:
    with engine(module_settings, "transformer").connect() as connection:
        yield connection


def _values(connection: Connection, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text(statement))]


@pytest.mark.parametrize(
    ("day", "provinces", "communes"),
    [("2025-06-30", 63, 10602), ("2025-07-01", 34, 3321), ("2026-11-22", 34, 3321)],
)
def test_as_many_units_as_on_that_day(
    transformer: Connection, day: str, provinces: int, communes: int
) -> None:
    held = f"valid_from <= date '{day}' and (valid_to is null or valid_to > date '{day}')"
    found = _values(
        transformer,
        f"select (select count(*) from ref.provinces where {held}),"
        f" (select count(*) from ref.communes where {held})",
    )
    assert found == [(provinces, communes)]


def test_a_commune_code_means_another_commune_since_the_merger(transformer: Connection) -> None:
    assert _values(
        transformer,
        "select name, province_code from ref.communes where commune_code = '31825'"
        " order by valid_from",
    ) == [("Phường 1", "95"), ("Phường Bạc Liêu", "96")]


def test_ca_mau_has_nine_wards_and_fifty_five_communes(transformer: Connection) -> None:
    assert _values(
        transformer,
        "select kind, count(*) from ref.communes"
        " where province_code = '96' and valid_to is null group by kind order by kind",
    ) == [("phường", 9), ("xã", 55)]


def test_every_commune_has_a_province_of_its_time(transformer: Connection) -> None:
    assert not _values(
        transformer,
        "select c.commune_code from ref.communes as c where not exists ("
        " select from ref.provinces as p where p.province_code = c.province_code"
        " and p.valid_from <= c.valid_from"
        " and coalesce(p.valid_to, 'infinity') >= coalesce(c.valid_to, 'infinity'))",
    )


def test_provinces_that_ended_say_what_they_became(transformer: Connection) -> None:
    assert _values(
        transformer,
        "select count(*), count(distinct successor_code) from ref.provinces"
        " where valid_to is not null",
    ) == [(52, 23)]
    assert _values(
        transformer,
        "select successor_code from ref.provinces where province_code = '95'",
    ) == [("96",)]


def test_parts_of_old_communes_went_to_the_province_that_theirs_became(
    transformer: Connection,
) -> None:
    wrong = _values(
        transformer,
        "select s.old_commune_code, s.new_commune_code from ref.commune_successors as s"
        " join ref.communes as o on o.commune_code = s.old_commune_code and o.valid_to is not null"
        " join ref.communes as n on n.commune_code = s.new_commune_code and n.valid_to is null"
        " join ref.provinces as p on p.province_code = o.province_code"
        " and p.valid_from < date '2025-07-01'"
        " where coalesce(p.successor_code, p.province_code) <> n.province_code",
    )
    assert not wrong
    assert _values(
        transformer,
        "select count(distinct old_commune_code), count(distinct new_commune_code)"
        " from ref.commune_successors",
    ) == [(10035, 3316)]  # five island districts had no commune


@pytest.mark.parametrize(
    ("code", "is_main_allowed", "only_sex", "is_usable"),
    [
        ("J18.9", True, None, True),
        ("J18", True, None, False),
        ("I10", True, None, True),
        ("G01", False, None, True),
        ("W01", False, None, True),
        ("O80.0", True, "female", True),
        ("B37.3", True, "female", True),
        ("N40", True, "male", True),
        ("D07.4", True, "male", True),
        ("D07", True, None, False),
        ("U07.1", True, None, True),
        ("U10.9", True, None, True),
    ],
)
def test_diagnosis_codes(
    transformer: Connection,
    code: str,
    is_main_allowed: bool,
    only_sex: str | None,
    is_usable: bool,
) -> None:
    assert _values(
        transformer,
        "select is_main_allowed, only_sex, is_usable from ref.icd10_codes"
        f" where code = '{code}' and compact_code = replace(code, '.', '')"
        " and category = left(code, 3)",
    ) == [(is_main_allowed, only_sex, is_usable)]


def test_code_lists_say_their_days_and_how_sure_they_are(transformer: Connection) -> None:
    assert _values(
        transformer,
        "select code from ref.code_lists where code_system = 'MA_LOAI_KCB'"
        " and valid_from > date '2025-12-31' order by code",
    ) == [(f"{n}",) for n in range(10, 17)]
    assert _values(
        transformer, "select distinct confidence from ref.code_lists order by confidence"
    ) == [("?",), ("H",), ("L",), ("M",), ("own",), ("std",)]


def test_names_of_diagnoses_in_vietnamese_come_from_the_file_of_the_department(
    settings: Settings, tmp_path: Path
) -> None:
    names = tmp_path / "names.csv"
    names.write_text("code,name_vi\nj18.9,Viêm phổi\nA00, Bệnh  tả \n", encoding="utf-8-sig")
    query = "select code, title_vi from ref.icd10_codes where title_vi is not null order by code"
    with engine(settings, OWNER).begin() as connection:
        assert not _values(connection, query)
        assert fill(connection, names) is True
        assert _values(connection, query) == [("A00", "Bệnh tả"), ("J18.9", "Viêm phổi")]
        assert fill(connection, names) is False
        names.write_text("code,name_vi\nA00,Tả\n", encoding="utf-8")
        assert fill(connection, names) is True
        assert _values(connection, query) == [("A00", "Tả")]
        assert fill(connection) is True
        assert not _values(connection, query)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"ma,ten\nA00,x\n", "columns code and name_vi"),
        ("code,name_vi\nA00,Tả\nNguyễn Văn A,0123\n".encode(), "line 3"),
        (b"code,name_vi\nA00,\n", "line 2"),
        (b"code,name_vi\nA00,\xff\xfe\n", "UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_of_names_that_is_none_is_told_without_what_it_holds(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    names = tmp_path / "Nguyen.csv"
    if content is not None:
        names.write_bytes(content)
    with pytest.raises(ConfigurationError, match=said) as told:
        content_hash(names)
    assert "Nguy" not in str(told.value)


def test_filling_again_changes_nothing_until_the_content_is_another(settings: Settings) -> None:
    with engine(settings, OWNER).begin() as connection:
        assert fill(connection) is False
        connection.execute(text("delete from ref.communes where province_code = '96'"))
        connection.execute(text("update ref.loaded set content_hash = 'of another release'"))
        assert fill(connection) is True
        assert _values(
            connection,
            "select count(*) from ref.communes where province_code = '96' and valid_to is null",
        ) == [(64,)]
        assert fill(connection) is False
