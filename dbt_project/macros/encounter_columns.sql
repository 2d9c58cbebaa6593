{#- What every fact has of its encounter, so that facts are put side by side without it: who, from
    which commune, and the day on which care ended. -#}
{% macro encounter_columns(encounters) -%}
    {{ encounters }}.person_key,
    {{ encounters }}.residence_commune_key,
    {{ encounters }}.discharge_date
{%- endmacro %}
