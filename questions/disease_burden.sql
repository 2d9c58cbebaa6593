-- What do people of each age and sex come for, by chapter of ICD-10?
select
    months.chapter_code,
    titles.title_vi as chapter_vi,
    titles.title_en as chapter_en,
    months.age_group,
    months.sex_code,
    sum(months.encounter_count)::bigint as encounters,
    sum(months.death_count)::bigint as deaths,
    sum(months.billed_amount_vnd) as billed_vnd
from marts.rpt_morbidity_months as months
left join marts.dim_code_lists as titles
    on
        titles.code_list = 'ICD10_CHAPTER'
        and months.chapter_code = titles.code
        and titles.is_latest
group by 1, 2, 3, 4, 5
order by 1, 4, 5
