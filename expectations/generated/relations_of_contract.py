"""Rules of a contract that look at other feeds, on all rows that count. Judged by builds.

They say nothing until a feed that they name has a row that counts: a list that nobody has sent
yet knows nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from expectations.generated.checks_of_rules import all_of
from expectations.generated.marks import marked
from expectations.rules.fragments import described, quoted_code
from expectations.rules.literal import literal
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source
from health_warehouse.feeds.contract import Column, Contract, RowRule

_SEVERITIES = {"flag": Severity.FLAG_LINE, "record": Severity.RECORD}


def relations_of(contract: Contract, contracts: Mapping[str, Contract]) -> Iterator[Rule]:
    """The rules of one contract; feeds that it names and that nobody describes are left out."""
    for rule in contract.rules:
        asked = rule.names
        if asked is None or not rule.is_of_others:
            continue
        if not all(feed in contracts for feed in asked.in_feeds):
            continue
        column = contract.table.column(asked.column)
        yield Rule(
            id=f"{contract.feed}.{rule.name}",
            sentence_vi=rule.says.vi,
            sentence_en=rule.says.en,
            source=Source(
                rule.source or f"the contract of {contract.feed}", marked(rule.confidence)
            ),
            category=Category.CONCORDANCE,
            severity=_SEVERITIES.get(rule.severity, Severity.FLAG_LINE),
            owner="sender",
            scope=Scope.OTHERS,
            rows=(
                Rows(
                    table_sql=literal(contract.table.name),
                    sql=_rows(contract, rule, column),
                    checks=(_check(rule, column),),
                ),
            ),
        )


def _check(rule: RowRule, column: Column) -> Check:
    told = described("named") if column.is_personal else quoted_code("named")
    return Check(column.label, "is_known", f"{literal(rule.says.en + ' ')} || {told}")


def _rows(contract: Contract, rule: RowRule, column: Column) -> str:
    asked = rule.names
    assert asked is not None  # noqa: S101 - the caller looked
    columns = {one.name: one for one in contract.table.columns}
    named, of = _value("row", column.name, is_person=column.is_personal), []
    for feed, name in asked.in_feeds.items():
        other = _value("other", name, is_person=column.is_personal)
        of.append(f"{named} in (select {other} from feeds.{feed} as other)")
    first = next(iter(asked.in_feeds))
    return f"""
select
    current.file_id,
    current.position,
    current.position as line,
    {"null::text" if column.is_personal else f"sent.{column.name}"} as named,
    {" or ".join(of)} as is_known
from feeds.{contract.feed} as row
join ops.current_documents as current
    on
        current.feed = {literal(contract.feed)}
        and current.partition_key = row.partition_key
        and current.document_key = row.document_key
join raw.{contract.table.raw_table} as sent
    on sent.file_id = current.file_id and sent.position = current.position
where
    exists (select from feeds.{first})
    and {named} is not null
    and {all_of(rule.when, "sent", columns)}"""


def _value(relation: str, name: str, *, is_person: bool) -> str:
    """SQL of what is compared: a code, or the key of the person that a row names."""
    return f"{relation}.person_key" if is_person else f"raw.canonical_code({relation}.{name})"
