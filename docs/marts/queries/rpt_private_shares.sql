-- How large is the private part of beds and visits, and how many of the private facilities reported?
select
    month_start_date,
    sum(private_bed_count)::numeric / nullif(sum(bed_count), 0) as private_bed_share,
    sum(private_visit_count)::numeric / nullif(sum(visit_count), 0) as private_visit_share,
    sum(private_reporting_count)::numeric / nullif(sum(private_facility_count), 0)
        as private_reporting_rate
from marts.rpt_private_shares
group by month_start_date
order by month_start_date
