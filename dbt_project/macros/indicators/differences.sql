{#- Hook before the rows of a mart are made: the keys of rows that are other in `fresh`, or there only,
    or in the mart only, among those that satisfy `which`. They are affected beside those that
    config.meta.publish finds. So a list that came again unchanged affects nothing. -#}
{% macro add_differing_keys(fresh, which) -%}
    {%- set publish = model.config.meta.publish or {'keys': []} -%}
    {%- set keys = publish['keys'] | join(', ') -%}
    {%- set columns = model.columns.keys() | join(', ') -%}
    insert into {{ affected_keys() }}
    {%- if is_made_anew() %}
    select distinct {{ keys }} from {{ fresh }}
    {%- else %}
    select distinct {{ keys }} from (
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
    {%- endif %}
    on conflict do nothing
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

{% macro add_differing_areas() -%}
    {{ add_differing_keys(
        ref('int_indicators__facility_areas'),
        'facility_key in (select facility_key from ' ~ ref('int_facilities__affected') ~ ')'
    ) }}
{%- endmacro %}

{#- Of claims the touched atoms are affected already. -#}
{% macro add_differing_components() -%}
    {{ add_differing_keys(
        ref('int_indicators__components'),
        'source_fact in (select source_fact from ' ~ ref('int_indicators__touched_facts') ~ ')'
    ) }}
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
