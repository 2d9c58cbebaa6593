-- How does treatment end, by the summary of the record?
select
    outcome_code,
    count(*) as summary_count,
    count(distinct person_key) as person_count
from marts.fct_record_summaries
group by outcome_code
order by outcome_code
