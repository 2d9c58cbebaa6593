{#- How an incremental model is built here: replace all rows of the touched keys, in one statement.

    `config.meta.publish` names the relation of touched keys (`scope`) and its columns (`keys`).
    Every touched key is deleted first, those that have nothing left included (dbt's own
    delete+insert only deletes keys that the select still returns, and so keeps withdrawn rows).
    The select of the model returns rows of touched keys only. Doing it twice is doing it once.

    The first build, and every full one, is dbt's own: it checks the contract, makes the indexes and
    writes the comments. An increment has the same models as the last full build (a build after any
    change of the project is full), so it looks for no change of columns; dbt's own increment reads
    the catalogue four times per model and fills a temporary table, half of the time of a small one. -#}
{% materialization incremental, adapter='postgres' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is none or not existing.is_table or should_full_refresh() -%}
        {{ return(dbt.materialization_incremental_default()) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {{ replace_touched(this, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{%- endmaterialization %}

{% macro replace_touched(relation, select) -%}
    {%- set publish = config.get('meta').publish -%}
    {%- set scope = relation.incorporate(
        path={'schema': 'intermediate', 'identifier': publish.scope}) -%}
    {#- Without a contract the columns are those that the same select made the table with. -#}
    {%- set columns = model.columns.keys() | join(', ') if config.get('contract').enforced else '*' -%}
    delete from {{ relation }} as built
    using {{ scope }} as scope
    where
    {%- for key in publish['keys'] %}
        {{ 'and ' if not loop.first }}built.{{ key }} = scope.{{ key }}
    {%- endfor %};

    insert into {{ relation }} {{ '(' ~ columns ~ ')' if columns != '*' }}
    select {{ columns }} from (
        {{ select }}
    ) as touched
{%- endmacro %}
