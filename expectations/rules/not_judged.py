"""A rule of the catalogue that cannot be judged yet: said on the page of rules, not faked."""

from __future__ import annotations

from typing import NamedTuple


class NotJudged(NamedTuple):
    """`needs_*`: what is missing before the rule can be declared."""

    id: str
    sentence_vi: str
    sentence_en: str
    needs_vi: str
    needs_en: str
