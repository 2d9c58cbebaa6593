-- How does care end (MA_LOAI_RV), in words?
select
    codes.title_vi,
    codes.title_en,
    count(*) as encounter_count
from marts.fct_encounters as encounters
inner join marts.dim_code_lists as codes
    on encounters.discharge_type_code = codes.code
where codes.code_list = 'MA_LOAI_RV' and codes.is_latest
group by codes.title_vi, codes.title_en
order by encounter_count desc, codes.title_en
