{#- fill_affected_keys (macros/affected_keys.sql) calls this for a mart whose config.meta.publish has
    `compared`. It adds the keys of rows that differ between the mart and the model `compared.to`. It
    looks at those rows only whose column `compared.by` stands in the model `compared.in`. So a list
    that comes again unchanged affects nothing.

    The mart holds what the build before left. Readers may never have seen that, or a roll-back may
    have taken it back. So each build notes the keys that it finds in intermediate.<mart>__differing.
    All keys are affected that were noted after the build whose release readers see. A build deletes
    notes to which no roll-back leads any more. -#}
{% macro add_differing_keys() -%}
    {%- set publish = model.config.meta.publish -%}
    {%- set compared = publish.compared -%}
    {%- set fresh = ref(compared.to) -%}
    {%- set which = compared.by ~ ' in (select ' ~ compared.by ~ ' from ' ~ ref(compared['in']) ~ ')' -%}
    {%- set keys = publish['keys'] | join(', ') -%}
    {%- set columns = model.columns.keys() | join(', ') -%}
    {%- set noted = differing_keys() -%}
    {%- if is_made_anew() %}
    drop table if exists {{ noted }};
    create table {{ noted }} (
        build_id bigint not null,
        {%- for key in publish['keys'] %}
        {{ key }} {{ model.columns.get(key, {}).get('data_type') }},
        {%- endfor %}
        primary key (build_id, {{ keys }})
    );
    insert into {{ affected_keys() }}
    select distinct {{ keys }} from {{ fresh }}
    on conflict do nothing
    {%- else %}
    delete from {{ noted }}
    where build_id <= (select settled_build_id from {{ ref('int_indicators__bases') }});
    insert into {{ noted }} (build_id, {{ keys }})
    select distinct {{ build_id() }}, {{ keys }} from (
        (
            select {{ columns }} from {{ fresh }} where {{ which }}
            except
            select {{ columns }} from {{ this }} where {{ which }}
        )
        union all
        (
            select {{ columns }} from {{ this }} where {{ which }}
            except
            select {{ columns }} from {{ fresh }} where {{ which }}
        )
    ) as differing
    on conflict do nothing;
    insert into {{ affected_keys() }}
    select distinct {{ keys }} from {{ noted }}
    where build_id > (select seen_build_id from {{ ref('int_indicators__bases') }})
    on conflict do nothing
    {%- endif %}
{%- endmacro %}

{% macro differing_keys() -%}
    {{ return(this.incorporate(
        path={'schema': 'intermediate', 'identifier': this.identifier ~ '__differing'}
    )) }}
{%- endmacro %}

{#- Hook before values are made: those that become final, for the days of grace after their period are
    over since the published release. -#}
{% macro add_final_values() -%}
    {%- set publish = model.config.meta.publish or {'keys': []} -%}
    {%- if is_made_anew() %}
    select 1
    {%- else %}
    insert into {{ affected_keys() }}
    select distinct {{ publish['keys'] | join(', ') }}
    from {{ this }} as published
    cross join {{ ref('int_indicators__days') }} as days
    where
        published.period_end_date + {{ var("indicator_final_after_days") }} >= days.previous_day
        and published.period_end_date + {{ var("indicator_final_after_days") }} < days.current_day
    on conflict do nothing
    {%- endif %}
{%- endmacro %}

{#- The keys of a mart that this build affected, for what is derived from it; of one that is made anew,
    its rows. Unit tests give the rows of the mart. -#}
{% macro affected_or_all(mart) -%}
    {%- if is_made_anew() or model.resource_type == 'unit_test' -%}
        {{ return(mart) }}
    {%- else -%}
        {{ return(affected_keys(mart)) }}
    {%- endif -%}
{%- endmacro %}
