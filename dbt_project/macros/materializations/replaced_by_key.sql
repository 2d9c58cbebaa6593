{#- A table. A build replaces all its rows of the affected keys, in one statement.

    `config.meta.publish` says which keys these are (macros/affected_keys.sql). Every affected key is
    deleted first, those that have nothing left included (dbt's own delete+insert only deletes keys
    that the select still returns, and so keeps withdrawn rows). The select of the model returns rows
    of affected keys only. Doing it twice is doing it once.

    A table that is made anew is made by dbt's own materialization: it checks the contract, makes the
    indexes and writes the comments. Otherwise the model is the one that made the table, so this looks
    for no change of columns; dbt's own increment reads the catalogue four times per model and
    fills a temporary table, half of the time of a small one. -#}
{% materialization replaced_by_key, adapter='postgres' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is none or not existing.is_table or is_made_anew() -%}
        {{ return(dbt.materialization_incremental_default()) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {{ replace_affected(this, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{%- endmaterialization %}

{% macro replace_affected(relation, select) -%}
    {%- set publish = config.get('meta').publish -%}
    {%- set scope = relation.incorporate(
        path={'schema': 'intermediate', 'identifier': publish.scope}
    ) if publish.scope else affected_keys(relation) -%}
    {#- Without a contract the columns are those that the same select made the table with. -#}
    {%- set columns = model.columns.keys() | join(', ') if config.get('contract').enforced else '*' -%}
    {%- if not (publish['from'] or publish.compared or publish.scope) -%}
        {#- only a full build rewrites it -#}
        select 1
    {%- else -%}
    delete from {{ relation }} as built
    using {{ scope }} as affected
    where
    {%- for key in publish['keys'] %}
        {{ 'and ' if not loop.first }}built.{{ key }} = affected.{{ key }}
    {%- endfor %};

    insert into {{ relation }} {{ '(' ~ columns ~ ')' if columns != '*' }}
    select {{ columns }} from (
        {{ select }}
    ) as rewritten
    {%- endif -%}
{%- endmacro %}
