{#- Incremental strategy: replace all rows of the touched keys.

    `config.meta.publish` names the relation of touched keys (`scope`) and its columns (`keys`).
    Every touched key is deleted first, those that have nothing left included (dbt's own
    delete+insert only deletes keys that the select still returns, and so keeps withdrawn rows).
    The select of the model returns rows of touched keys only. Doing it twice is doing it once. -#}
{% macro get_incremental_replace_touched_sql(arg_dict) -%}
    {%- set publish = config.get('meta').publish -%}
    {%- set scope = arg_dict.target_relation.incorporate(
        path={'schema': 'intermediate', 'identifier': publish.scope}) -%}
    delete from {{ arg_dict.target_relation }} as built
    using {{ scope }} as scope
    where
    {%- for key in publish['keys'] %}
        {{ 'and ' if not loop.first }}built.{{ key }} = scope.{{ key }}
    {%- endfor %};
    {{ get_insert_into_sql(arg_dict.target_relation, arg_dict.temp_relation, arg_dict.dest_columns) }}
{%- endmacro %}
