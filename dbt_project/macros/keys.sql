{#- Surrogate key: the md5 of the parts of the natural key, joined by unit separators. Every part is
    text and never null. Deterministic, the same in every warehouse. -#}
{% macro surrogate_key(parts) -%}
    md5({{ parts | join(" || chr(31) || ") }})::uuid
{%- endmacro %}
