-- What is aimed at for 2030, and who says so?
select
    indicator_code,
    scope,
    target_value,
    source
from marts.dim_indicator_targets
where kind = 'target' and target_year = 2030
order by indicator_code, scope, target_number
