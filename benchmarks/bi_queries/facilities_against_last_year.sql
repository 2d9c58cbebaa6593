-- Which facilities grew most in cost against the year before?
select
    facilities.facility_id,
    sum(report.billed_amount_vnd) filter (where dates.year_number = 2025) as this_year_vnd,
    sum(report.billed_amount_vnd) filter (where dates.year_number = 2024) as last_year_vnd,
    sum(report.billed_amount_vnd * (2 * (dates.year_number - 2024) - 1)) as growth_vnd
from marts.rpt_facility_months as report
inner join marts.dim_facilities as facilities on report.facility_key = facilities.facility_key
inner join marts.dim_dates as dates on report.month_start_date = dates.date_key
where dates.year_number in (2024, 2025)
group by facilities.facility_id
order by growth_vnd desc, facilities.facility_id
