-- Of which diseases do people die, by age?
select
    chapter_code,
    age_group,
    sum(encounter_count) as encounter_count,
    sum(death_count) as death_count,
    sum(death_count)::numeric / sum(encounter_count) as death_share
from marts.rpt_morbidity_months
group by chapter_code, age_group
having sum(encounter_count) > 0
order by death_share desc, chapter_code, age_group
limit 10
