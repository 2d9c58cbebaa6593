{#- Where a facility stands among others. Levels since 2025 (Law 15/2023 on examination and treatment:
    primary, basic, specialised; the basic one has bands by points, which are one level), and the
    tiers before them (TT 43/2013: 4 commune to 1 central). A level and a tier are not compared.
    Feeds have codes in capitals, the lists of their meanings have them in small letters. -#}

{#- 1 primary, 2 basic, 3 specialised. -#}
{% macro level_rank(level_code) -%}
    case lower({{ level_code }})
        when 'primary' then 1
        when 'basic_lt50' then 2
        when 'basic_50_70' then 2
        when 'specialised' then 3
    end
{%- endmacro %}

{#- 1 commune to 4 central. -#}
{% macro tier_rank(tier_code) -%}
    case when {{ tier_code }} in ('1', '2', '3', '4') then 5 - {{ tier_code }}::integer end
{%- endmacro %}

{#- The level of a period of a facility; its tier where it has none. -#}
{% macro level_code(period) -%}
    lower(coalesce({{ period }}.professional_level, {{ period }}.old_tier))
{%- endmacro %}

{#- Which way somebody goes between two periods of facilities: by their levels, where one has none by
    their tiers: up, down, same, unknown. -#}
{% macro direction_code(sender, receiver) -%}
    {%- set steps = 'coalesce(' ~ level_rank(receiver ~ '.professional_level') ~ ' - '
        ~ level_rank(sender ~ '.professional_level') ~ ', '
        ~ tier_rank(receiver ~ '.old_tier') ~ ' - ' ~ tier_rank(sender ~ '.old_tier') ~ ')' -%}
    case
        when {{ steps }} > 0 then 'up'
        when {{ steps }} < 0 then 'down'
        when {{ steps }} = 0 then 'same'
        else 'unknown'
    end
{%- endmacro %}

{#- Whether a row of periods holds a day of a facility. -#}
{% macro is_period_of(period, facility_code, day) -%}
    {{ period }}.facility_code = {{ facility_code }}
    and {{ period }}.valid_from <= {{ day }}
    and ({{ period }}.valid_to > {{ day }} or {{ period }}.valid_to is null)
{%- endmacro %}

{#- A private facility: ownership that does not begin with public; so are charities. -#}
{% macro is_private(ownership) -%}
    coalesce(lower({{ ownership }}) not like 'public%', false)
{%- endmacro %}

{#- A facility that examines or treats people, as the calendar of deliveries takes it. -#}
{% macro is_of_care(facility_type) -%}
    coalesce(lower({{ facility_type }}), '') not in (
        'pharmacy', 'cdc', 'prevention_other', 'population_office', 'station_point'
    )
{%- endmacro %}

{#- A facility whose beds count as beds of the province (specification of the statistics office: without
    those of commune stations and of workplaces). -#}
{% macro has_counted_beds(facility_type) -%}
    coalesce(lower({{ facility_type }}), '') not in (
        'commune_station', 'station_point', 'agency_station'
    )
{%- endmacro %}
