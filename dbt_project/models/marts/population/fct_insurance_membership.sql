-- One row per commune, card group, age band, sex and day that a list of insured persons counts.
{{ config(materialized='rewritten_with_feeds') }}
{{ after_changed_feeds() }}

with lists as (
    select
        lists.*,
        {{ calendar_date('lists.as_of_date') }} as known_date
    from {{ ref('stg_lists__insurance_membership') }} as lists
),

communes as (
    select * from {{ ref('dim_communes') }}
    where audience = 'open'
),

-- two senders may count the same people: whose list came later is believed
counted as (
    select distinct on (commune_code, known_date, group_code, age_band, sex) *
    from lists
    order by
        commune_code asc,
        known_date asc,
        group_code asc,
        age_band asc,
        sex asc,
        received_at desc,
        document_key asc
)

select
    coalesce(communes.commune_key, {{ unknown_reference_key() }}) as commune_key,
    counted.commune_code,
    counted.known_date as as_of_date,
    counted.group_code as card_group,
    counted.age_band,
    counted.sex as sex_code,
    counted.members,
    counted.registered_here,
    lower(counted.residence_basis) as residence_basis,
    lower(counted.counted) as counted,
    rank() over (
        partition by counted.commune_code
        order by counted.known_date desc
    ) = 1 as is_latest,
    'open' as audience
from counted
left join communes
    on
        counted.commune_code = communes.commune_code
        and {{ holds_on('communes', 'counted.known_date') }}
