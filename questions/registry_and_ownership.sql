-- Which facilities are there by kind, public and private, with how many beds, and how many of them send claims?
select
    facilities.facility_kind_code,
    kinds.title_vi as kind_vi,
    kinds.title_en as kind_en,
    count(*) as facilities,
    count(*) filter (
        where facilities.ownership_code in ('private', 'private_foreign')
    ) as private_facilities,
    count(facilities.parent_facility_key) as below_another,
    count(*) filter (where facilities.is_silent) as silent,
    coalesce(sum(facilities.beds_planned), 0)::bigint as beds_planned,
    coalesce(sum(facilities.beds_actual), 0)::bigint as beds_actual
from marts.dim_facilities as facilities
left join marts.dim_code_lists as kinds
    on
        kinds.code_list = 'facility_type'
        and facilities.facility_kind_code = kinds.code
        and kinds.is_latest
where facilities.is_listed and facilities.status_code = 'active'
group by 1, 2, 3
order by 1
