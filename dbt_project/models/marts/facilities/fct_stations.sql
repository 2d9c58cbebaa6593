-- One row per commune station or station point and day that a list of stations speaks of.
{{ config(materialized='rewritten_with_feeds') }}
{{ after_changed_feeds() }}

with lists as (
    select
        lists.*,
        {{ calendar_date('lists.as_of_date') }} as known_date
    from {{ ref('stg_lists__commune_station') }} as lists
),

communes as (
    select * from {{ ref('dim_communes') }}
    where audience = 'open'
),

-- a unit that two communes list is counted once: whose list came later is believed
units as (
    select distinct on (unit_code, known_date) *
    from lists
    order by unit_code asc, known_date asc, received_at desc, document_key asc
)

select
    {{ surrogate_key(['units.unit_code']) }} as facility_key,
    units.known_date as as_of_date,
    units.unit_code as facility_id,
    coalesce(communes.commune_key, {{ unknown_reference_key() }}) as commune_key,
    {{ surrogate_key([unit_code('units.parent_unit_code')]) }} as parent_facility_key,
    lower(units.unit_kind) as unit_kind_code,
    units.unit_name,
    lower(units.manager_kind) as manager_kind_code,
    units.population_served,
    units.doctors_own,
    units.doctors_rotated,
    units.doctors_total,
    units.has_doctor,
    units.midwives,
    units.nurses,
    units.pharmacists,
    units.other_staff,
    units.village_health_workers,
    units.stay_beds,
    units.does_vaccination,
    units.does_delivery,
    units.does_tele,
    units.has_internet,
    units.criteria_version,
    units.criteria_met,
    units.criteria_score::numeric(6, 2) as criteria_score,
    rank() over (
        partition by units.commune_code
        order by units.known_date desc
    ) = 1 as is_latest,
    'open' as audience
from units
left join communes
    on
        units.commune_code = communes.commune_code
        and {{ holds_on('communes', 'units.known_date') }}
