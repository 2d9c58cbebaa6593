-- Whether a dossier has a citizen id of 12 digits, without the number: those known by their card have one, too.
create or replace view raw.identities as
select
    headers.file_id,
    headers.position,
    substring(last_cards.card from '^[A-Z]{2}[1-5]') as card_prefix,
    case
        when last_cards.card is not null then 'insurance_number'
        when upper(btrim(headers.so_cccd, e' \t\r\n')) ~ '^([0-9]{12}|[0-9]{9}|[A-Z][0-9]{7})$' then 'citizen_id'
        when btrim(headers.ma_bn, e' \t\r\n') <> '' then 'facility_number'
        else 'dossier'
    end as identified_by,
    coalesce(upper(btrim(headers.so_cccd, e' \t\r\n')) ~ '^[0-9]{12}$', false) as has_citizen_id
from raw.claims_xml1 as headers
left join lateral (
    select btrim(listed.card, e' \t\r\n') as card
    from unnest(string_to_array(upper(headers.ma_the_bhyt), ';')) with ordinality as listed (card, place)
    where btrim(listed.card, e' \t\r\n') ~ '^([A-Z]{2}[1-5][0-9]{12}|[0-9]{10})$'
    order by listed.place desc
    limit 1
) as last_cards on true;
comment on view raw.identities is
'One row per dossier version with a header: the group and level of benefit on the card (DN4), what the person is '
'known by: insurance_number, citizen_id, facility_number, dossier, and whether it has a citizen id. No number.';
