"""How a rule of lists is declared: its rows are those that count, wherever they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from expectations.rules.literal import literal
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

Words = tuple[str, str]
"""The same in Vietnamese and in English."""


class ListRule(NamedTuple):
    """A rule, and the feeds that it looks at: it is judged anew when one of them has changed, or in
    every build, when it looks at dossiers besides."""

    rule: Rule
    feeds: frozenset[str]
    every_build: bool = False


def list_rule(
    rule_id: str,
    says: Words,
    sql: str,
    check: Check,
    *,
    beside: Sequence[str] = (),
    every_build: bool = False,
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
        category=Category.CONCORDANCE if beside or every_build else Category.PLAUSIBILITY,
        severity=severity,
        owner="sender",
        threshold=threshold,
        scope=Scope.OTHERS,
        rows=(Rows(table_sql=literal(feed), sql=sql, checks=(check,)),),
    )
    return ListRule(rule, frozenset({feed, *beside}), every_build)


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

FOUND_AT = "listed.file_id, listed.position, listed.line"
"""The same, of rows that `listed` gives."""


def listed(feed: str, columns: str, condition: str = "true") -> str:
    """SQL of `listed`: rows that count with their places, read once however often they are joined:
    the planner takes a feed for a handful of rows, and reads its view anew for each of another."""
    return f"""
listed as materialized (
    select {PLACE}, {columns}
    from {counting(feed)}
    where {condition}
)"""


ROW_KEY = "concat_ws(' ', row.partition_key, row.document_key)"
"""What names a row that counts of a feed, as a text; the least of some is the first of them."""


def communes_without(feed: str, condition: str = "true") -> str:
    """SQL of `lacking`: as_of, first_row, communes, such_as; for lists of communes of a province.

    The province is that of most rows. A commune lacks when the list of the day has no row of it
    that meets the condition; told at its first row, else at the first of the list.
    """
    return f"""
listed as materialized (
    select row.as_of, row.commune_code, min({ROW_KEY}) as first_row, count(*) as row_count,
        bool_or(coalesce({condition}, false)) as is_met
    from feeds.{feed} as row
    group by 1, 2
),
lists as materialized (
    select listed.as_of, min(listed.first_row) as first_row,
        mode() within group (order by commune.province_code) as province_code
    from listed
    join ref.communes as commune
        on commune.commune_code = listed.commune_code
        and commune.valid_from <= listed.as_of
        and coalesce(commune.valid_to > listed.as_of, true)
    group by 1
),
lacking as materialized (
    select lists.as_of, coalesce(listed.first_row, lists.first_row) as first_row,
        count(*) as communes, min(commune.commune_code) as such_as
    from lists
    join ref.communes as commune
        on commune.province_code = lists.province_code
        and commune.valid_from <= lists.as_of
        and coalesce(commune.valid_to > lists.as_of, true)
    left join listed
        on listed.as_of = lists.as_of and listed.commune_code = commune.commune_code
    where coalesce(not listed.is_met, true)
    group by 1, 2
)"""
