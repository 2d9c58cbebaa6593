-- One row per day of the calendar, and one for the unknown day; the same for every audience.
with days as (
    -- for dates that are missing, unreadable or outside the calendar
    select
        date '{{ var("unknown_date") }}' as date_key,
        false as is_known
    union all
    select
        generate_series(
            date '{{ var("first_date") }}', date '{{ var("last_date") }}', interval '1 day'
        )::date as date_key,
        true as is_known
)

select
    days.date_key,
    audiences.audience,
    case when days.is_known then extract(year from days.date_key)::integer end as year_number,
    case when days.is_known then extract(quarter from days.date_key)::integer end as quarter_number,
    case when days.is_known then extract(month from days.date_key)::integer end as month_number,
    case when days.is_known then extract(day from days.date_key)::integer end as day_number,
    case when days.is_known then extract(isoyear from days.date_key)::integer end
        as iso_year_number,
    case when days.is_known then extract(week from days.date_key)::integer end as iso_week_number,
    case when days.is_known then extract(isodow from days.date_key)::integer end
        as iso_weekday_number,
    case when days.is_known then extract(isodow from days.date_key) in (6, 7) end as is_weekend,
    days.is_known,
    date_trunc('month', days.date_key::timestamp)::date as month_start_date
from days
cross join {{ audiences() }}
