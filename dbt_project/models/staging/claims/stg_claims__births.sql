-- One row per birth certificate (XML9), one per child, of an accepted dossier version, named and
-- typed. Names, numbers and places of mother, father and child stay in raw and the vault.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    ---------- codes and text
    {{ number_code('sent.gioi_tinh_con') }} as sex_code,
    {{ coded('sent.matinh_cu_tru', 'place') }} as residence_province_code,
    {{ coded('sent.maxa_cu_tru', 'place') }} as residence_commune_code,
    ---------- numbers
    {{ small_number('sent.so_con') }}::integer as children_born,
    {{ small_number('sent.lan_sinh') }}::integer as parity,
    {{ small_number('sent.so_con_song') }}::integer as children_living,
    {{ birth_weight('sent.can_nang_con') }} as birth_weight_grams,
    ---------- flags
    {{ flag('sent.sinhcon_phauthuat') }} as is_caesarean,
    {{ flag('sent.sinhcon_duoi32tuan') }} as is_under_32_weeks,
    ---------- dates and instants
    raw.parse_date(sent.ngay_sinh_con) as born_date,
    {{ instant('sent.ngay_sinh_con') }} as born_at
from {{ source('raw', 'claims_xml9') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
