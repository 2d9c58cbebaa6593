create schema if not exists raw;
create schema if not exists quarantine;
create schema if not exists vault;
create schema if not exists ops;
create schema if not exists staging;
create schema if not exists intermediate;
create schema if not exists candidate;
create schema if not exists marts;

comment on schema raw is 'Batches as sent: every value as text, with lineage. Append-only.';
comment on schema quarantine is 'What was refused, with rule id and reason.';
comment on schema vault is 'Identifiers of persons beside their keyed hash. Two named roles read it.';
comment on schema ops is 'Ledger, quality results, builds, releases, incidents.';
comment on schema staging is 'dbt: raw values typed and named.';
comment on schema intermediate is 'dbt: changed dossiers and what they touch; conformed encounters and lines.';
comment on schema candidate is 'dbt: the next release, built and audited beside the published one.';
comment on schema marts is 'The published release. What BI reads.';

-- Text to value, never an error: null when the text is not of the form. The same functions serve
-- the landing rules and staging, so that a value is judged and used by one reading.
create function raw.parse_number(value text) returns numeric
language sql immutable parallel safe
return case
    when value ~ '^\s*[+-]?[0-9]+(\.[0-9]+)?\s*$' and length(value) <= 40 then
        case when abs(value::numeric) < 1e18 then value::numeric end
end;
comment on function raw.parse_number(text) is
'A decimal with a point, e.g. 3500, 3500.0, -1.25; null for anything else (1.234,5, 1e400, NaN, blank).';

-- One pattern per call, because a full build reads some 200 million amounts; without {n,m}, which
-- makes Postgres' matcher three times slower.
create function raw.parse_amount(value text) returns numeric
language sql immutable parallel safe
return case
    when value ~ '^\s*[+-]?[0-9]+(\.[0-9]+)?\s*$' and length(value) <= 40 then
        case when abs(value::numeric) < 1e15 then value::numeric end
end;
comment on function raw.parse_amount(text) is
'As parse_number, with the size that the standard gives money, quantities and prices: at most 15 digits '
'before the point, so that no value that a sender invents overflows a column; null for anything else.';

-- Here too without {n,m}, and the day is looked at once: the rules read some ten dates a dossier line.
create function raw.parse_date(value text) returns date
language sql stable parallel safe
return case
    when value !~ '[^0-9]' and length(value) in (8, 12) and left(value, 4) >= '1900'
        and pg_input_is_valid(left(value, 8), 'date')
        then left(value, 8)::date
end;
comment on function raw.parse_date(text) is
'The day of yyyymmdd or yyyymmddHHMM; null when it is not a day of the calendar since 1900.';

create function raw.parse_local_time(value text) returns timestamp
language sql stable parallel safe
return case
    when raw.parse_date(value) is not null then case
        when length(value) = 8 then left(value, 8)::date::timestamp
        when substr(value, 9, 2) <= '23' and substr(value, 11, 2) <= '59'
            then left(value, 8)::date
                + make_time(substr(value, 9, 2)::integer, substr(value, 11, 2)::integer, 0)
    end
end;
comment on function raw.parse_local_time(text) is
'yyyymmddHHMM, or yyyymmdd as midnight, in local time (Asia/Ho_Chi_Minh); null when it is neither.';
