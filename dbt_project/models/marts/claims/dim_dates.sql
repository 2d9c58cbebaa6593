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
),

special_days as (
    select * from {{ ref('stg_reference__special_days') }}
),

-- of other years nobody has said yet which days are off
years as (
    select distinct extract(year from date_key) as year_number from special_days
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
    date_trunc('month', days.date_key::timestamp)::date as month_start_date,
    case
        when days.is_known and years.year_number is not null
            then coalesce(not special_days.is_off, extract(isodow from days.date_key) < 6)
    end as is_working_day,
    case when special_days.is_off then special_days.day_name_vi end as holiday_name_vi,
    case when special_days.is_off then special_days.day_name_en end as holiday_name_en,
    case when days.is_known then date_trunc('week', days.date_key::timestamp)::date end
        as week_start_date,
    case when days.is_known then date_trunc('quarter', days.date_key::timestamp)::date end
        as quarter_start_date,
    case
        when days.is_known
            then make_date(
                extract(year from days.date_key)::integer,
                case when extract(month from days.date_key) < 7 then 1 else 7 end,
                1
            )
    end as half_cal_start_date,
    -- October to December are in no nine months
    case
        when days.is_known and extract(month from days.date_key) < 10
            then date_trunc('year', days.date_key::timestamp)::date
    end as nine_month_start_date,
    case when days.is_known then date_trunc('year', days.date_key::timestamp)::date end
        as year_start_date,
    -- from 15 December of the year before to 14 June, and from 15 June to 14 December
    case
        when not days.is_known then null
        when to_char(days.date_key, 'MMDD') >= '1215'
            then make_date(extract(year from days.date_key)::integer, 12, 15)
        when to_char(days.date_key, 'MMDD') >= '0615'
            then make_date(extract(year from days.date_key)::integer, 6, 15)
        else make_date(extract(year from days.date_key)::integer - 1, 12, 15)
    end as half_admin_start_date,
    case
        when days.is_known
            then make_date(
                extract(year from days.date_key)::integer
                - case when to_char(days.date_key, 'MMDD') >= '1215' then 0 else 1 end,
                12,
                15
            )
    end as year_admin_start_date
from days
cross join {{ audiences() }}
left join special_days on days.date_key = special_days.date_key
left join years on extract(year from days.date_key) = years.year_number
