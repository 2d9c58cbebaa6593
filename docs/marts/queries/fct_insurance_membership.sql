-- How many people of each commune hold a valid card on the newest day?
select
    communes.commune_name,
    cards.as_of_date,
    sum(cards.members) as members
from marts.fct_insurance_membership as cards
inner join marts.dim_communes as communes on cards.commune_key = communes.commune_key
where cards.is_latest
group by communes.commune_name, cards.commune_key, cards.as_of_date
order by communes.commune_name, cards.commune_key
