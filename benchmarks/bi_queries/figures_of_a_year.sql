-- KPI cards of the front page: encounters, persons, deaths, money and average stay of a year. The
-- monthly report has them, but for persons, who come in more than one month. The average stay is by
-- the treatment days that are declared; the days of beds are those that were charged.
select
    sum(report.encounter_count) as encounter_count,
    (
        select count(distinct encounters.person_key)
        from marts.fct_encounters as encounters
        where
            encounters.discharge_date >= date '2025-01-01'
            and encounters.discharge_date < date '2026-01-01'
    ) as person_count,
    sum(report.inpatient_count) as inpatient_count,
    sum(report.death_count) as death_count,
    sum(report.billed_amount_vnd) as billed_amount_vnd,
    sum(report.fund_amount_vnd) as fund_amount_vnd,
    sum(report.inpatient_billed_bed_days) as bed_days,
    sum(report.inpatient_treatment_days) / nullif(sum(report.inpatient_count), 0) as stay_days
from marts.rpt_facility_months as report
where
    report.month_start_date >= date '2025-01-01'
    and report.month_start_date < date '2026-01-01'
