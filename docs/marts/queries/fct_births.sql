-- How many children were born, how many of them under 2,500 g, by caesarean or not?
select
    is_caesarean,
    count(*) as birth_count,
    count(*) filter (where birth_weight_grams < 2500) as low_weight_count,
    count(birth_weight_grams) as weighed_count
from marts.fct_births
group by is_caesarean
order by is_caesarean
