-- One row per grouping of ages and group of it; the same for every audience.
select
    age_groups.grouping_name,
    age_groups.age_group,
    audiences.audience,
    age_groups.from_age_years,
    age_groups.to_age_years,
    age_groups.age_group_name_vi,
    age_groups.age_group_name_en,
    age_groups.from_age_years is not null as is_known
from {{ ref('ref_age_groups') }} as age_groups
cross join {{ audiences() }}
