{#- What the registry says of a facility, by the names of readers; of a relation that names it as
    the registry does. Feeds have codes in capitals, and these lists have small letters. -#}
{% macro facility_attributes(relation) -%}
    lower({{ relation }}.facility_type) as facility_kind_code,
    lower({{ relation }}.ownership) as ownership_code,
    {{ relation }}.governing_body,
    lower({{ relation }}.professional_level) as professional_level_code,
    {{ relation }}.level_points,
    lower({{ relation }}.old_tier) as old_tier_code,
    lower({{ relation }}.hospital_class) as hospital_class_code,
    {{ relation }}.specialty,
    {{ relation }}.gln_code,
    {{ relation }}.has_insurance_contract,
    {{ relation }}.is_training_site,
    {{ relation }}.latitude::numeric(9, 6) as latitude,
    {{ relation }}.longitude::numeric(9, 6) as longitude,
    {{ relation }}.beds_planned,
    {{ relation }}.beds_registered,
    {{ relation }}.beds_actual,
    {{ relation }}.beds_icu,
    {{ relation }}.beds_emergency,
    {{ relation }}.beds_negative_pressure,
    lower({{ relation }}.status) as status_code
{%- endmacro %}

{#- Key of a period of a facility: the facility, and the first day of the period. -#}
{% macro facility_period_key(facility_key, valid_from) -%}
    {{ reference_key(facility_key ~ '::text', valid_from) }}
{%- endmacro %}

{#- The code of a unit that others name as the one above them; null when it has not its form, for it
    may then be anything. -#}
{% macro unit_code(column) -%}
    case when {{ column }} ~ '^[0-9A-Z]{5}([.][0-9]{2})?$' then {{ column }} end
{%- endmacro %}

{#- The last day of a month given by its first. -#}
{% macro month_end(month_start_date) -%}
    ({{ month_start_date }} + interval '1 month' - interval '1 day')::date
{%- endmacro %}

{#- The feed and the column of each place in a list that names a facility. -#}
{% macro columns_of_facilities() -%}
    {{ return([
        ('facility_registry', 'facility_code'),
        ('facility_registry', 'parent_code'),
        ('commune_station', 'unit_code'),
        ('commune_station', 'parent_unit_code'),
        ('workforce', 'facility_code'),
        ('posts', 'facility_code'),
        ('rotation', 'from_facility'),
        ('rotation', 'to_facility'),
        ('hospital_activity_month', 'facility_code'),
    ]) }}
{%- endmacro %}

{#- Joins, as `name`, the `key` of the commune or province that a code means: what it meant on `day`, or
    what it means now where it meant nothing then. `places` is the name of the list in the select. -#}
{% macro join_place(places, code, day, key, name) -%}
left join lateral (
    select {{ places }}.{{ key }}
    from {{ places }}
    where {{ places }}.{{ code.split('.')[1] }} = {{ code }}
    order by
        {{ places }}.valid_from <= {{ day }}
        and coalesce({{ day }} < {{ places }}.valid_to, true) desc,
        {{ places }}.is_current desc,
        {{ places }}.valid_from desc
    limit 1
) as {{ name }} on true
{%- endmacro %}
