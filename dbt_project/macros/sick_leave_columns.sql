{#- The columns of fct_sick_leaves, which both tables of leaves have, in its order. -#}
{% macro sick_leave_columns(leaves) -%}
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'versions.encounter_key::text', leaves ~ '.table_code',
        leaves ~ '.line_number::text',
    ]) }} as sick_leave_key,
    {{ leaves }}.table_code,
    {{ leaves }}.line_number,
    {{ leaves }}.leave_days,
    {{ leaves }}.leave_from_date,
    {{ leaves }}.leave_to_date,
    {{ leaves }}.issued_date,
    {{ encounter_columns('encounters') }},
    versions.audience
{%- endmacro %}
