-- One row per commune of before 2025-07-01 and commune that it, or a part of it, became then.
select
    old_commune_code,
    new_commune_code,
    is_whole
from {{ source('ref', 'commune_successors') }}
