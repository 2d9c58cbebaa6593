from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.synthetic.letters import Letters, encoding
from health_warehouse.synthetic.templates import Gap, Template

_NAMES = st.sampled_from(["A", "B", "C"])
_SHORT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=5)
_PARTS = st.lists(st.one_of(_SHORT, st.builds(Gap, _NAMES)))
_TEXTS = st.fixed_dictionaries(dict.fromkeys("ABC", _SHORT))


@given(_PARTS, _TEXTS)
def test_gaps_are_filled_where_they_stand(parts: list[str | Gap], texts: dict[str, str]) -> None:
    plain = "".join(texts[part.name] if isinstance(part, Gap) else part for part in parts)
    assert Template.of(parts).filled(texts) == plain.encode()


@given(_PARTS, _TEXTS, st.sets(_NAMES))
def test_filling_in_two_steps_is_filling_in_one(
    parts: list[str | Gap], texts: dict[str, str], first: set[str]
) -> None:
    template = Template.of(parts)
    narrowed = template.narrowed({name: texts[name] for name in first})
    assert narrowed.filled(texts) == template.filled(texts)


def test_a_text_that_looks_like_a_gap_is_text() -> None:
    assert Template.of(["%(A)s", Gap("A"), "%"]).filled({"A": "{}%s"}) == b"%(A)s{}%s%"


def test_a_missing_text_is_an_error() -> None:
    with pytest.raises(KeyError, match="B"):
        Template.of([Gap("A"), Gap("B")]).filled({"A": "a"})


@pytest.mark.parametrize(
    ("letters", "written"),
    [
        ("composed", "<A>Lê</A>Ô".encode()),
        ("decomposed", "<A>Le\u0302</A>O\u0302".encode()),
        ("references", b"<A>L&#234;</A>&#212;"),
    ],
)
def test_letters_are_written_alike_in_gaps_and_between(letters: Letters, written: bytes) -> None:
    template = Template.of(["<A>", Gap("A"), "</A>Ô"], encoding(letters))
    assert template.filled({"A": "Lê"}) == written
