"""How rows break a rule that a contract writes beyond its columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from health_warehouse.feeds.contract import Comparison, Condition, Contract, RowRule, Term
from health_warehouse.synthetic.lists.breaches_of_columns import Break, Kind, another, number
from health_warehouse.synthetic.lists.sheets import Row, Value

_NOBODY = "096000000001"


def kinds_of_rules(contract: Contract) -> Iterator[Kind]:
    """One per rule."""
    for rule in contract.rules:
        change, column = _breach(contract, rule)
        yield Kind(
            rule.name,
            f"{contract.feed}.{rule.name}",
            rule.severity,
            column,
            _where(rule, change),
        )


def _where(rule: RowRule, change: Break) -> Break:
    """The same in rows that the rule is for; else in a row that becomes one of them.

    A row that fails what is asked, and is not asked yet, breaks this rule and no other.
    """

    def asked(rows: list[Row], place: int) -> bool:
        row = rows[place]
        if all(holds(condition, row) for condition in rule.when):
            return not _is_turned(rule) and change(rows, place)
        return _is_turned(rule) and _turned(rule, row)

    return asked


def _is_turned(rule: RowRule) -> bool:
    """Whether a row that breaks it already can be made one that the rule is for."""
    return len(rule.when) == 1 and (
        (rule.compare is not None and rule.when[0].codes in (("true",), ("false",)))
        or (bool(rule.fits) and not _is_of_list(rule.when[0]))
    )


def _is_of_list(condition: Condition) -> bool:
    """Whether rows meet the condition by a code that says what they are."""
    return condition.kind == "one_of" and condition.column != "source_code"


def _turned(rule: RowRule, row: Row) -> bool:
    condition = rule.when[0]
    if rule.fits and all(holds(one, row) for one in rule.fits):
        return False
    if rule.compare is not None:
        left, right = _sum(rule.compare.left, row), _sum(rule.compare.right, row)
        if left is None or right is None or compares(rule.compare.comparison, left, right):
            return False
    if condition.kind == "filled":
        row[condition.column] = 12
    elif condition.codes in (("true",), ("false",)):
        row[condition.column] = condition.codes == ("true",)
    else:
        row[condition.column] = condition.codes[0]
    return True


def compares(comparison: Comparison, left: Decimal, right: Decimal) -> bool:
    """Whether two sums are to each other as they must be."""
    return {
        "at_most": left <= right,
        "less_than": left < right,
        "equal": left == right,
        "other_than": left != right,
    }[comparison]


def holds(condition: Condition, row: Row) -> bool:
    """Whether a row meets a condition of a rule."""
    value = row.get(condition.column)
    if condition.kind in ("filled", "blank"):
        return (value is not None) == (condition.kind == "filled")
    if value is None:
        return False
    told = str(value).lower() if isinstance(value, bool) else str(value)
    return (told in condition.codes) == (condition.kind == "one_of")


def _breach(contract: Contract, rule: RowRule) -> tuple[Break, str]:
    """What breaks it, and the column that is told."""
    if rule.filled:
        return _blanked(rule.filled[0]), rule.filled[0]
    if rule.blank:
        return _filled(rule.blank[-1], contract), rule.blank[-1]
    if rule.fits:
        return _misfit(rule.fits[0], contract), rule.fits[0].column
    if rule.compare is not None:
        first = next(
            term.column for term in (*rule.compare.left, *rule.compare.right) if term.column
        )
        return _compared(rule), first
    if rule.once:
        return _twice(rule, contract), rule.once[0]
    if rule.no_overlap is not None:
        return _overlapping(rule), rule.no_overlap.start
    assert rule.names is not None, rule.name  # noqa: S101 - a rule asks one thing
    return _unknown(rule), rule.names.column


def _blanked(column: str) -> Break:
    def change(rows: list[Row], place: int) -> bool:
        if rows[place].get(column) is None:
            return False
        rows[place][column] = None
        return True

    return change


def _filled(column: str, contract: Contract) -> Break:
    type_ = contract.table.column(column).type

    def change(rows: list[Row], place: int) -> bool:
        given = True if type_ == "boolean" else another(rows, column, None)
        if given is None or rows[place].get(column) is not None:
            return False
        rows[place][column] = given
        return True

    return change


def _misfit(condition: Condition, contract: Contract) -> Break:
    values = contract.table.column(condition.column).values

    def change(rows: list[Row], place: int) -> bool:
        others = [*values, *(row.get(condition.column) for row in rows)]
        wrong = next(
            (value for value in others if value is not None and str(value) not in condition.codes),
            "secondary" if condition.column == "degree" else None,
        )
        if wrong is None or rows[place].get(condition.column) is None:
            return False
        rows[place][condition.column] = wrong
        return True

    return change


def _compared(rule: RowRule) -> Break:
    asked = rule.compare
    assert asked is not None  # noqa: S101 - the caller looked

    def change(rows: list[Row], place: int) -> bool:
        row = rows[place]
        left = next((term for term in asked.left if term.column), None)
        right = next((term for term in asked.right if term.column), None)
        ours, theirs = _sum(asked.left, row), _sum(asked.right, row)
        if ours is None or theirs is None:
            return _days_or_codes(row, left, right, asked.comparison)
        bound = theirs * Decimal(str(asked.times))
        step: dict[str, Decimal | int] = {
            "at_most": 3 + abs(bound) // 5,
            "less_than": 0,
            "equal": 3,
            "other_than": 0,
        }
        wanted = bound + step[asked.comparison]
        # Raise the left until it is what it must not be; or lower the right.
        if left is not None and left.column:
            row[left.column] = _whole((number(row.get(left.column)) or 0) + wanted - ours)
        elif right is not None and right.column:
            lower = 1 if asked.comparison == "at_most" else 0
            row[right.column] = _whole(ours - lower)
        return True

    return change


def _whole(value: Decimal) -> Value:
    return int(value) if value == int(value) else value


def _days_or_codes(row: Row, left: Term | None, right: Term | None, comparison: str) -> bool:
    if left is None or right is None or not (left.column and right.column):
        return False
    ours, theirs = row.get(left.column), row.get(right.column)
    if comparison == "other_than":
        row[left.column] = theirs
        return theirs is not None
    if isinstance(ours, date) and theirs is None:
        row[right.column] = ours - timedelta(days=10)
        return True
    if not isinstance(ours, date) or not isinstance(theirs, date):
        return False
    row[left.column] = theirs + timedelta(days=30 if comparison == "at_most" else 0)
    return True


def _sum(side: tuple[Term, ...], row: Row) -> Decimal | None:
    """None: nothing of it is a number, or nothing is there."""
    total, seen = Decimal(0), False
    for term in side:
        value = Decimal(str(term.number)) if term.column is None else number(row.get(term.column))
        if value is not None:
            seen = True
            total += value * term.sign
    return total if seen else None


def _twice(rule: RowRule, contract: Contract) -> Break:
    """The row again; where the rule is about less than the row's key, of another key.

    A row of another key loses the optional ids of the first, which would break other rules.
    """
    key = [name for name in contract.document_key if name not in rule.once]
    ids = [
        column.name
        for column in contract.table.columns
        if key and column.pattern and not column.is_required
        if column.name not in {*key, *rule.once}
    ]

    def change(rows: list[Row], place: int) -> bool:
        again = dict(rows[place])
        if any(again.get(name) is None for name in rule.once):
            return False
        for name in key:
            again[name] = _beside(again.get(name))
        rows.append(again | dict.fromkeys(ids))
        return True

    return change


def _beside(value: Value) -> Value:
    """Another value of its form."""
    if isinstance(value, date):
        return value + timedelta(days=1)
    text = str(value)
    return f"{text[:2]}Y{text[3:]}"


def _overlapping(rule: RowRule) -> Break:
    asked = rule.no_overlap
    assert asked is not None  # noqa: S101 - the caller looked

    def change(rows: list[Row], place: int) -> bool:
        row = rows[place]
        begin, end = row.get(asked.start), row.get(asked.end)
        if not isinstance(begin, date):
            return False
        inside = begin + timedelta(days=5)
        if isinstance(end, date) and inside > end:
            return False
        rows.append({**row, asked.start: inside})
        return True

    return change


def _unknown(rule: RowRule) -> Break:
    asked = rule.names
    assert asked is not None  # noqa: S101 - the caller looked

    mark = "X" if asked.in_feeds else "Z"

    def change(rows: list[Row], place: int) -> bool:
        known = rows[place].get(asked.column)
        if not isinstance(known, str):
            return False
        rows[place][asked.column] = (
            _NOBODY if len(known) == len(_NOBODY) else f"{known[:2]}{mark}{known[3:]}"
        )
        return True

    return change
