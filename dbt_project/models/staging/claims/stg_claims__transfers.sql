-- One row per referral slip (XML13) of an accepted dossier version, named and typed. QĐ 3176
-- renamed MA_NOI_DI and MA_NOI_DEN of QĐ 4750; senders use either spelling.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    coalesce(
        {{ coded(canonical_code('sent.ma_cskcb_di'), 'facilities') }},
        {{ coded(canonical_code('sent.ma_noi_di'), 'facilities') }}
    ) as earlier_facility_ids,
    coalesce(
        {{ coded(canonical_code('sent.ma_cskcb_den'), 'facilities') }},
        {{ coded(canonical_code('sent.ma_noi_den'), 'facilities') }}
    ) as sent_to_facility_id,
    {{ number_code('sent.ma_loai_rv') }} as discharge_type_code,
    {{ number_code('sent.ma_lydo_ct') }} as transfer_reason_code
from {{ source('raw', 'claims_xml13') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
