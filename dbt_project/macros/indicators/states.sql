{#- States that lists tell, at the ends of periods. Each macro is a select with the columns that
    plugins/health_warehouse/indicators/facts.py lists: facility_key, commune_key (the unknown one
    where the row is of a facility), atom_start_date, and what definitions name.

    A list holds from its day until the next one of its sender, at most `list_holds_days`; nothing is
    said of days that are not over when the build begins. -#}

{#- Ends of periods that are over. -#}
{% macro period_ends() -%}
    (
        select atoms.*
        from {{ ref('dim_atoms') }} as atoms
        cross join {{ ref('int_indicators__days') }} as days
        where
            atoms.audience = 'open'
            and atoms.is_period_end
            and atoms.atom_end_date < days.current_day
    )
{%- endmacro %}

{#- The rows of a feed, the ends of periods, and which lists hold at which of them, by sender. What a
    list says is read once: its view joins the ledger. `day` is the column with the day that the list
    speaks of: as_of of a snapshot; rows that are documents by themselves name it. -#}
{% macro lists_at_ends(model, sender, day='as_of') -%}
with listed as materialized (
    select * from {{ ref(model) }}
),

ends as materialized (
    select * from {{ period_ends() }} as over
),

list_days as materialized (
    select
        days.{{ sender }},
        days.as_of,
        lead(days.as_of) over (
            partition by days.{{ sender }}
            order by days.as_of
        ) as next_as_of
    from (select distinct {{ sender }}, {{ day }} as as_of from listed) as days
),

lists as materialized (
    select
        list_days.{{ sender }},
        list_days.as_of,
        ends.atom_start_date,
        ends.atom_end_date
    from list_days
    inner join ends
        on
            list_days.as_of <= ends.atom_end_date
            and (list_days.next_as_of is null or list_days.next_as_of > ends.atom_end_date)
            and list_days.as_of + {{ var("list_holds_days") }} > ends.atom_end_date
)
{%- endmacro %}

{#- A list tells of the commune that had the code on the day of the list. A merged commune counts until
    the commune that it is part of now sends a list. This macro holds the WHERE of the select: write
    nothing behind it. -#}
{% macro join_commune_of_list(rows) -%}
inner join {{ ref('dim_communes') }} as communes
    on
        {{ rows }}.commune_code = communes.commune_code
        and communes.audience = 'open'
        and lists.as_of >= communes.valid_from
        and (lists.as_of < communes.valid_to or communes.valid_to is null)
where
    communes.valid_to is null
    or communes.valid_to > lists.atom_end_date
    or not exists (
        select 1
        from lists as later
        inner join {{ ref('dim_communes') }} as heirs
            on
                later.commune_code = heirs.commune_code
                and heirs.audience = 'open'
                and later.as_of >= heirs.valid_from
                and (later.as_of < heirs.valid_to or heirs.valid_to is null)
        where
            lists.atom_start_date = later.atom_start_date
            and later.as_of >= communes.valid_to
            and communes.current_commune_key = heirs.current_commune_key
    )
{%- endmacro %}

{#- What a facility was on a day: columns of int_indicators__facility_periods. -#}
{% macro of_facility() -%}
    periods.facility_type,
    periods.ownership,
    periods.professional_level
{%- endmacro %}

{% macro join_facility(facility_key, day) -%}
left join {{ ref('int_indicators__facility_periods') }} as periods
    on
        {{ facility_key }} = periods.facility_key
        and periods.valid_from <= {{ day }}
        and (periods.valid_to is null or periods.valid_to > {{ day }})
{%- endmacro %}

{% macro staff_rows() -%}
{{ lists_at_ends('stg_lists__workforce', 'facility_code') }}

select
    employed.facility_key,
    {{ unknown_reference_key() }} as commune_key,
    employed.atom_start_date,
    employed.is_main_place,
    employed.is_main_place and row_number() over (
        partition by employed.atom_start_date, employed.person_key, employed.is_main_place
        order by employed.facility_key
    ) = 1 as is_first_main_place,
    employed.title_code,
    lower(employed.occupation) as occupation,
    lower(employed.degree) as degree,
    employed.scope is not null as has_scope,
    coalesce(
        employed.licence_date <= employed.atom_end_date
        and (
            employed.licence_valid_to is null
            or employed.licence_valid_to >= employed.atom_end_date
        ),
        false
    ) as is_licence_valid,
    lower(employed.employment_kind) as employment_kind,
    {{ of_facility() }}
from (
    -- who works in several departments of a facility is one person there
    select distinct on (lists.atom_start_date, staff.facility_code, staff.person_key)
        staff.*,
        {{ surrogate_key(['staff.facility_code']) }} as facility_key,
        lists.atom_start_date,
        lists.atom_end_date
    from lists
    inner join listed as staff
        on
            lists.facility_code = staff.facility_code
            and lists.as_of = staff.as_of
            and staff.valid_from <= lists.atom_end_date
            and (staff.valid_to is null or staff.valid_to >= lists.atom_end_date)
            and (staff.joined_on is null or staff.joined_on <= lists.atom_end_date)
            and (staff.left_on is null or staff.left_on >= lists.atom_end_date)
    order by
        lists.atom_start_date,
        staff.facility_code,
        staff.person_key,
        staff.is_main_place desc,
        staff.valid_from desc,
        staff.document_key
) as employed
{{ join_facility('employed.facility_key', 'employed.atom_end_date') }}
{%- endmacro %}

{#- Two senders may list the same posts: the list that came later counts. -#}
{% macro posts_rows() -%}
{{ lists_at_ends('stg_lists__posts', 'facility_code', 'as_of_date') }}

select
    {{ surrogate_key(['posts.facility_code']) }} as facility_key,
    {{ unknown_reference_key() }} as commune_key,
    posts.atom_start_date,
    posts.occupation,
    posts.approved_posts,
    posts.filled_posts,
    posts.contract_staff,
    posts.needed_by_norm,
    {{ of_facility() }}
from (
    select distinct on (lists.atom_start_date, said.facility_code, lower(said.occupation))
        lists.atom_start_date,
        lists.atom_end_date,
        said.facility_code,
        lower(said.occupation) as occupation,
        said.approved_posts,
        said.filled_posts,
        said.contract_staff,
        said.needed_by_norm
    from lists
    inner join listed as said
        on
            lists.facility_code = said.facility_code
            and lists.as_of = said.as_of_date
    order by
        lists.atom_start_date,
        said.facility_code,
        lower(said.occupation),
        said.received_at desc,
        said.document_key
) as posts
{{ join_facility(surrogate_key(['posts.facility_code']), 'posts.atom_end_date') }}
{%- endmacro %}

{#- Of a commune that is no more, its last list says nothing of the days after. -#}
{% macro stations_rows() -%}
{{ lists_at_ends('stg_lists__commune_station', 'commune_code') }}

select
    {{ surrogate_key(['stations.unit_code']) }} as facility_key,
    communes.commune_key,
    lists.atom_start_date,
    lower(stations.unit_kind) as unit_kind,
    stations.doctors_own,
    stations.doctors_rotated,
    stations.doctors_total,
    stations.midwives,
    stations.nurses,
    stations.has_doctor,
    stations.criteria_met,
    stations.stay_beds
from lists
inner join listed as stations
    on
        lists.commune_code = stations.commune_code
        and lists.as_of = stations.as_of
{{ join_commune_of_list('stations') }}
{%- endmacro %}

{#- Facilities of care that are active, from the first registry on. Pharmacies are none. -#}
{% macro facilities_rows() -%}
select
    periods.facility_key,
    {{ unknown_reference_key() }} as commune_key,
    ends.atom_start_date,
    periods.beds_planned,
    periods.beds_registered,
    periods.beds_actual,
    periods.beds_icu,
    {{ of_facility() }}
from {{ ref('int_indicators__facility_periods') }} as periods
inner join {{ period_ends() }} as ends
    on
        periods.valid_from <= ends.atom_end_date
        and (periods.valid_to is null or periods.valid_to > ends.atom_end_date)
where
    periods.status = 'active'
    and periods.facility_type <> 'pharmacy'
    and ends.atom_end_date >= (
        select min(registry.as_of)
        from {{ ref('stg_lists__facility_registry') }} as registry
    )
{%- endmacro %}

{#- The people of a province are those of one source in a year, so that communes add up: the statistics
    office before registers and reports. They hold until another year is there, at most three years.
    A source that says men and women and no total is added up. -#}
{% macro population_rows() -%}
select
    {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }} as facility_key,
    counted.commune_key,
    ends.atom_start_date,
    counted.age_band,
    counted.population,
    counted.live_births
from (
    select
        people.*,
        communes.commune_key,
        chosen.holds_from,
        chosen.holds_to,
        dense_rank() over (
            partition by people.commune_code, people.age_band, chosen.year_number
            order by people.ref_date desc, people.vintage desc, people.sex = 'T' desc
        ) as preference
    from {{ ref('stg_lists__population') }} as people
    inner join {{ ref('dim_communes') }} as communes
        on
            people.commune_code = communes.commune_code
            and communes.audience = 'open'
            and communes.valid_from <= people.ref_date
            and (communes.valid_to is null or communes.valid_to > people.ref_date)
    inner join {{ ref('dim_provinces') }} as provinces
        on
            communes.province_key = provinces.province_key
            and provinces.audience = 'open'
    inner join {{ ref('int_indicators__population_years') }} as chosen
        on
            provinces.current_province_key = chosen.province_key
            and extract(year from people.ref_date) = chosen.year_number
            and people.source_code = chosen.source_code
) as counted
inner join {{ period_ends() }} as ends
    on
        counted.holds_from <= ends.atom_end_date
        and counted.holds_to > ends.atom_end_date
where counted.preference = 1
{%- endmacro %}

{% macro members_rows() -%}
{{ lists_at_ends('stg_lists__insurance_membership', 'commune_code') }}

select
    {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }} as facility_key,
    communes.commune_key,
    lists.atom_start_date,
    holders.group_code,
    holders.age_band,
    holders.sex,
    lower(holders.residence_basis) as residence_basis,
    lower(holders.counted) as counted,
    holders.members,
    holders.registered_here
from lists
inner join listed as holders
    on
        lists.commune_code = holders.commune_code
        and lists.as_of = holders.as_of
{{ join_commune_of_list('holders') }}
{%- endmacro %}
