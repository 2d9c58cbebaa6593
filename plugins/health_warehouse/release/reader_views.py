"""The views by which readers other than plain ones read: made from the contracts, never by hand.

schema        for                  shows
hiv           hiv_reader           every mart with closed rows; a closed row wins over an open one
facility      facility_reader      open rows of the login's facilities, without keys that join
                                   across facilities
facility_hiv  facility_hiv_reader  the same with closed rows
report        report_reader        the monthly reports with closed cases; cells with 1 to 4 of them
                                   are suppressed; beside them the lists that everybody sees

The publisher owns them. Row security of the tables below lets the owner of a view through, while
`current_user` stays the login that asks, so the conditions of release/row_security.py work inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from psycopg import errors, sql

from health_warehouse.database.roles import role_name
from health_warehouse.errors import ConfigurationError
from health_warehouse.marts.contracts import OPEN, TOMBSTONE, FacilityView, MartContract
from health_warehouse.release import keys_view
from health_warehouse.release.row_security import FACILITIES, IN_ITS_SCOPES, SEES_EVERYTHING
from health_warehouse.release.statements import equal_columns, mart_table
from health_warehouse.release.transaction import ReleaseCursor
from health_warehouse.settings import Settings

READERS = {
    "hiv": "hiv_reader",
    "facility": "facility_reader",
    "facility_hiv": "facility_hiv_reader",
    "report": "report_reader",
}
_CURRENT_RELEASE = "current_release"
_ALWAYS = sql.SQL("true")
_SMALLEST_CELL = 5  # closed cases: fewer are suppressed
_FIGURES = ("integer", "bigint", "numeric", "date")


@dataclass(frozen=True)
class ReaderView:
    """One view: what it selects, under which columns, and who may read it."""

    schema: str
    name: str
    role: str
    query: sql.Composable
    comment: str
    is_barrier: bool

    def statement(self) -> sql.Composed:
        option = sql.SQL(" with (security_barrier)" if self.is_barrier else "")
        return sql.SQL("create or replace view {}{} as {}").format(
            sql.Identifier(self.schema, self.name), option, self.query
        )


def reader_views(settings: Settings, contracts: Sequence[MartContract]) -> list[ReaderView]:
    """Every view that the contracts ask for, those that others select from first."""
    marts = _by_mart(contracts)
    found = []
    for schema, role in READERS.items():
        for name, query, comment in (
            *_of_schema(schema, marts),
            (_CURRENT_RELEASE, _current_release(), "The release that the tables hold now."),
            (keys_view.NAME, keys_view.query(readable(schema, contracts)), keys_view.COMMENT),
        ):
            is_barrier = schema.startswith("facility")
            found.append(
                ReaderView(schema, name, role_name(settings, role), query, comment, is_barrier)
            )
    found.append(
        ReaderView(
            OPEN.schema,
            keys_view.NAME,
            role_name(settings, "bi_reader"),
            keys_view.query(readable(OPEN.schema, contracts)),
            keys_view.COMMENT,
            False,
        )
    )
    return found


def missing(cursor: ReleaseCursor, views: Iterable[ReaderView]) -> list[ReaderView]:
    """The views that are not there."""
    made = _made(cursor)
    return [view for view in views if (view.schema, view.name) not in made]


def outdated(cursor: ReleaseCursor, views: Iterable[ReaderView]) -> list[ReaderView]:
    """The views that are there and were made from another definition."""
    made = _made(cursor)
    return [
        view
        for view in views
        if made.get((view.schema, view.name)) not in (None, _definition(cursor, view))
    ]


def _made(cursor: ReleaseCursor) -> dict[tuple[str, str], str]:
    rows = cursor.execute(
        "select schema_name, view_name, definition_hash from ops.reader_views"
        " where to_regclass(format('%%I.%%I', schema_name, view_name)) is not null",
        [],
    )
    return {(row.schema_name, row.view_name): row.definition_hash for row in rows}


def make(cursor: ReleaseCursor, views: Iterable[ReaderView]) -> None:
    """Create or replace views, and let their readers read them.

    Raises ConfigurationError when a view would lose a column that a view of a reader selects.
    """
    for view in views:
        name = sql.Identifier(view.schema, view.name)
        _create(cursor, view, name)
        cursor.execute(sql.SQL("grant select on {} to {}").format(name, sql.Identifier(view.role)))
        cursor.execute(sql.SQL("comment on view {} is {}").format(name, sql.Literal(view.comment)))
        cursor.execute(
            "insert into ops.reader_views (schema_name, view_name, definition_hash)"
            " values (%s, %s, %s) on conflict (schema_name, view_name)"
            " do update set definition_hash = excluded.definition_hash",
            [view.schema, view.name, _definition(cursor, view)],
        )


def _create(cursor: ReleaseCursor, view: ReaderView, name: sql.Identifier) -> None:
    try:
        with cursor.connection.transaction():
            cursor.execute(view.statement())
    except (errors.InvalidTableDefinition, errors.WrongObjectType):  # other columns than before
        try:
            with cursor.connection.transaction():
                cursor.execute(sql.SQL("drop view {}").format(name))
                cursor.execute(view.statement())
        except errors.DependentObjectsStillExist as error:
            raise ConfigurationError(
                f"view {view.schema}.{view.name} loses columns that other views select: "
                f"drop those first ({error.diag.message_detail})"
            ) from None


def _definition(cursor: ReleaseCursor, view: ReaderView) -> str:
    text = f"{view.statement().as_string(cursor)} {view.role} {view.comment}"
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class _Mart:
    """One mart with its contracts in the two stores. `open` is None where all rows are closed."""

    open: MartContract | None
    closed: MartContract

    @property
    def any(self) -> MartContract:
        return self.open or self.closed


def _by_mart(contracts: Sequence[MartContract]) -> Mapping[str, _Mart]:
    stores: dict[str, dict[bool, MartContract]] = {}
    for contract in contracts:
        stores.setdefault(contract.mart, {})[contract.store == OPEN] = contract
    names = sorted(stores, key=lambda name: name != FACILITIES)  # the others select from it
    return {name: _Mart(stores[name].get(True), stores[name][False]) for name in names}


def _of_schema(
    schema: str, marts: Mapping[str, _Mart]
) -> Iterator[tuple[str, sql.Composable, str]]:
    if schema in ("facility", "facility_hiv"):
        yield from _facility_views(schema, marts)
        return
    for name, mart in marts.items():
        if schema == "hiv":
            yield name, _with_closed(mart, SEES_EVERYTHING), mart.any.comment
        elif schema == "report" and mart.any.cases and mart.open:
            yield name, _report(mart), mart.any.comment
        elif schema == "report" and mart.open and mart.any.is_public:
            yield name, _public(mart.open), mart.any.comment


def _facility_views(
    schema: str, marts: Mapping[str, _Mart]
) -> Iterator[tuple[str, sql.Composable, str]]:
    """Those that select from other marts of the schema come after them."""
    shown = [
        (name, mart, mart.any.facility_view)
        for name, mart in marts.items()
        if mart.any.facility_view is not None and (mart.open or schema == "facility_hiv")
    ]
    for name, mart, view in sorted(shown, key=lambda one: one[2].through is not None):
        source: sql.Composable = (
            sql.SQL("({})").format(_with_closed(mart))
            if schema == "facility_hiv"
            else mart_table(name)
        )
        yield name, _of_facilities(schema, mart.any, view, source), mart.any.comment


def _of_facilities(
    schema: str, contract: MartContract, view: FacilityView, source: sql.Composable
) -> sql.Composed:
    facilities = sql.SQL("(select facility_key from {})").format(sql.Identifier(schema, FACILITIES))
    own_keys = dict(view.keys)
    columns = [
        sql.SQL("case when {} in {} then {} end as {}").format(
            sql.Identifier(own_keys[name]), facilities, *[sql.Identifier(name)] * 2
        )
        if name in own_keys
        else sql.Identifier(name)
        for name in (column.name for column in contract.shown_columns)
        if name not in view.without
    ]
    return sql.SQL("select {} from {} as rows where {}").format(
        sql.SQL(", ").join(columns), source, _shown(schema, contract, view, facilities)
    )


def _shown(
    schema: str, contract: MartContract, view: FacilityView, facilities: sql.Composed
) -> sql.Composable:
    if contract.mart == FACILITIES:
        return sql.SQL("{} or {}").format(SEES_EVERYTHING, IN_ITS_SCOPES)
    if view.through is not None:
        return sql.SQL("({columns}) in (select {columns} from {mart})").format(
            columns=sql.SQL(", ").join(map(sql.Identifier, view.through.columns)),
            mart=sql.Identifier(schema, view.through.mart),
        )
    if view.by:
        return sql.SQL(" or ").join(
            sql.SQL("{} in {}").format(sql.Identifier(name), facilities) for name in view.by
        )
    return sql.SQL("true")


def _with_closed(mart: _Mart, condition: sql.Composable = _ALWAYS) -> sql.Composed:
    """The rows of a mart for who may see closed ones. `is_closed`: a plain reader has no such row,
    or has it with other content. A tombstone takes its row away, and is not shown."""
    names = _columns([column.name for column in mart.closed.shown_columns])
    closed = sql.SQL("select {}, true as is_closed from {} where {}").format(
        names, mart_table(mart.closed.name), condition
    )
    if mart.closed.has_tombstones:
        closed += sql.SQL(" and not {}").format(sql.Identifier(TOMBSTONE))
    if mart.open is None:
        return closed
    return sql.SQL("{} union all select {}, false from {} as open where {} and {}").format(
        closed, names, mart_table(mart.open.name), condition, _not_replaced(mart)
    )


def _not_replaced(mart: _Mart) -> sql.Composable:
    if mart.closed.division == "by_row":  # a key stands in one store only
        return sql.SQL("true")
    return sql.SQL("not exists (select from {} as closed where {})").format(
        mart_table(mart.closed.name), equal_columns(mart.closed.primary_key, "closed", "open")
    )


def _report(mart: _Mart) -> sql.Composed:
    """A report with closed cases, without the figures of cells in which they are few."""
    contract = mart.closed
    figures = [
        column.name
        for column in contract.columns
        if column.name not in contract.primary_key and column.data_type.startswith(_FIGURES)
    ]
    columns = [
        sql.SQL("case when not is_suppressed then {0} end as {0}").format(sql.Identifier(name))
        if name in figures
        else sql.Identifier(name)
        for name in contract.column_names
    ]
    return sql.SQL(
        "select {shown}, is_suppressed from ("
        " select {closed_columns}, closed.{cases} - coalesce(open.{cases}, 0)"
        " between 1 and {few} as is_suppressed"
        " from {closed} as closed left join {open} as open on {same}"
        " union all select {open_columns}, false from {open} as open where {not_replaced}"
        ") as cells where {everything}"
    ).format(
        shown=sql.SQL(", ").join(columns),
        closed_columns=_columns(contract.column_names, "closed"),
        open_columns=_columns(contract.column_names, "open"),
        cases=sql.Identifier(contract.cases or ""),
        few=sql.Literal(_SMALLEST_CELL - 1),
        closed=mart_table(contract.name),
        open=mart_table(contract.mart),
        same=equal_columns(contract.primary_key, "closed", "open"),
        not_replaced=_not_replaced(mart),
        everything=SEES_EVERYTHING,
    )


def _public(contract: MartContract) -> sql.Composed:
    columns, table = _columns(contract.column_names), mart_table(contract.name)
    return sql.SQL("select {} from {} where {}").format(columns, table, SEES_EVERYTHING)


def _current_release() -> sql.Composed:
    return sql.SQL("select release_id, published_at from {}").format(mart_table(_CURRENT_RELEASE))


def readable(schema: str, contracts: Sequence[MartContract]) -> Iterator[MartContract]:
    """What `marts`, or a schema of READERS, shows: without the columns that its views leave out."""
    if schema == OPEN.schema:
        yield from (one for one in contracts if one.store == OPEN)
        return
    for mart in _by_mart(contracts).values():
        contract, view = mart.any, mart.any.facility_view
        is_reported = contract.cases or contract.is_public
        if schema == "hiv" or (schema == "report" and is_reported and mart.open):
            yield replace(contract, columns=contract.shown_columns)
        elif schema.startswith("facility") and view and (mart.open or schema == "facility_hiv"):
            shown = (column for column in contract.shown_columns if column.name not in view.without)
            yield replace(contract, columns=tuple(shown))


def _columns(names: Sequence[str], alias: str | None = None) -> sql.Composed:
    path = (alias,) if alias else ()
    return sql.SQL(", ").join(sql.Identifier(*path, name) for name in names)
