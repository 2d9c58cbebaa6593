{#- A code as sent, without blanks around it; null when it does not have the form of its code, for it
    may then be the name or the number of a person. Leading zeros are kept. -#}
{% macro coded(column, form) -%}
    raw.coded({{ column }}, '{{ form }}')
{%- endmacro %}

{#- The last of a list with ";": of cards and what belongs to them, the one that holds. -#}
{% macro last_listed(column) -%}
    split_part(rtrim({{ column }}, '; '), ';', -1)
{%- endmacro %}

{#- Free text as sent, without blanks around it; null when nothing is left. It may name a person:
    what readers get of it passes `public_name`. -#}
{% macro text_code(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{#- A code in the one form of all its spellings; null when nothing is left. -#}
{% macro canonical_code(column) -%}
    nullif(raw.canonical_code({{ column }}), '')
{%- endmacro %}

{#- A service without what its code says of where and how it was done (.K.WWWWW, _GT, _TB): results
    name it so, for their field has no room for more (rule X07 compares them so, too). -#}
{% macro base_service_code(column) -%}
    nullif(split_part(split_part(raw.canonical_code({{ column }}), '.K.', 1), '_', 1), '')
{%- endmacro %}

{#- The codes of ICD-10 in a text, each in its one form, joined by ";", and what else is there. -#}
{% macro icd_codes(column) -%}
    nullif(raw.canonical_icd({{ column }}), '')
{%- endmacro %}

{#- Of codes of ICD-10 joined by ";" those that readers may see: what has not the form of a code may
    be a name. -#}
{% macro shown_codes(codes) -%}
    nullif(raw.icd_codes_only({{ codes }}), '')
{%- endmacro %}

{#- Weight at birth in grams; null outside of the limits of rule P03_birth, as it is when a sender
    writes kilograms. -#}
{% macro birth_weight(column) -%}
    case
        when raw.parse_number({{ column }}) between 200 and 10000
            then raw.parse_number({{ column }})
    end::numeric(9, 3)
{%- endmacro %}

{#- The first licence number of a list with ";", spelt as in raw.practitioners. -#}
{% macro first_practitioner(column) -%}
    nullif(raw.canonical_code(split_part({{ column }}, ';', 1)), '')
{%- endmacro %}

{#- A name of a thing (drug, service, test) that readers get; null when it is surely of a person. -#}
{% macro public_name(expression) -%}
    case when not raw.tells_person({{ expression }}) then {{ expression }} end
{%- endmacro %}

{#- Whether a unit is composed of short parts as none but units are: 10^9/L, mL/phút/1,73 m². -#}
{% macro is_unit(expression) -%}
    {{ expression }} ~ '[/%^]'
    and {{ expression }} ~ '^\s*\(?([[:alpha:]²³°µμ%.,*^()-]{1,8}|[0-9]{1,4})([ /*^.,x()-]*([[:alpha:]²³°µμ%]{1,8}|[0-9]{1,4})){0,6}\)?\s*$'
    and {{ expression }} !~ '[0-9]{5}'
{%- endmacro %}

{#- A code that the standard types as a number: 05, 5 and 5.0 are one code; null for anything that
    is not from 0 to 999. -#}
{% macro number_code(column) -%}
    case
        when raw.parse_number({{ column }}) between 0 and 999
            then trim_scale(raw.parse_number({{ column }}))::text
    end
{%- endmacro %}

{#- A number from 0 to below 1,000,000, three decimals; null for anything else. For percentages and
    days, which the standard sizes at 3 digits: nonsense must not overflow and stop a build. -#}
{% macro small_number(column) -%}
    case
        when raw.parse_number({{ column }}) between 0 and 999999
            then raw.parse_number({{ column }})
    end::numeric(9, 3)
{%- endmacro %}

{#- An instant from local wall-clock text. -#}
{% macro instant(column) -%}
    raw.parse_local_time({{ column }}) at time zone '{{ var("local_time_zone") }}'
{%- endmacro %}

{#- A day that dim_dates has: outside its range, or not known, it is the unknown day. -#}
{% macro calendar_date(expression) -%}
    case
        when {{ expression }} between date '{{ var("first_date") }}' and date '{{ var("last_date") }}'
            then {{ expression }}
        else date '{{ var("unknown_date") }}'
    end
{%- endmacro %}

{#- Money in đồng. -#}
{% macro amount(column) -%}
    raw.parse_amount({{ column }})::numeric(18, 2)
{%- endmacro %}

{#- A quantity or a unit price, which the standard gives three decimals. -#}
{% macro quantity(column) -%}
    raw.parse_amount({{ column }})::numeric(19, 3)
{%- endmacro %}

{#- The year at the start of a date of which the rest may be zeros. -#}
{% macro year(column) -%}
    case when {{ column }} ~ '^(19|20)[0-9]{2}' then left({{ column }}, 4)::integer end
{%- endmacro %}

{#- First day of the month given by a year and a month; null when that is no month since 1900. -#}
{% macro month_start(year_column, month_column) -%}
    case
        when
            raw.parse_number({{ year_column }}) between 1900 and 9999
            and raw.parse_number({{ month_column }}) between 1 and 12
            then make_date(
                trunc(raw.parse_number({{ year_column }}))::integer,
                trunc(raw.parse_number({{ month_column }}))::integer,
                1
            )
    end
{%- endmacro %}

{#- Yes or no, sent as 1 or 0; null for anything else. -#}
{% macro flag(column) -%}
    case {{ number_code(column) }} when '1' then true when '0' then false end
{%- endmacro %}

{#- Age groups of reports on morbidity: those that hospitals' reports set apart are children under 5
    and under 15, and people of 60 and over (from memory of the form, not verified). -#}
{% macro age_group(age_years) -%}
    case
        when {{ age_years }} < 5 then '00-04'
        when {{ age_years }} < 15 then '05-14'
        when {{ age_years }} < 60 then '15-59'
        when {{ age_years }} >= 60 then '60+'
        else '{{ var("unknown_code") }}'
    end
{%- endmacro %}
