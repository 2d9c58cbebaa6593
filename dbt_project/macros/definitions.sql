{#- Definitions that figures share, each written once. docs/glossary.md says them in words. -#}

{#- An inpatient: type of care (MA_LOAI_KCB) 03 inpatient, 04 day inpatient, 09 inpatient of less than
    4 hours. Type 06, a stay at a commune station, is none. QĐ 824/QĐ-BYT 2023. -#}
{% macro is_inpatient(care_type_code) -%}
    coalesce({{ care_type_code }} in ('03', '04', '09'), false)
{%- endmacro %}

{#- A claim line that charges a bed: cost group (MA_NHOM) 14 day bed, 15 inpatient bed, 16 bed of a
    stay. Its quantity is days. -#}
{% macro is_bed(cost_group_code) -%}
    {{ cost_group_code }} in ('14', '15', '16')
{%- endmacro %}

{#- The last day on which a visit can keep an appointment. -#}
{% macro appointment_ends(appointment_date) -%}
    ({{ appointment_date }} + {{ var("appointment_late_days") }})
{%- endmacro %}
