-- One row per commune, sex, age band, source, release and day that a list of the population counts.
{{ config(materialized='rewritten_with_feeds') }}
{{ after_changed_feeds() }}

with lists as (
    select
        lists.*,
        lower(lists.source_code) as listed_source_code,
        coalesce(lists.vintage, '{{ var("unknown_code") }}') as release_name,
        {{ calendar_date('lists.ref_date') }} as known_date
    from {{ ref('stg_lists__population') }} as lists
),

communes as (
    select * from {{ ref('dim_communes') }}
    where audience = 'open'
),

-- two senders may count the same people: whose list came later is believed
counted as (
    select distinct on (commune_code, sex, age_band, listed_source_code, release_name, known_date) *
    from lists
    order by
        commune_code asc,
        sex asc,
        age_band asc,
        listed_source_code asc,
        release_name asc,
        known_date asc,
        received_at desc,
        document_key asc
)

select
    coalesce(communes.commune_key, {{ unknown_reference_key() }}) as commune_key,
    counted.commune_code,
    counted.sex as sex_code,
    counted.age_band,
    counted.listed_source_code as source_code,
    counted.release_name as vintage,
    counted.known_date as ref_date,
    counted.population,
    counted.live_births,
    lower(counted.ref_kind) as ref_kind,
    counted.is_estimate,
    rank() over (
        partition by counted.commune_code, counted.listed_source_code
        order by counted.known_date desc, counted.release_name desc
    ) = 1 as is_latest,
    'open' as audience
from counted
left join communes
    on
        counted.commune_code = communes.commune_code
        and {{ holds_on('communes', 'counted.known_date') }}
