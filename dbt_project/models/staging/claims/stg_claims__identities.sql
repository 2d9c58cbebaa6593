-- One row per dossier version with a header: what may be known of the card, and by what the person
-- is known.
select
    file_id,
    position,
    card_prefix,
    identified_by
from {{ source('raw', 'identities') }}
