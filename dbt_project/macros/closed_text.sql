{#- Text as the patterns of closed codes look for it: full-width letters as plain ones, nothing
    invisible. Text in ASCII, as codes are, is left as it is. -#}
{% macro searched_text(text) -%}
    case
        when octet_length({{ text }}) = length({{ text }}) then {{ text }}
        else translate(
            normalize({{ text }}, nfkc),
            u&'\00AD\034F\061C\180E\200B\200C\200D\200E\200F\2060\2061\2062\2063\2064\FEFF', ''
        )
    end
{%- endmacro %}

{#- Codes of ICD-10, in capitals. Cyrillic and Greek letters that look like Latin ones are read as
    those: a code that is not found would be shown. -#}
{% macro searched_codes(text) -%}
    case
        when octet_length({{ text }}) = length({{ text }}) then upper({{ text }})
        else translate(
            upper({{ searched_text(text) }}), u&'\0411\0412\0392\041E\041F\039F\0396\0424', 'BBBOPOZF'
        )
    end
{%- endmacro %}

{#- Whether a row of a dated list holds on a day; on a day that is not known every row does. -#}
{% macro holds_on(dated, day) -%}
    ({{ dated }}.valid_from is null or {{ day }} is null or {{ dated }}.valid_from <= {{ day }})
    and ({{ dated }}.valid_to is null or {{ day }} is null or {{ dated }}.valid_to > {{ day }})
{%- endmacro %}
