{#- Whether ICD-10 codes, in capitals and joined by semicolons, say that the patient lives with HIV:
    B20-B24 and Z21, and what WHO codes on top of them, F02.4 (dementia), O98.7 (in pregnancy) and
    R75 (laboratory evidence). Tests and advice (Z11.4, Z71.7) say nothing about the patient. -#}
{% macro names_hiv(codes) -%}
    coalesce({{ codes }} ~ '(^|;)\s*(B2[0-4]|F02\.?4|O98\.?7|R75|Z21)', false)
{%- endmacro %}
