{#- Who a row is computed for: `open`, without closed documents, and each closed class, with the
    documents of the class beside the open ones. `sees` are the audiences whose documents count.

    A model of several documents ("closed: twice") cross joins this, and keeps the rows of a closed
    class only where a document of the class takes part; all others are as the open ones. -#}
{% macro audiences() -%}
    (
        values
        ('open', array['open'])
        {%- for class in var('closed_classes') %},
        ('{{ class }}', array['open', '{{ class }}'])
        {%- endfor %}
    ) as audiences (audience, sees)
{%- endmacro %}
