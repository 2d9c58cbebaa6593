{#- A table of lists, small enough to be written whole: all its rows are exchanged when one of the
    feeds that it follows changed in the stretch of the build, and nothing is done else.

    `config.meta.publish` says it: no `keys`, the `scope` int_lists__changed_feeds, and the `feeds`.
    The select of the model says nothing of that, but for `after_changed_feeds()`. Made anew, it is
    made by dbt's own materialization (replaced_by_key.sql). -#}
{% materialization rewritten_with_feeds, adapter='postgres' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is none or not existing.is_table or is_made_anew() -%}
        {{ return(dbt.materialization_incremental_default()) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {{ rewrite_with_feeds(this, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{%- endmaterialization %}

{% macro rewrite_with_feeds(relation, select) -%}
    {%- set publish = config.get('meta').publish -%}
    {%- set columns = model.columns.keys() | join(', ') -%}
    {%- set has_changed -%}
        exists (
            select 1
            from {{ relation.incorporate(
                path={'schema': 'intermediate', 'identifier': publish.scope}
            ) }}
            where feed in ('{{ publish.feeds | join("', '") }}')
        )
    {%- endset -%}
    delete from {{ relation }}
    where {{ has_changed }};

    insert into {{ relation }} ({{ columns }})
    select {{ columns }} from (
        {{ select }}
    ) as rewritten
    where {{ has_changed }}
{%- endmacro %}

{#- A comment in a model of this kind, by which dbt runs it after the scope. -#}
{% macro after_changed_feeds() -%}
    {%- if model.resource_type != 'unit_test' -%}
    -- depends_on: {{ ref('int_lists__changed_feeds') }}
    {%- endif -%}
{%- endmacro %}
