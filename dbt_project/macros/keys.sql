{#- Surrogate key: the md5 of the parts of the natural key, joined by unit separators. Every part is
    text and never null. Deterministic; of public codes, the same in
    every warehouse. Who is a patient's is keyed by the loader: encounter_key, person_key. -#}
{% macro surrogate_key(parts) -%}
    md5({{ parts | join(" || chr(31) || ") }})::uuid
{%- endmacro %}

{#- Key of a row of a reference list: a code and the first day on which it means what it means. -#}
{% macro reference_key(code, valid_from) -%}
    {{ surrogate_key([code, 'to_char(' ~ valid_from ~ ", 'YYYY-MM-DD')"]) }}
{%- endmacro %}

{#- Key of the unknown member of a reference list. -#}
{% macro unknown_reference_key() -%}
    {{ reference_key("'" ~ var('unknown_code') ~ "'", "date '" ~ var('unknown_date') ~ "'") }}
{%- endmacro %}

{#- Hook of a refilled table: its primary key when it is made, and statistics for the models that
    join it. -#}
{% macro keyed_by(columns) -%}
    {% if is_made_anew() -%}
    alter table {{ this }} add primary key ({{ columns | join(', ') }});
    {% endif -%}
    analyze {{ this }}
{%- endmacro %}

{#- Hook of a table: an index that also holds the columns that are added up by its key, so that a sum
    reads pages of the index, where the rows of a key lie side by side, and not those of the table,
    where each lies elsewhere. dbt's own indexes hold keys only. -#}
{% macro summed_by(columns, summed) -%}
    {% if is_made_anew() -%}
    create index on {{ this }} ({{ columns | join(', ') }}) include ({{ summed | join(', ') }})
    {%- else -%}
    select 1
    {%- endif %}
{%- endmacro %}
