{#- Fails when the build of this run is no longer open, and keeps it open until the transaction of
    the model ends: a newer builder marks older builds as superseded, which waits for this row lock.
    So an orphaned process can never write after a newer build has begun. -#}
{% macro require_open_build() -%}
    do $$
    begin
        -- the server notices within a second that the builder was killed, and gives up its locks
        perform set_config('client_connection_check_interval', '1s', true);
        perform 1 from ops.builds
        where build_id = {{ var('build_id') | int }} and status = 'building'
        for share;
        if not found then
            raise exception 'build {{ var('build_id') | int }} is not open: a newer build has begun';
        end if;
    end
    $$
{%- endmacro %}
