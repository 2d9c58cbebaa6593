-- One row per commune that ended and commune that it, or a part of it, became on that day.
select
    old_commune_code,
    new_commune_code,
    is_whole,
    is_main,
    valid_from
from {{ source('ref', 'commune_successors') }}
