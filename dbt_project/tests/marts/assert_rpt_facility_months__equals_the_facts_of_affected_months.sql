-- Guards rpt_facility_months, which assumes that exactly the rows of the affected months are
-- replaced. Were a month's row kept or doubled, the report would differ from its encounters; a
-- month without encounters has no row. Affected months only: the cost follows the change. Open
-- audience only; rule M05 recounts the closed ones.
with months as (
    select * from {{ affected_keys(ref('rpt_facility_months')) }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
    where audience = 'open'
),

reported as (
    select
        months.facility_key,
        months.month_start_date,
        coalesce(sum(report.encounter_count), 0) as encounter_count,
        coalesce(sum(report.billed_amount_vnd), 0) as billed_amount_vnd,
        coalesce(sum(report.fund_amount_vnd), 0) as fund_amount_vnd
    from months
    left join {{ ref('rpt_facility_months') }} as report
        on
            months.facility_key = report.facility_key
            and months.month_start_date = report.month_start_date
            and report.audience = 'open'
    group by 1, 2
),

counted as (
    select
        months.facility_key,
        months.month_start_date,
        count(encounters.facility_key) as encounter_count,
        coalesce(sum(encounters.billed_amount_vnd), 0) as billed_amount_vnd,
        coalesce(sum(encounters.fund_amount_vnd), 0) as fund_amount_vnd
    from months
    left join encounters
        on
            months.facility_key = encounters.facility_key
            and months.month_start_date = encounters.month_start_date
    group by 1, 2
)

select * from (
    select * from reported
    except
    select * from counted
) as differences
