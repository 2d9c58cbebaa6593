{#- Whether this run of dbt makes the relations of its models anew, rather than exchange the rows of
    affected keys. dbt's is_incremental() asks for dbt's own materialization, which no model has. -#}
{% macro is_made_anew() -%}
    {{- return(should_full_refresh()) -}}
{%- endmacro %}
