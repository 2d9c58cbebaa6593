{#- The build of this run. It comes by the environment: with a changed value in `--vars` dbt would parse
    the whole project anew for every build, which takes longer than a night's models. Unit tests
    set the variable. While dbt parses it is 0, so that no file depends on the value. -#}
{% macro build_id() -%}
    {%- if execute -%}
        {{- var('build_id', env_var('WAREHOUSE_DBT_BUILD_ID', '0')) | int -}}
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}

{#- The change after which this run of dbt looks at changes. A full build looks at all; where it makes
    some models anew only, it first goes on with the others by increment. -#}
{% macro from_change_id(builds) -%}
    {%- if execute and env_var('WAREHOUSE_DBT_IS_INCREMENT', '0') == '1' -%}
        coalesce({{ builds }}.increment_from_change_id, {{ builds }}.from_change_id)
    {%- else -%}
        {{ builds }}.from_change_id
    {%- endif -%}
{%- endmacro %}

{#- Fails when the build of this run is no longer open, and keeps it open until the transaction of
    the model ends: a newer builder marks older builds as superseded, which waits for this row lock.
    So an orphaned process can never write after a newer build has begun. Target `readers` never writes. -#}
{% macro require_open_build() -%}
    {%- if execute and target.name == 'readers' -%}
        {{- exceptions.raise_compiler_error(
            'target readers documents what is published and builds nothing: use `warehouse build`'
        ) -}}
    {%- endif -%}
    do $$
    begin
        -- the server notices within a second that the builder was killed, and gives up its locks
        perform set_config('client_connection_check_interval', '1s', true);
        perform 1 from ops.builds
        where build_id = {{ build_id() }} and status = 'building'
        for share;
        if not found then
            raise exception 'build {{ build_id() }} is not open: a newer build has begun';
        end if;
    end
    $$
{%- endmacro %}
