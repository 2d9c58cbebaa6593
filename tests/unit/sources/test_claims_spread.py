"""A dossier in several HOSO of one file: what continues it, and what is a newer version."""

from __future__ import annotations

import pytest

from health_warehouse.sources.claims.dossier import Dossier, KeptPart, Row
from health_warehouse.sources.claims.spread import SpreadDossiers

HEADER: Row = ["A1", "x"]
Tables = dict[str, list[Row]]


def hoso(position: int, tables: Tables, header: Row = HEADER, parts: int = 2) -> Dossier:
    copied = {name: [list(row) for row in rows] for name, rows in tables.items()}
    return Dossier(position, "A1", xml1=list(header), tables=copied, part_count=parts)


def test_other_tables_with_the_same_xml1_continue_the_dossier() -> None:
    spread = SpreadDossiers()
    assert spread.continuation(hoso(1, {"XML2": [["1"]]})) is None
    more = hoso(2, {"XML3": [["1"], ["2"]]})
    found = spread.continuation(more)
    assert found is not None
    assert (found.position, found.parts, found.lines["XML3"]) == (1, 2, 0)
    assert more.tables == {"XML3": [["1"], ["2"]]}


def test_a_table_that_is_there_already_is_not_added_again() -> None:
    spread = SpreadDossiers()
    spread.continuation(hoso(1, {"XML2": [["1"]], "XML9": [["first twin"]]}))
    second = hoso(2, {"XML2": [["1"]], "XML9": [["second twin"]]})
    found = spread.continuation(second)
    assert found is not None
    assert found.lines["XML9"] == 1
    assert second.tables == {"XML9": [["second twin"]]}


def test_a_third_hoso_goes_behind_the_second() -> None:
    spread = SpreadDossiers()
    spread.continuation(hoso(1, {"XML7": [["a"]]}))
    spread.continuation(hoso(2, {"XML7": [["b"]]}, parts=3))
    found = spread.continuation(hoso(3, {"XML7": [["c"]]}))
    assert found is not None
    assert (found.position, found.lines["XML7"], found.parts) == (1, 2, 5)


@pytest.mark.parametrize(
    ("tables", "header"),
    [
        pytest.param({"XML2": [["2"]]}, HEADER, id="another content of a table"),
        pytest.param({"XML2": [["1"]]}, HEADER, id="the same once more"),
        pytest.param({"XML3": [["1"]]}, ["A1", "y"], id="another XML1"),
    ],
)
def test_a_changed_or_repeated_hoso_is_a_version_of_its_own(tables: Tables, header: Row) -> None:
    spread = SpreadDossiers()
    spread.continuation(hoso(1, {"XML2": [["1"]]}))
    assert spread.continuation(hoso(2, tables, header)) is None
    later = spread.continuation(hoso(3, {"XML4": [["1"]]}, header))
    assert later is not None
    assert later.position == 2  # the later version is the one that is continued


def test_an_unreadable_table_that_is_there_already_is_a_version_of_its_own() -> None:
    spread = SpreadDossiers()
    spread.continuation(hoso(1, {"XML2": [["1"]]}))
    broken = hoso(2, {})
    broken.unreadable.append(KeptPart(2, "XML2", "?"))
    assert spread.continuation(broken) is None


def test_a_hoso_without_identity_continues_nothing() -> None:
    spread = SpreadDossiers()
    for position in (1, 2):
        assert spread.continuation(Dossier(position, "", xml1=["", "x"])) is None
        assert spread.continuation(Dossier(position, "", xml1=None)) is None
