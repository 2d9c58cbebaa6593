"""The files of questions, and what is said of one that is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from health_warehouse.errors import ConfigurationError
from health_warehouse.release.questions import questions

_GOOD = """\
need: somebody asked
title: {vi: "Bao nhiêu?", en: "How many?"}
explanation: {vi: Đếm., en: Counted.}
"""


def test_questions_are_asked_in_their_first_line_and_read_marts_alone() -> None:
    for one in questions():
        assert one.query.text.startswith("-- "), one.name
        assert one.query.question == one.title["en"], f"{one.name}: begin with the title"
        assert one.title["vi"].endswith("?"), one.name
        places = re.findall(r"\b(?:from|join)\s+([a-z_]+)\.[a-z_]+", one.query.text)
        assert set(places) == {"marts"}, one.name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: [", "not YAML"),
        ("- a", "write need"),
        (_GOOD.replace("need: somebody asked\n", ""), "write need"),
        (_GOOD.replace(", en: Counted.", ""), "write explanation in two languages"),
        (_GOOD + "owner: me\n", "owner: no such key"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    (tmp_path / "a.sql").write_text("-- How many?\nselect 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told) as raised:
        questions(tmp_path)
    assert "a.yml" in str(raised.value)


def test_a_question_without_a_query_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(_GOOD, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"a\.sql is not there"):
        questions(tmp_path)
