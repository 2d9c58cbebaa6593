-- How many discharge papers of each facility give leave, and for how long?
select
    facilities.facility_id,
    count(*) as paper_count,
    count(*) filter (where papers.leave_days > 0) as with_leave_count,
    avg(papers.leave_days) filter (where papers.leave_days > 0) as mean_leave_days
from marts.fct_discharge_papers as papers
inner join marts.dim_facilities as facilities on papers.facility_key = facilities.facility_key
group by facilities.facility_id
order by facilities.facility_id
