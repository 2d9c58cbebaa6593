-- One row per calendar and period that lies whole in the years of indicators; the same for every
-- audience.
with months as (
    select
        generate_series(
            date_trunc('month', timestamp '{{ var("first_indicator_date") }}'),
            date '{{ var("last_indicator_date") }}',
            interval '1 month'
        )::date as first_day
),

weeks as (
    select
        generate_series(
            date_trunc('week', timestamp '{{ var("first_indicator_date") }}'),
            timestamp '{{ var("last_indicator_date") }}',
            interval '1 week'
        )::date as first_day
),

begun as (
    select
        'week_iso' as calendar_code,
        first_day as period_start_date,
        first_day + 6 as period_end_date,
        to_char(first_day, 'IYYY-"W"IW') as period_name
    from weeks
    union all
    select
        'month_cal' as calendar_code,
        first_day as period_start_date,
        (first_day + interval '1 month')::date - 1 as period_end_date,
        to_char(first_day, 'YYYY-MM') as period_name
    from months
    union all
    select
        'quarter_cal' as calendar_code,
        first_day as period_start_date,
        (first_day + interval '3 months')::date - 1 as period_end_date,
        to_char(first_day, 'YYYY-"Q"Q') as period_name
    from months
    where extract(month from first_day) in (1, 4, 7, 10)
    union all
    select
        'half_cal' as calendar_code,
        first_day as period_start_date,
        (first_day + interval '6 months')::date - 1 as period_end_date,
        case
            when extract(month from first_day) = 1 then to_char(first_day, 'YYYY-"H1"')
            else to_char(first_day, 'YYYY-"H2"')
        end as period_name
    from months
    where extract(month from first_day) in (1, 7)
    union all
    select
        'nine_month' as calendar_code,
        first_day as period_start_date,
        (first_day + interval '9 months')::date - 1 as period_end_date,
        to_char(first_day, 'YYYY-"9M"') as period_name
    from months
    where extract(month from first_day) = 1
    union all
    select
        'year_cal' as calendar_code,
        first_day as period_start_date,
        (first_day + interval '1 year')::date - 1 as period_end_date,
        to_char(first_day, 'YYYY') as period_name
    from months
    where extract(month from first_day) = 1
    union all
    -- administrative ones: 15 December to 14 June, 15 June to 14 December (ND 09/2019 art. 12)
    select
        'half_admin' as calendar_code,
        first_day + 14 as period_start_date,
        (first_day + interval '6 months')::date + 13 as period_end_date,
        case
            when extract(month from first_day) = 12 then to_char(first_day + 31, 'YYYY-"HC1"')
            else to_char(first_day, 'YYYY-"HC2"')
        end as period_name
    from months
    where extract(month from first_day) in (6, 12)
    union all
    select
        'year_admin' as calendar_code,
        first_day + 14 as period_start_date,
        (first_day + interval '1 year')::date + 13 as period_end_date,
        to_char(first_day + 31, 'YYYY-"HC"') as period_name
    from months
    where extract(month from first_day) = 12
)

select
    begun.calendar_code,
    begun.period_start_date,
    audiences.audience,
    begun.period_end_date,
    begun.period_name,
    begun.period_end_date - begun.period_start_date + 1 as day_count,
    extract(year from begun.period_end_date)::integer as year_number,
    begun.period_start_date
    + (begun.period_end_date - begun.period_start_date + 1) / 2 as middle_date
from begun
cross join {{ audiences() }}
where
    begun.period_start_date >= date '{{ var("first_indicator_date") }}'
    and begun.period_end_date <= date '{{ var("last_indicator_date") }}'
