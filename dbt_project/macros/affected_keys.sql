{#- The keys of a mart whose rows a build must rewrite, because documents that they come from changed.
    The publisher and the rules read them, too. A mart says in `config.meta.publish` of its YAML by
    which of its columns its rows are rewritten (`keys`), and where a build finds the affected ones:

    scope    a model that holds them
    from     or lists of relations that name them. The first relation of a list says which document
             versions; the others are joined by file_id and position. A text that is missing is the
             unknown code. `columns` maps a key to its other name in these relations, `also` lists
             what they say of a key, and `with_unknown: true` adds the key of the unknown member
    compared what is compared with the rows that the mart has, beside `from` or alone
             (macros/indicators/differences.sql)
    neither  only a full build rewrites the mart, and all its keys are affected

    What no model holds lies in intermediate.<mart>__affected, where the select of the mart reads it by
    `affected_keys()`; unit tests give it as the input `this`. -#}
{% macro affected_keys(mart=this) -%}
    {%- if model.resource_type == 'unit_test' -%}
        {{ return(this) }}
    {%- else -%}
        {{ return(mart.incorporate(
            path={'schema': 'intermediate', 'identifier': mart.identifier ~ '__affected'}
        )) }}
    {%- endif -%}
{%- endmacro %}

{#- Hook before the rows of a mart are made. -#}
{% macro fill_affected_keys() -%}
    {%- set publish = model.config.meta.publish -%}
    {%- if publish and (publish['from'] or publish.compared) -%}
        {{ empty_affected_keys() }}
        {%- if publish['from'] %}
        insert into {{ affected_keys() }}
        {%- for relations in publish['from'] %}
        {{ 'union distinct' if not loop.first }}
        select distinct
            {%- for column in publish['keys'] + publish.get('also', []) %}
            {{ named_by(relations, column, publish.get('columns', {}).get(column, column)) }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ ref(relations[0]) }} as named_1
            {%- for relation in relations[1:] %}
        inner join {{ ref(relation) }} as named_{{ loop.index + 1 }}
            using (file_id, position)
            {%- endfor %}
        {%- endfor %}
        {%- if publish.with_unknown %}
        union distinct
        select {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }}
        {%- endif %};
        {%- endif %}
        {%- if publish.compared %}
        {{ add_differing_keys() }};
        {%- endif %}
        analyze {{ affected_keys() }}
    {%- endif -%}
{%- endmacro %}

{#- Hook after the rows of a mart are made that only full builds rewrite. -#}
{% macro note_affected_keys() -%}
    {%- set publish = model.config.meta.publish -%}
    {%- if publish and not (publish['from'] or publish.compared or publish.scope) -%}
        {{ empty_affected_keys() }}
        {%- if is_made_anew() %}
        insert into {{ affected_keys() }}
        select distinct {{ publish['keys'] | join(', ') }} from {{ this }};
        analyze {{ affected_keys() }}
        {%- endif %}
    {%- endif -%}
{%- endmacro %}

{% macro empty_affected_keys() -%}
    {%- set publish = model.config.meta.publish -%}
    {%- if is_made_anew() %}
        drop table if exists {{ affected_keys() }};
        create table {{ affected_keys() }} (
            {%- for column in publish['keys'] + publish.get('also', []) %}
            {{ column }} {{ model.columns.get(column, {}).get('data_type') }},
            {%- endfor %}
            primary key ({{ publish['keys'] | join(', ') }})
        );
    {%- else %}
        truncate {{ affected_keys() }};
    {%- endif %}
{%- endmacro %}

{#- A column of the mart as the first of the relations that has it names it. -#}
{% macro named_by(relations, column, name) -%}
    {%- set found = namespace(place=none) -%}
    {%- if execute -%}
        {%- for relation in relations -%}
            {%- for node in graph.nodes.values() if node.name == relation -%}
                {%- if found.place is none and name in node.columns -%}
                    {%- set found.place = relations.index(relation) + 1 -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if found.place is none -%}
            {{ exceptions.raise_compiler_error(
                this.identifier ~ ': no column ' ~ name ~ ' in ' ~ relations | join(', ')
                ~ ': correct config.meta.publish of its YAML'
            ) }}
        {%- endif -%}
    {%- endif -%}
    {%- set named = 'named_' ~ found.place ~ '.' ~ name -%}
    {%- if model.columns.get(column, {}).get('data_type') == 'text' -%}
        coalesce({{ named }}, '{{ var("unknown_code") }}') as {{ column }}
    {%- else -%}
        {{ named }} as {{ column }}
    {%- endif -%}
{%- endmacro %}

{#- A comment by which dbt runs a model after another one that its select does not read, such as its
    scope. -#}
{% macro runs_after(name) -%}
    {%- if model.resource_type != 'unit_test' -%}
    -- depends_on: {{ ref(name) }}
    {%- endif -%}
{%- endmacro %}
