-- One row per dossier version with a header: what may be known of the card, by what the person is
-- known, and whether a citizen id is there.
select
    file_id,
    position,
    card_prefix,
    identified_by,
    has_citizen_id
from {{ source('raw', 'identities') }}
