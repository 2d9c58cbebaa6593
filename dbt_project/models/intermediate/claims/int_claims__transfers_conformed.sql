-- One row per accepted dossier version that ended in a transfer: discharged as transferred, for a
-- professional reason (MA_LOAI_RV 2) or on request (5), with a referral slip (XML13), or both.
-- Where the two differ, the slip knows the facility and the header knows how care ended.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    encounters.file_id,
    encounters.position,
    encounters.facility_key,
    encounters.month_start_date,
    slips.earlier_facility_ids,
    slips.transfer_reason_code,
    slips.file_id is not null as has_referral_slip,
    coalesce(slips.sent_to_facility_id, encounters.referred_to_facility_id) as sent_to_facility_id,
    coalesce(encounters.discharge_type_code, slips.discharge_type_code) as discharge_type_code
from {{ ref('int_claims__encounters_conformed') }} as encounters
left join {{ ref('stg_claims__transfers') }} as slips
    on
        encounters.file_id = slips.file_id
        and encounters.position = slips.position
        -- a dossier has one slip; should a sender repeat it, the first one counts
        and slips.line_number = 1
where slips.file_id is not null or encounters.discharge_type_code in ('2', '5')
