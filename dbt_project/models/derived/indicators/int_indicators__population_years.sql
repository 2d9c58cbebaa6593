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
            provinces.current_province_key as province_key,
            extract(year from people.ref_date)::integer as year_number,
            people.source_code
        from {{ ref('stg_lists__population') }} as people
        inner join {{ ref('dim_communes') }} as communes
            on
                people.commune_code = communes.commune_code
                and communes.audience = 'open'
                and people.ref_date >= communes.valid_from
                and (people.ref_date < communes.valid_to or communes.valid_to is null)
        inner join {{ ref('dim_provinces') }} as provinces
            on
                communes.province_key = provinces.province_key
                and provinces.audience = 'open'
    ) as listed
    order by
        listed.province_key,
        listed.year_number,
        array_position(
            array[
                'stat_midyear', 'census', 'stat_apr1', 'population_office', 'police_register',
                'commune_report'
            ],
            lower(listed.source_code)
        ),
        listed.source_code
) as ranked
