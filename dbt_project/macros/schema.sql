{#- Layers are schemas, by their exact name: staging, intermediate, candidate. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
