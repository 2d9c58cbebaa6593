{#- A table that every build fills anew, such as the keys that it affects. A full build makes it by
    dbt's own table; an increment, which has the same models, empties it and fills it: one statement
    where dbt makes a table, renames two and drops one. The primary key, which no row gets past, stands
    for a test of the key, and is made with the table (macros/keys.sql).

    A table that follows lists alone names their feeds in `config.meta.feeds`: an increment in which
    none of them changed leaves it as it is. What it holds is then what the last change left. -#}
{% materialization refilled, adapter='postgres' -%}
    {%- if is_made_anew() -%}
        {{ return(dbt.materialization_table_default()) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set feeds = config.get('meta', {}).get('feeds', []) -%}
    {%- if feeds and not run_query('select ' ~ has_changes(feeds)).rows[0][0] -%}
        {% call statement('main') -%}select 1{%- endcall %}
        {% do adapter.commit() %}
        {{ return({'relations': [this.incorporate(type='table')]}) }}
    {%- endif -%}
    {% call statement('main') -%}
        truncate {{ this }};
        insert into {{ this }}
        {{ sql }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{%- endmaterialization %}
