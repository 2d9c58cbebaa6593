"""The rules at the door of a feed of rows, as its contract gives them.

Ids are `<feed>.<kind>`, or `<feed>.<kind>.<severity>` for what is not a flag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from expectations.generated import checks_of_columns as checks
from expectations.generated.checks_of_rules import checks_of, selected_for
from expectations.generated.marks import marked
from expectations.rules.rule import (
    Category,
    Check,
    Rows,
    Rule,
    Scope,
    Severity,
    Source,
)
from health_warehouse.feeds.contract import Column, ColumnSeverity, Contract

_SEVERITIES: dict[ColumnSeverity, Severity] = {
    "quarantine": Severity.QUARANTINE_DOSSIER,
    "flag": Severity.FLAG_LINE,
    "record": Severity.RECORD,
}


class _Kind(NamedTuple):
    """One kind of rule, and what it is called in both languages."""

    name: str
    category: Category
    sentence_vi: str
    sentence_en: str
    of: Callable[[Column, dict[str, Column]], Iterable[Check]]


_KINDS = (
    _Kind(
        "required",
        Category.COMPLETENESS,
        "Các cột bắt buộc có giá trị.",
        "Required columns are filled.",
        lambda column, _: checks.required(column),
    ),
    _Kind(
        "type",
        Category.CONFORMANCE,
        "Giá trị đúng kiểu: số, ngày, giờ, có hoặc không.",
        "Values are of their type: numbers, days, times, yes or no.",
        lambda column, _: checks.types(column),
    ),
    _Kind(
        "length",
        Category.CONFORMANCE,
        "Giá trị không dài hơn quy định.",
        "Values are no longer than is allowed.",
        lambda column, _: checks.lengths(column),
    ),
    _Kind(
        "list",
        Category.CONFORMANCE,
        "Mã có trong danh mục của nó.",
        "Codes are in their list.",
        checks.codes,
    ),
    _Kind(
        "pattern",
        Category.CONFORMANCE,
        "Giá trị đúng dạng quy định.",
        "Values have the form that is asked for.",
        lambda column, _: checks.patterns(column),
    ),
    _Kind(
        "bounds",
        Category.PLAUSIBILITY,
        "Số nằm trong giới hạn.",
        "Numbers are within their bounds.",
        lambda column, _: checks.bounds(column),
    ),
    _Kind(
        "order",
        Category.PLAUSIBILITY,
        "Các ngày theo đúng thứ tự.",
        "Days stand in their order.",
        checks.orders,
    ),
    _Kind(
        "unique",
        Category.CONFORMANCE,
        "Giá trị phải khác nhau giữa các dòng của một tệp.",
        "What must differ between the rows of a delivery does.",
        lambda column, _: checks.unique(column),
    ),
)


def gate_of(contract: Contract) -> Rule:
    """The rows in `raw` are those that the reader counted; judged before the others."""
    name = contract.table.name.replace("'", "''")
    return Rule(
        id=f"{contract.feed}.complete",
        sentence_vi="Số dòng trong kho đúng bằng số dòng mà bộ đọc tệp đã đếm.",
        sentence_en="The warehouse holds exactly the rows that the reader counted in the delivery.",
        source=Source("own: row rules pass on rows that are not there, so counts come first", "H"),
        category=Category.COMPLETENESS,
        severity=Severity.STOP_BATCH,
        owner="data team",
        scope=Scope.DELIVERY,
        rows=(
            Rows(
                table_sql="'file'",
                sql=f"""
select
    batch.file_id,
    null::integer as position,
    null::integer as line,
    (select count(*) from raw.{contract.table.raw_table} as sent where sent.file_id = batch.file_id)
        as found,
    (
        select count(distinct version.position) from ops.document_versions as version
        where version.feed = '{contract.feed}' and version.file_id = batch.file_id
    ) as versions,
    coalesce(cast(batch.row_counts ->> '{name}' as bigint), 0) as counted
from batch""",
                checks=(
                    Check(
                        field="rows",
                        holds="found = counted and versions = counted",
                        reason="'raw has ' || found || ' rows and ' || versions "
                        "|| ' versions, the reader counted ' || counted",
                    ),
                ),
            ),
        ),
    )


def rules_of(contract: Contract) -> tuple[Rule, ...]:
    """Every rule of the contract that has something to judge at the door."""
    return (*_rules_of_columns(contract), *_rules_beyond_columns(contract))


def _rules_beyond_columns(contract: Contract) -> Iterator[Rule]:
    for rule in contract.rules:
        if rule.is_of_others:
            continue
        is_of_delivery = rule.once or rule.no_overlap or rule.names
        yield Rule(
            id=f"{contract.feed}.{rule.name}",
            sentence_vi=rule.says.vi,
            sentence_en=rule.says.en,
            source=Source(
                rule.source or f"the contract of {contract.feed}", marked(rule.confidence)
            ),
            category=Category.COMPLETENESS if rule.filled else Category.PLAUSIBILITY,
            severity=_SEVERITIES[rule.severity],
            owner="sender",
            scope=Scope.DELIVERY if is_of_delivery else Scope.DOCUMENT,
            rows=(
                _rows(
                    contract, list(checks_of(contract, rule)), list(selected_for(contract, rule))
                ),
            ),
        )


def _rules_of_columns(contract: Contract) -> Iterator[Rule]:
    columns = {column.name: column for column in contract.table.columns}
    alone = [checks.alone_sql(column) for column in columns.values() if column.is_unique]
    for kind in _KINDS:
        for told, severity in _SEVERITIES.items():
            asked = [
                check
                for column in columns.values()
                if column.severity == told
                for check in kind.of(column, columns)
            ]
            if not asked:
                continue
            suffix = "" if told == "flag" else f".{told}"
            yield Rule(
                id=f"{contract.feed}.{kind.name}{suffix}",
                sentence_vi=kind.sentence_vi,
                sentence_en=kind.sentence_en,
                source=Source(f"the contract of {contract.feed}", "H"),
                category=kind.category,
                severity=severity,
                owner="sender",
                rows=(_rows(contract, asked, alone),),
            )


def _rows(contract: Contract, asked: list[Check], beside: list[str]) -> Rows:
    """`beside`: what is selected besides the columns."""
    table = contract.table
    selected = ",\n    ".join([f"sent.{column.name}" for column in table.columns] + beside)
    name = table.name.replace("'", "''")
    return Rows(
        table_sql=f"'{name}'",
        sql=f"""
select
    sent.file_id,
    sent.position,
    sent.position as line,
    {selected}
from batch
join raw.{table.raw_table} as sent using (file_id)""",
        checks=tuple(asked),
    )
