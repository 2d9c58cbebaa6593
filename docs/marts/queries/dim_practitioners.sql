-- For how many lines is it known who ordered them, and is the licence in a list of staff?
select
    practitioners.is_known,
    practitioners.is_listed,
    count(*) as line_count,
    count(distinct practitioners.practitioner_key) as practitioner_count
from marts.fct_claim_lines as lines
inner join marts.dim_practitioners as practitioners
    on lines.ordering_practitioner_key = practitioners.practitioner_key
group by practitioners.is_known, practitioners.is_listed
order by practitioners.is_known, practitioners.is_listed
