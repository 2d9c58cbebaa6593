"""Days and times: Python and Postgres read every text alike, in whatever form a contract names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as of_test
from hypothesis import strategies as st
from sqlalchemy import Connection

from health_warehouse.database.connections import engine
from health_warehouse.feeds.contract import Column, Words
from health_warehouse.feeds.dates import forms_of, moment_sql, parse_moment
from health_warehouse.settings import Settings

_WORDS = Words("ngày", "day")
_USUAL = forms_of(Column("at", _WORDS, type="time"))
_SEPARATORS = st.sampled_from(["", "-", "/", ".", " ", ":", "T", ", "])
_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
_PARTS = st.permutations(["yyyy", "m", "d", "H", "MM", "SS"]) | st.permutations(
    ["yyyy", "mm", "dd", "HH", "MM", "SS"]
)


@st.composite
def forms(draw: st.DrawFn) -> str:
    parts = draw(_PARTS)[: draw(st.integers(1, 6))]
    if not any(part == "yyyy" for part in parts):
        parts = [*parts, "yyyy"]
    return "".join(part + draw(_SEPARATORS) for part in parts).rstrip()


@st.composite
def texts(draw: st.DrawFn, form: str) -> str:
    """A text that has the form, nearly."""
    written = form
    for part, highest in (("yyyy", 2100), ("MM", 61), ("SS", 61), ("mm", 14), ("dd", 33),
                          ("HH", 25), ("m", 14), ("d", 33), ("H", 25)):  # fmt: skip
        number = str(draw(st.integers(0, highest)))
        wide = number.zfill(len(part)) if draw(st.booleans()) or len(part) > 1 else number
        written = written.replace(part, wide, 1)
    return draw(st.sampled_from(["", " ", "\t", "\u00a0", "\u2003", "\x0b", "x", "\n"])) + written


@pytest.fixture
def connection(settings: Settings) -> Iterator[Connection]:
    with engine(settings, "loader").connect() as connected:
        yield connected


def of_postgres(connection: Connection, text: str, forms: tuple[str, ...]) -> datetime | None:
    found: datetime | None = connection.exec_driver_sql(
        f"select {moment_sql('%(text)s::text', forms)}", {"text": text}
    ).scalar_one()
    return found


_MANY = of_test(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_MANY
@given(data=st.data())
def test_python_and_postgres_agree_on_every_form(
    connection: Connection, data: st.DataObject
) -> None:
    form = data.draw(forms())
    text = data.draw(texts(form) | _TEXT)
    assert parse_moment(text, (form,)) == of_postgres(connection, text, (form,)), (form, text)


@_MANY
@given(
    text=st.text(st.sampled_from("0123456789-/: T\u0661\uff11"), max_size=20)
    | st.datetimes().map(str)
    | st.dates().map(lambda day: day.strftime("%d/%m/%Y"))
)
def test_python_and_postgres_agree_on_the_usual_forms(connection: Connection, text: str) -> None:
    assert parse_moment(text, _USUAL) == of_postgres(connection, text, _USUAL)


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("29/02/2024", "dd/mm/yyyy", "2024-02-29T00:00:00"),
        ("29/02/2023", "dd/mm/yyyy", None),
        ("1/2/2024", "dd/mm/yyyy", "2024-02-01T00:00:00"),
        ("20240201", "yyyymmdd", "2024-02-01T00:00:00"),
        ("2024021", "yyyymmdd", None),
        ("202402", "yyyymm", "2024-02-01T00:00:00"),
        ("1900-01-01", "yyyy-mm-dd", "1900-01-01T00:00:00"),
        ("1899-12-31", "yyyy-mm-dd", None),
        ("9999-12-31", "yyyy-mm-dd", "9999-12-31T00:00:00"),
        ("2024-02-01 23:59", "yyyy-mm-dd HH:MM", "2024-02-01T23:59:00"),
        ("2024-02-01 24:00", "yyyy-mm-dd HH:MM", None),
        ("2024-02-01 9:05", "yyyy-mm-dd HH:MM", "2024-02-01T09:05:00"),
        ("2024-02-01 09:60", "yyyy-mm-dd HH:MM", None),
        ("٢٠٢٤-02-01", "yyyy-mm-dd", None),
        ("2024-02-01\n2024-02-01", "yyyy-mm-dd", None),
        ("", "yyyy", None),
    ],
)
def test_a_moment_is_one_of_the_calendar(
    connection: Connection, text: str, form: str, moment: str | None
) -> None:
    for found in (parse_moment(text, (form,)), of_postgres(connection, text, (form,))):
        assert (found and found.isoformat()) == moment
