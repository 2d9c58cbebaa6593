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
