"""A family: the rules at the door whose ids begin with one letter of the catalogue."""

from __future__ import annotations

from typing import NamedTuple

from expectations.rules.rule import Rule


class Family(NamedTuple):
    """`rules` in the order of their numbers; `title_vi` and `title_en` head them on the page."""

    letter: str
    title_vi: str
    title_en: str
    rules: tuple[Rule, ...]
