{#- Comments of a relation and of all its columns, in one statement. dbt's own reads the columns of the
    relation twice to pass over those that it does not have, a seventh of a full build; here a
    documented column that is not there is an error, as it should be. -#}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- call statement('comments') -%}
        {% if for_relation and config.persist_relation_docs() and model.description %}
            {{ alter_relation_comment(relation, model.description) }};
        {% endif %}
        {% if for_columns and config.persist_column_docs() %}
            {% for column in model.columns.values() %}
                comment on column {{ relation }}.{{ column.name }} is {{ postgres_escape_comment(column.description) }};
            {% endfor %}
        {% endif %}
    {%- endcall -%}
{%- endmacro %}
