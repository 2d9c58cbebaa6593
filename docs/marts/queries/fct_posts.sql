-- Of which occupations are most posts vacant?
select
    posts.occupation_code,
    sum(posts.approved_posts) as approved_posts,
    sum(posts.approved_posts - posts.filled_posts) as vacant_posts
from marts.fct_posts as posts
where posts.is_latest
group by posts.occupation_code
order by vacant_posts desc, posts.occupation_code
