-- One row per province of today and year of which people were counted: the source that counts, and
-- from when to when its figures hold.
-- No WITH in a view: Postgres would not flatten it.
select
    ranked.province_key,
    ranked.year_number,
    ranked.source_code,
    make_date(ranked.year_number, 1, 1) as holds_from,
    least(
        lead(make_date(ranked.year_number, 1, 1)) over (
            partition by ranked.province_key
            order by ranked.year_number
        ),
        make_date(ranked.year_number + 3, 1, 1)
    ) as holds_to
from (
    select distinct on (listed.province_key, listed.year_number)
        listed.province_key,
        listed.year_number,
        listed.source_code
    from (
        select
            {{ province_of('communes') }} as province_key,
            extract(year from people.ref_date)::integer as year_number,
            people.source_code
        from {{ ref('stg_lists__population') }} as people
        inner join {{ ref('dim_communes') }} as communes
            on
                people.commune_code = communes.commune_code
                and communes.audience = 'open'
                and communes.valid_from <= people.ref_date
                and (communes.valid_to is null or communes.valid_to > people.ref_date)
    ) as listed
    order by
        listed.province_key,
        listed.year_number,
        array_position(
            array[
                'stat_midyear', 'census', 'stat_apr1', 'population_office', 'police_register',
                'commune_report'
            ],
            listed.source_code
        ),
        listed.source_code
) as ranked
