-- What do claims say of the months of which facilities sent a report? (Logins of reports see the gap.)
select
    facility_id,
    figure_code,
    sum(claims_count) as claims_count,
    count(*) as month_count
from marts.rpt_concordance_months
group by facility_id, figure_code
order by facility_id, figure_code
