"""What a reader asks of senders is said in both languages."""

from __future__ import annotations

from typing import get_args

from health_warehouse.readers.remark import SENTENCES_EN, SENTENCES_VI, RemarkKind


def test_each_kind_of_remark_has_a_sentence_in_both_languages() -> None:
    kinds = set(get_args(RemarkKind))
    assert set(SENTENCES_VI) == set(SENTENCES_EN) == kinds
    assert all(SENTENCES_EN.values())
    assert all(SENTENCES_VI.values())
