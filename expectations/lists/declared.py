"""How a rule of lists is declared: its rows are those that count, wherever they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from expectations.rules.literal import literal
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

Words = tuple[str, str]
"""The same in Vietnamese and in English."""


class ListRule(NamedTuple):
    """A rule, and the feeds that it looks at: it is judged anew when one of them has changed."""

    rule: Rule
    feeds: frozenset[str]


def list_rule(
    rule_id: str,
    says: Words,
    sql: str,
    check: Check,
    *,
    beside: Sequence[str] = (),
    severity: Severity = Severity.FLAG_LINE,
    source: str = "own: what lists of one province say together",
    threshold: str = "",
) -> ListRule:
    """`rule_id` begins with the feed; `sql` selects from its rows that count (`counting`)."""
    feed = rule_id.partition(".")[0]
    rule = Rule(
        id=rule_id,
        sentence_vi=says[0],
        sentence_en=says[1],
        source=Source(source, "?"),
        category=Category.CONCORDANCE if beside else Category.PLAUSIBILITY,
        severity=severity,
        owner="sender",
        threshold=threshold,
        scope=Scope.OTHERS,
        rows=(Rows(table_sql=literal(feed), sql=sql, checks=(check,)),),
    )
    return ListRule(rule, frozenset({feed, *beside}))


def counting(feed: str) -> str:
    """SQL behind `from`: what counts of a feed as `row`, and where it was sent as `place`."""
    return f"""feeds.{feed} as row
join ops.current_documents as place
    on
        place.feed = {literal(feed)}
        and place.partition_key = row.partition_key
        and place.document_key = row.document_key"""


PLACE = "place.file_id, place.position, place.position as line"
"""The columns that every rule selects first."""
