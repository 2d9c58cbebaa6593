-- One row per column of a row of a list, as sent, that names a facility. Rows that count no more
-- are there too: what they named may be gone.
{% for feed, column in columns_of_facilities() %}
    select
        '{{ feed }}' as feed,
        '{{ column }}' as column_name,
        file_id,
        position,
        {{ canonical_code(column) }} as facility_id
    from {{ source('raw', feed) }}
    {{ 'union all' if not loop.last }}
{% endfor %}
