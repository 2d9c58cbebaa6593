-- One row per check-in (XML0) as delivered once, named and typed.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.sender_id as facility_id,
    versions.refers_to_key as encounter_key,
    sent.file_id,
    sent.position,
    ---------- codes and text: what may tell of a closed class
    {{ coded('sent.ma_doituong_kcb', 'eligibility') }} as eligibility_code,
    {{ text_code('sent.ten_thuoc') }} as drug_name,
    {{ text_code('sent.ten_dich_vu') }} as service_name,
    ---------- dates and instants
    raw.parse_date(sent.ngay_vao) as arrival_date,
    -- a day alone is no instant: nobody waits since midnight
    case when length(sent.ngay_vao) > 8 then {{ instant('sent.ngay_vao') }} end as checked_in_at
from {{ source('raw', 'check_ins') }} as sent
inner join {{ source('ops', 'document_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.feed = 'check_ins' and versions.verdict = 'accepted'
