-- Vietnamese names come from a file that the department names (WAREHOUSE_DIAGNOSIS_NAMES_FILE).
alter table ref.icd10_codes add column title_vi text;
comment on column ref.icd10_codes.title_vi is
'Its name in Vietnamese, from the file that the setting WAREHOUSE_DIAGNOSIS_NAMES_FILE names; null: not in it.';

-- Columns are taken away from published marts, and most rows of facts get further keys: `warehouse
-- upgrade` makes the marts anew, without shadows. Where nothing is published there is nothing to do.
insert into ops.upgrades (name)
select 'figures that add up'
where exists (select from ops.releases);

-- Further fields reach the marts, in the form of their codes.
create or replace function raw.coded(value text, form text) returns text
language sql immutable parallel safe
return case
    when case form
        when 'item' then
            value ~ '^\s*[0-9A-Za-z][0-9A-Za-z._/+;:*()%%&#-]*\s*$'
            and value ~ '[0-9]' and value !~ '[0-9]{9}|[A-Za-z]{6}|^\s*0[0-9]{2,3}[.-][0-9]{3}[.-][0-9]{3,4}\s*$'
        when 'indicator' then -- laboratories name theirs by letters, too: WBC, HDL-C
            value ~ '^\s*[A-Z]{1,5}([/-][A-Z]{1,5})?\s*$'
            or (
                value ~ '^\s*[0-9A-Za-z][0-9A-Za-z._/+;:*()%%&#-]*\s*$'
                and value ~ '[0-9]'
                and value !~ '[0-9]{9}|[A-Za-z]{6}|^\s*0[0-9]{2,3}[.-][0-9]{3}[.-][0-9]{3,4}\s*$'
            )
        when 'registration' then
            value ~ '^\s*[0-9A-Za-zĐđ][0-9A-Za-zĐđ._/+;,:()-]*\s*$'
            and value ~ '[0-9]' and value !~ '[A-Za-zĐđ]{7}'
            -- since 2022 they have 12 digits, the first of which is no 0: those of persons begin with one
            and value !~ '(^|[^0-9])(0[0-9]{8}|[1-9][0-9]{8,10}([^0-9]|$)|[1-9][0-9]{12})'
        when 'departments' then
            value ~ '^\s*[A-Za-z][0-9]{1,5}([.][0-9]{1,4})*(\s*;\s*[A-Za-z][0-9]{1,5}([.][0-9]{1,4})*)*[\s;]*$'
        when 'facilities' then value ~ '^\s*[0-9]{2}[0-9A-Za-z]{3}(\s*;\s*[0-9]{2}[0-9A-Za-z]{3})*[\s;]*$'
        when 'place' then value ~ '^\s*[0-9]{2,5}\s*$'
        when 'line' then value ~ '^\s*[0-9]{1,6}\s*$'
        when 'care' then value ~ '^\s*[0-9]{1,2}\s*$'
        when 'eligibility' then value ~ '^\s*[0-9]{1,2}([.][0-9]{1,2})?\s*$'
        when 'choices' then value ~ '^\s*[0-9]{1,2}(\s*;\s*[0-9]{1,2})*[\s;]*$'
        when 'procedures' then
            value ~ '^\s*[0-9]{2}([.]?[0-9]{1,2})?(\s*;\s*[0-9]{2}([.]?[0-9]{1,2})?)*[\s;]*$'
        when 'area' then value ~ '^\s*[Kk][1-3]\s*$'
        when 'regimen' then
            value ~ '^\s*[0-9A-Za-z]{1,6}([+/;.,-][0-9A-Za-z]{1,6}){0,9}\s*$'
            and value ~ '[0-9+/]|^\s*KHAC\s*$' and value !~ '[0-9]{9}'
        end
        then btrim(value, e' \t\r\n')
end;
comment on function raw.coded(text, text) is
'The code without blanks around it; null when it does not have the form: what may be the name of a person, '
'or his number (9 digits and more), is no code. Forms: item (drug, service, device), indicator, registration, '
'departments and facilities (lists with ;), place, line, care, eligibility, choices, procedures (ICD-9-CM), area, regimen.';

-- What readers may know of the card and of who the person is known by, for whoever may not see the numbers. The
-- card is the last valid one, as the person key takes it (privacy/person_key.py).
create view raw.identities as
select
    headers.file_id,
    headers.position,
    substring(last_cards.card from '^[A-Z]{2}[1-5]') as card_prefix,
    case
        when last_cards.card is not null then 'insurance_number'
        when upper(btrim(headers.so_cccd, e' \t\r\n')) ~ '^([0-9]{12}|[0-9]{9}|[A-Z][0-9]{7})$' then 'citizen_id'
        when btrim(headers.ma_bn, e' \t\r\n') <> '' then 'facility_number'
        else 'dossier'
    end as identified_by
from raw.claims_xml1 as headers
left join lateral (
    select btrim(listed.card, e' \t\r\n') as card
    from unnest(string_to_array(upper(headers.ma_the_bhyt), ';')) with ordinality as listed (card, place)
    where btrim(listed.card, e' \t\r\n') ~ '^([A-Z]{2}[1-5][0-9]{12}|[0-9]{10})$'
    order by listed.place desc
    limit 1
) as last_cards on true;
comment on view raw.identities is
'One row per dossier version with a header: the group and level of benefit on the card (DN4), and what the person is '
'known by: insurance_number, citizen_id, facility_number, dossier. No number.';
