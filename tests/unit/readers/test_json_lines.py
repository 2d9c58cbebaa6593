"""JSON lines: whatever comes, rows in their order, each whole, or a refusal of the file."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Column, Contract, Refuse, Sender, Table, Words
from health_warehouse.readers import json_lines
from health_warehouse.readers.json_lines import JsonLines
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.row import Row

_WORDS = Words("tên", "name")
_COLUMNS = (
    Column("place", _WORDS, labels=("Nơi đăng ký", "Mã CSKCB")),
    Column("count", _WORDS, labels=("place",)),
    Column("note", _WORDS),
)
_BOUNDS = Bounds(100_000, 1_000)
_DEEP = 990


def contract(*, is_header_missing: bool = True) -> Contract:
    return Contract(
        feed="made_up",
        title=_WORDS,
        owner="",
        match=(),
        reader="json_lines",
        mode="append",
        tables=(Table("made_up", "made_up", _WORDS, _COLUMNS),),
        path=Path(),
        sender=Sender("fixed", "96001"),
        refuse=Refuse(is_header_missing=is_header_missing),
    )


def read(content: bytes | str, bounds: Bounds = _BOUNDS) -> list[Row]:
    stream = BytesIO(content.encode() if isinstance(content, str) else content)
    return list(JsonLines().read(stream, contract(is_header_missing=False), bounds))


def values_of(line: str) -> tuple[str | None, ...]:
    [row] = read(line)
    assert row.problem is None, row.problem
    return row.values


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{broken", "it is no JSON"),
        ('{"note": 1} {"note": 2}', "it is no JSON"),
        ('{"note": "a', "it is no JSON"),
        ('{"note": "a\tb"}', "it is no JSON"),
        ("[1, 2]", "it is no object"),
        ('"note"', "it is no object"),
        ("12", "it is no object"),
        ("null", "it is no object"),
        ('{"note": NaN}', "NaN or Infinity"),
        ('{"note": -Infinity}', "NaN or Infinity"),
        ('{"note": 1, "note": 1}', "a key stands in it twice"),
        ('{"x": {"a": 1, "a": 2}}', "a key stands in it twice"),
        ('{"note": 1, "NOTE": 2}', "name the same column"),
        ('{"Nơi đăng ký": 1, "ma cskcb": 2}', "name the same column"),
        ('{"note": [1]}', "a list or an object"),
        ('{"note": {"a": 1}}', "a list or an object"),
        ('{"note": "a\\u0000b"}', "zero character"),
        ('{"x": ["a\\u0000b"]}', "zero character"),
        ('{"a\\u0000": 1}', "zero character"),
        ('{"note": "\\ud800"}', "half of a character"),
        ('{"x": {"\\udfff": 1}}', "half of a character"),
        ('{"x": ' + "[" * _DEEP + "]" * _DEEP + "}", "nested too deeply"),
        ('{"x": ' + "[" * 50_000, "nested too deeply"),
        (b'{"note": "\xff"}', "not UTF-8"),
        (b"\x00", "it is no JSON"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_line_that_is_no_row_is_kept_as_it_is_with_a_reason(
    line: str | bytes, problem: str
) -> None:
    encoded = line.encode() if isinstance(line, str) else line
    content = b'{"note": "first"}\n' + encoded + b'\n{"note": "last"}\n'
    first, bad, last = read(content, Bounds(10**6, 10**6))
    assert (first.position, bad.position, last.position) == (1, 2, 3)
    assert bad.problem is not None
    assert problem in bad.problem
    assert bad.values == ()
    assert bad.original == encoded.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    assert last.values[2] == "last"


def test_a_problem_quotes_no_value() -> None:
    secrets = ['{"note": "Nguyễn An" "x"}', '{"note": "Nguyễn An\\x"}', "{Nguyễn An: 1}"]
    for line in secrets:
        [row] = read(line)
        assert row.problem is not None
        assert "An" not in row.problem


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("4.50", "4.50"),
        ("-0", "-0"),
        ("1e400", "1e400"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("true", "true"),
        ("false", "false"),
        ("null", None),
        ('""', ""),
        ('" a "', " a "),
        ('"\\u0111"', "đ"),
        ('"\\ud83d\\ude00"', "\U0001f600"),
    ],
)
def test_a_value_is_kept_as_it_is_written(written: str, value: str | None) -> None:
    assert values_of(f'{{"note": {written}}}') == (None, None, value)


@pytest.mark.parametrize("key", ["Nơi đăng ký", "NƠI ĐĂNG KÝ", "noi dang ky", " Noi  Dang\tKy "])
def test_a_label_is_known_without_case_accents_and_blanks(key: str) -> None:
    assert values_of(json.dumps({key: "x"}))[0] == "x"


def test_a_label_comes_before_the_name_of_another_column() -> None:
    assert values_of('{"place": "x"}') == (None, "x", None)
    assert values_of('{"count": "x"}') == (None, "x", None)


def test_what_no_column_has_is_kept_beside_whatever_its_order() -> None:
    one, other = read('{"b": [1, {"c": null}], "a": 1.50}\n{"a": 1.50, "b": [1, {"c": null}]}')
    assert one.extra == other.extra
    assert json.loads(one.extra or "") == {"a": "1.50", "b": ["1", {"c": None}]}


def test_blank_lines_are_no_rows_and_a_row_that_says_nothing_is_blank() -> None:
    rows = read('\n  \n{"note": " ", "count": null}\r\n\n{}\n{"x": 1}')
    assert [(row.position, row.is_blank) for row in rows] == [(1, True), (2, True), (3, False)]


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_line() -> None:
    assert read(b'\xef\xbb\xbf{"note": "a"}\n')[0].values[2] == "a"
    assert JsonLines().takes(BytesIO(b'\xef\xbb\xbf \n{"note": "a"}'))
    [_, second] = read(b'{"note": "a"}\n\xef\xbb\xbf{"note": "b"}')
    assert second.problem is not None


def test_the_line_that_tells_of_a_pull_is_no_row() -> None:
    rows = read('{"_delivery": {"query": "select 1"}}\n{"note": 1}\n{"_delivery": 1, "note": 2}')
    assert [row.position for row in rows] == [1, 2]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_line_may_have_just_as_many_bytes_as_are_allowed(end: bytes) -> None:
    def line(size: int) -> bytes:
        return b'{"note": "' + b"a" * (size - 12) + b'"}' + end

    assert len(read(line(1_000) * 2)) == 2 if end else 1
    with pytest.raises(FileUnreadable, match="a line is longer than 1000 bytes"):
        read(line(1_001) * 2)


def test_a_file_may_have_just_as_many_bytes_as_are_allowed() -> None:
    content = b'{"note": 1}\n' * 10
    assert len(read(content, Bounds(len(content), 100))) == 10
    with pytest.raises(FileUnreadable, match="larger than"):
        read(content, Bounds(len(content) - 1, 100))


def test_too_many_rows_or_faulty_ones_refuse_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "MAX_ROWS", 3)
    monkeypatch.setattr(json_lines, "MAX_FAULTY_ROWS", 2)
    assert len(read('{"note": 1}\n' * 3)) == 3
    with pytest.raises(FileUnreadable, match="more than 3 rows"):
        read('{"note": 1}\n' * 4)
    assert len(read("{\n" * 2)) == 2
    with pytest.raises(FileUnreadable, match="more than 2 lines cannot be read"):
        read("{\n" * 3)


def test_a_file_without_any_column_of_the_contract_is_refused_when_that_says_so() -> None:
    stream = BytesIO(b'{"x": 1}\n{broken\n')
    with pytest.raises(FileUnreadable, match="no line has a column"):
        list(JsonLines().read(stream, contract(), _BOUNDS))
    assert list(JsonLines().read(BytesIO(b""), contract(), _BOUNDS)) == []
    assert len(list(JsonLines().read(BytesIO(b'{"note": ""}'), contract(), _BOUNDS))) == 1


@given(st.binary(max_size=400))
def test_whatever_bytes_come_are_rows_or_a_refusal(content: bytes) -> None:
    _assert_conserved(content)


_SIGNS = st.sampled_from('{}:1,[]\n\r \\"\0\ufeffđ') | st.sampled_from(
    ['"note"', '"a"', "\\u0000", "\\ud800", "null", "NaN"]
)


@given(st.lists(_SIGNS, max_size=60).map("".join))
def test_whatever_is_like_json_is_rows_or_a_refusal(content: str) -> None:
    _assert_conserved(content.encode())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=3,
)
_OBJECT = st.dictionaries(st.sampled_from(["note", "Mã CSKCB", "x"]), _JSON, max_size=3)


@given(st.lists(_OBJECT, max_size=4))
def test_every_object_is_a_row_of_its_line(objects: list[dict[str, object]]) -> None:
    content = "\n".join(json.dumps(one) for one in objects).encode()
    rows = read(content)
    assert [row.position for row in rows] == list(range(1, len(objects) + 1))
    for row, sent in zip(rows, objects, strict=True):
        told = sent.get("note")
        if row.problem is None and isinstance(told, str):
            assert row.values[2] == told


def _assert_conserved(content: bytes) -> None:
    try:
        rows = read(content, Bounds(300, 200))
    except FileUnreadable:
        return
    wanted = [line for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
              if line.strip(b" \t\r\n")]  # fmt: skip
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert len(wanted) - len(rows) == sum(b"_delivery" in line for line in wanted)
    for row in rows:
        assert (row.problem is None) == bool(row.values)
        for text in (*row.values, row.extra, row.original):
            assert text is None or "\0" not in text
            assert text is None or text.encode()
