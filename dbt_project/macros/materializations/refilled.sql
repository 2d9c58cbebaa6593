{#- A table that every build fills anew, such as the keys that it affects. A full build makes it by
    dbt's own table; an increment, which has the same models, empties it and fills it: one statement
    where dbt makes a table, renames two and drops one. The primary key, which no row gets past, stands
    for a test of the key, and is made with the table (macros/keys.sql). -#}
{% materialization refilled, adapter='postgres' -%}
    {%- if is_made_anew() -%}
        {{ return(dbt.materialization_table_default()) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
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
