-- How do treatments of tuberculosis end? A treatment is a person and the day on which it began.
select
    outcome_code,
    count(distinct (person_key, started_date)) as treatment_count
from marts.fct_tb_treatments
group by outcome_code
order by outcome_code
