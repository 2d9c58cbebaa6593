-- One row per facility and month that its report on activity (form 9) counts, and audience. The
-- report counts what claims count, closed dossiers included: less the open claims it tells of
-- closed ones. So the open row is without what claims count too: visits, admissions, bed days,
-- discharges, deaths and transfers.
{{ config(materialized='rewritten_with_feeds') }}
{{ after_changed_feeds() }}

with lists as (
    select
        lists.*,
        {{ calendar_date(month_start('left(lists.month, 4)', 'right(lists.month, 2)')) }}
            as month_start_date
    from {{ ref('stg_lists__hospital_activity_month') }} as lists
),

-- two senders may report the same month: whose report came later is believed
reports as (
    select distinct on (facility_code, month_start_date) *
    from lists
    order by facility_code asc, month_start_date asc, received_at desc, document_key asc
)

select
    {{ surrogate_key(['reports.facility_code']) }} as facility_key,
    reports.month_start_date,
    audiences.audience,
    reports.facility_code as facility_id,
    reports.beds_planned,
    reports.beds_actual,
    reports.beds_on_request,
    case when audiences.audience <> 'open' then reports.visits_total end as visits_total,
    case when audiences.audience <> 'open' then reports.visits_insured end as visits_insured,
    case when audiences.audience <> 'open' then reports.visits_self_pay end as visits_self_pay,
    case when audiences.audience <> 'open' then reports.visits_free end as visits_free,
    reports.visits_under6,
    reports.visits_60plus,
    reports.visits_emergency,
    case
        when audiences.audience <> 'open' then reports.transfers_out_exam
    end as transfers_out_exam,
    reports.outpatient_treatments,
    reports.inpatients_start,
    case when audiences.audience <> 'open' then reports.admissions end as admissions,
    case
        when audiences.audience <> 'open' then reports.inpatients_insured
    end as inpatients_insured,
    case
        when audiences.audience <> 'open' then reports.inpatients_self_pay
    end as inpatients_self_pay,
    reports.inpatients_trad,
    case when audiences.audience <> 'open' then reports.bed_days end as bed_days,
    case when audiences.audience <> 'open' then reports.discharges end as discharges,
    reports.result_cured,
    reports.result_better,
    reports.result_same_worse,
    case
        when audiences.audience <> 'open' then reports.transfers_out_inpatient
    end as transfers_out_inpatient,
    reports.transfers_in,
    case when audiences.audience <> 'open' then reports.deaths_inpatient end as deaths_inpatient,
    case when audiences.audience <> 'open' then reports.deaths_24h end as deaths_24h,
    reports.dying_taken_home,
    reports.deaths_before_arrival,
    reports.surgeries,
    reports.procedures,  -- noqa: RF04
    reports.births,
    reports.lab_tests,
    reports.imaging,
    reports.tele_sessions
from reports
cross join {{ audiences() }}
