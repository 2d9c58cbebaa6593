-- One row per closed class, kind of text and period of validity: a pattern that finds every code or
-- word of the list in what was sent, whatever stands between the letters and digits of a code
-- (B24, B.24, B 2 4, B-24; the standard joins codes by semicolons, software by anything).
select
    closed_class,
    kind,
    valid_from,
    valid_to,
    case kind
        -- another letter before it makes it another code
        when 'icd' then '(^|[^A-Z])(' || string_agg(part, '|' order by part) || ')'
        when 'object' then '^(' || string_agg(part, '|' order by part) || ')$'
        when 'service' then '^(' || string_agg(part, '|' order by part) || ')'
        else string_agg(part, '|' order by part)
    end as pattern
from (
    select
        closed_class,
        kind,
        valid_from,
        valid_to,
        case kind
            when 'icd'
                then array_to_string(
                    regexp_split_to_array(replace(code, '.', ''), ''), '[^A-Z0-9]*'
                )
            when 'service'
                then '(?=.*\m' || replace(code, ' + ', ')(?=.*') || ')'
            when 'test'
                then '\m' || code
            else replace(code, '.', '\.')
        end as part
    from {{ ref('ref_closed_codes') }}
) as parts
group by closed_class, kind, valid_from, valid_to
