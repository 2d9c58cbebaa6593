"""What is owed, by whom, for which period and until when: `ops.expected_deliveries`.

A function of the contracts, of who owes, of the days off, and of the deliveries that are there.
Filled ahead, so that silence is told whatever else stands still.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract, Expect
from health_warehouse.landing.owing import Owes, who_owes
from health_warehouse.reference.due import LOCAL_TIME, Due
from health_warehouse.reference.periods import Calendar, Period, period_of, periods_from
from health_warehouse.reference.working_days import WorkingDays, working_days
from health_warehouse.settings import Settings

AHEAD = timedelta(days=62)
"""How far in the future a delivery may be due that is noted; of each feed one more is."""

_OLD_AFTER = timedelta(hours=1)
# A day of the past that somebody mistyped must not make a thousand periods.
_BACK = {Calendar.DAY: timedelta(days=62), Calendar.WEEK: timedelta(days=400)}
_FARTHEST = timedelta(days=3 * 366)

_STARTS = text(
    """
    select
        told.feed,
        min(told.day) filter (where told.day > :not_before) as first_day,
        min(told.received_at) filter (
            where told.day is null and told.received_at > :not_before
        ) as first_receipt
    from ops.told_deliveries as told
    where told.sender_id = ''
    group by told.feed
    """
)
_TAKEN_UP = text(
    """
    select feed, taken_up_at from ops.feeds where is_of_rows
    union all
    select '' as feed, installed_at as taken_up_at from ops.alert_heartbeat
    """
)
_FILL = text(
    """
    with wanted as (
        select * from unnest(
            cast(:feed as text[]), cast(:sender_id as text[]), cast(:calendar as text[]),
            cast(:period as text[]), cast(:period_start as date[]), cast(:period_end as date[]),
            cast(:due_at as timestamptz[]), cast(:missing_at as timestamptz[]),
            cast(:counts_from as timestamptz[]), cast(:counts_until as timestamptz[]),
            cast(:matched_by as text[]), cast(:is_told as boolean[])
        ) as w (
            feed, sender_id, calendar, period, period_start, period_end, due_at, missing_at,
            counts_from, counts_until, matched_by, is_told
        )
    ),

    gone as (
        delete from ops.expected_deliveries as e
        where not exists (
            select from wanted as w
            where
                w.feed = e.feed and w.sender_id = e.sender_id and w.period_start = e.period_start
                and w.calendar = e.calendar
        )
    )

    insert into ops.expected_deliveries as known (
        feed, sender_id, calendar, period, period_start, period_end, due_at, missing_at,
        counts_from, counts_until, matched_by, is_told
    )
    select * from wanted
    on conflict (feed, sender_id, period_start) do update set
        calendar = excluded.calendar,
        period = excluded.period,
        period_end = excluded.period_end,
        due_at = excluded.due_at,
        missing_at = excluded.missing_at,
        counts_from = excluded.counts_from,
        counts_until = excluded.counts_until,
        matched_by = excluded.matched_by,
        is_told = excluded.is_told
    where
        (
            known.calendar, known.period_end, known.due_at, known.missing_at, known.counts_from,
            known.counts_until, known.matched_by, known.is_told
        ) is distinct from (
            excluded.calendar, excluded.period_end, excluded.due_at, excluded.missing_at,
            excluded.counts_from, excluded.counts_until, excluded.matched_by, excluded.is_told
        )
    """
)
_NOTE = text(
    """
    insert into ops.calendars (made_of, filled_until) values (:made_of, :until)
    on conflict ((true)) do update set
        made_of = :made_of, filled_until = :until, filled_at = clock_timestamp()
    """
)
_IS_FRESH = text(
    "select max(filled_at) > clock_timestamp() - cast(:age as interval) from ops.calendars"
)


@dataclass(frozen=True, slots=True)
class Expected:
    """One delivery that is owed; a row of `ops.expected_deliveries`, where its parts are told."""

    feed: str
    sender_id: str
    calendar: str
    period: str
    period_start: date
    period_end: date
    due_at: datetime
    missing_at: datetime
    counts_from: datetime
    counts_until: datetime
    matched_by: str
    is_told: bool


def fill(settings: Settings, now: datetime | None = None) -> int:
    """Bring the table to what is owed; returns how many deliveries that is.

    Raises ConfigurationError for contracts and for a file of holidays that cannot be read.
    """
    moment = now or datetime.now(UTC)
    days = working_days(settings.holidays)
    contracts = catalogue(settings)
    with engine(settings, "loader").begin() as connection:
        found = list(expected(connection, contracts, days, moment))
        columns = {name: [getattr(one, name) for one in found] for name in Expected.__slots__}
        connection.execute(_FILL, columns)
        until = moment + AHEAD
        connection.execute(_NOTE, {"made_of": f"holidays until {days.last}", "until": until})
    return len(found)


def fill_if_old(settings: Settings) -> bool:
    """Fill it when that was done more than an hour ago; true when it was done now."""
    with engine(settings, "loader").connect() as connection:
        if connection.execute(_IS_FRESH, {"age": _OLD_AFTER}).scalar_one():
            return False
    fill(settings)
    return True


def expected(
    connection: Connection, contracts: Mapping[str, Contract], days: WorkingDays, now: datetime
) -> Iterator[Expected]:
    """Every delivery that is owed, up to the first of each that is due later than AHEAD."""
    taken_up = {row.feed: row.taken_up_at for row in connection.execute(_TAKEN_UP)}
    not_before = _day_of(now - _FARTHEST)
    starts = {row.feed: row for row in connection.execute(_STARTS, {"not_before": not_before})}
    for feed, contract in contracts.items():
        if contract.expect is None:
            continue
        since, start = taken_up.get(feed, taken_up[""]), starts.get(feed)
        first_receipt = min(since, (start and start.first_receipt) or since)
        first_day = min(_day_of(first_receipt), (start and start.first_day) or date.max)
        farthest = now - _BACK.get(Calendar(contract.expect.every), _FARTHEST)
        from_day = max(first_day, _day_of(farthest))
        owed = list(_owed(contract.expect, days, from_day, max(first_receipt, farthest), now))
        for sender in who_owes(connection, contract):
            yield from _of_sender(feed, sender, owed, since)


@dataclass(frozen=True, slots=True)
class _Owed:
    period: Period
    due_at: datetime
    missing_at: datetime
    counts_from: datetime
    counts_until: datetime


def _owed(
    expect: Expect, days: WorkingDays, first_day: date, first_receipt: datetime, now: datetime
) -> Iterator[_Owed]:
    """The periods of a feed with their moments: from that of a day on, and those before it that
    were not due yet when a delivery without a day was received."""
    due, calendar = Due.of(expect.due), Calendar(expect.every)
    grace = timedelta(days=expect.grace_days)
    before = _period_before(calendar, first_day)
    while due.moment(before, days) >= first_receipt:
        before = _period_before(calendar, before.first)
    counts_from = due.moment(before, days)
    periods = periods_from(calendar, before.last + timedelta(days=1))
    period = next(periods)
    while True:
        following = next(periods)
        due_at, next_due = due.moment(period, days), due.moment(following, days)
        yield _Owed(period, due_at, due_at + grace, counts_from, next_due)
        if due_at > now + AHEAD:
            return
        counts_from, period = due_at, following


def _of_sender(
    feed: str, sender: Owes, owed: list[_Owed], taken_up: datetime
) -> Iterator[Expected]:
    since = max(taken_up, sender.noted_at or taken_up)
    for one in owed:
        if not sender.owes_for(one.period.last):
            continue
        yield Expected(
            feed,
            sender.sender_id,
            one.period.calendar.value,
            one.period.name,
            one.period.first,
            one.period.last,
            one.due_at,
            one.missing_at,
            one.counts_from,
            one.counts_until,
            sender.matched_by,
            one.due_at > since,
        )


def _day_of(moment: datetime) -> date:
    return moment.astimezone(LOCAL_TIME).date()


def _period_before(calendar: Calendar, day: date) -> Period:
    """The last period that ends before the one of `day`."""
    first = next(periods_from(calendar, day)).first
    day = first - timedelta(days=1)
    while (found := period_of(calendar, day)) is None:
        day -= timedelta(days=1)
    return found
