-- One row per row of a list of staff, as sent: the department that it names. Rows that count no
-- more are there too: what they named may be gone.
select
    file_id,
    position,
    {{ canonical_code('facility_code') }} as facility_id,
    {{ canonical_code('department_code') }} as department_code
from {{ source('raw', 'workforce') }}
