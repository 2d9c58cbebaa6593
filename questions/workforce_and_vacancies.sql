-- How many people of each occupation work in the province, how many posts are vacant, and how many of the people have a postgraduate degree?
with persons as (
    select
        occupation_code,
        count(distinct staff_key) as persons,
        count(distinct staff_key) filter (where is_postgraduate) as postgraduates
    from marts.fct_workforce
    where
        is_main_place
        and valid_from <= as_of_date
        and (valid_to is null or valid_to > as_of_date)
    group by occupation_code
),

posts as (
    select
        occupation_code,
        sum(approved_posts) as approved_posts,
        sum(filled_posts) as filled_posts,
        sum(contract_staff) as contract_staff
    from marts.fct_posts
    where is_latest
    group by occupation_code
)

select
    coalesce(persons.occupation_code, posts.occupation_code) as occupation_code,
    titles.title_vi as occupation_vi,
    titles.title_en as occupation_en,
    coalesce(persons.persons, 0) as persons,
    coalesce(persons.postgraduates, 0) as postgraduates,
    posts.approved_posts::bigint as approved_posts,
    posts.filled_posts::bigint as filled_posts,
    (posts.approved_posts - posts.filled_posts)::bigint as vacant_posts,
    posts.contract_staff::bigint as contract_staff,
    round(
        100.0 * (posts.approved_posts - posts.filled_posts) / nullif(posts.approved_posts, 0), 1
    ) as vacant_pct
from persons
full join posts on persons.occupation_code = posts.occupation_code
left join marts.dim_code_lists as titles
    on
        titles.code_list = 'occupation'
        and titles.code = coalesce(persons.occupation_code, posts.occupation_code)
        and titles.is_latest
order by occupation_code
