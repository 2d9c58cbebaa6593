-- Which facilities are full? Days in beds by claims over days of actual beds, by quarter.
select
    date_trunc('quarter', month_start_date::timestamp)::date as quarter_start_date,
    facility_id,
    sum(claimed_inpatient_days)::numeric / nullif(sum(actual_capacity_days), 0) as occupancy
from marts.rpt_bed_months
where actual_capacity_days > 0
group by quarter_start_date, facility_id
order by quarter_start_date, occupancy desc, facility_id
