{#- Whether ICD-10 codes, in capitals, say that the patient lives with HIV: B20-B24 and Z21, and
    what WHO codes on top of them, F02.4 (dementia), O98.7 (in pregnancy) and R75 (laboratory
    evidence). Tests and advice (Z11.4, Z71.7) say nothing about the patient. The standard joins
    codes by semicolons; software also joins them by commas, blanks, slashes or nothing, and a
    code that is not found would be shown. -#}
{% macro names_hiv(codes) -%}
    coalesce({{ codes }} ~ '(^|[^A-Z])(B\s*2[0-4]|F\s*02\.?4|O\s*98\.?7|R\s*75|Z\s*21)', false)
{%- endmacro %}

{#- Whether a service is done for people who live with HIV only: viral load, drug resistance. Tests
    that look for HIV say nothing about the patient. -#}
{% macro follows_hiv(service_name) -%}
    coalesce(
        {{ service_name }} ~* '\mhiv'
        and {{ service_name }} ~* 'tải lượng|viral load|kháng thuốc|resistance|theo dõi',
        false
    )
{%- endmacro %}
