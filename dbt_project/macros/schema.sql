{#- Layers are schemas, by their exact name: staging, intermediate, candidate. For target `readers` a mart
    is where readers find it: in `marts`, or in `hiv` when it has closed rows only. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if target.name == 'readers' and custom_schema_name == 'candidate' -%}
        {{ 'hiv' if node.config.meta.closed_only else 'marts' }}
    {%- else -%}
        {{ custom_schema_name or target.schema }}
    {%- endif -%}
{%- endmacro %}
