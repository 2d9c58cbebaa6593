"""What lists of staff and of posts must honour together."""

from expectations.lists.declared import PLACE, ROW_KEY, counting, list_rule
from expectations.rules.fragments import quoted_code
from expectations.rules.rule import Check

ONE_LICENCE_ONE_PERSON = list_rule(
    "workforce.one_licence_one_person",
    (
        "Một số giấy phép hành nghề chỉ thuộc một người.",
        "A licence to practise is of one person.",
    ),
    f"""
with shared as materialized (
    select practitioner_key
    from feeds.workforce
    where practitioner_key is not null and person_key is not null
    group by 1
    having count(distinct person_key) > 1
)
select {PLACE}, row.practitioner_key not in (select practitioner_key from shared) as is_one
from {counting("workforce")}
where row.practitioner_key is not null and row.person_key is not null""",
    Check("MACCHN", "is_one", "'somebody else has this licence, too'"),
    source="Law 15/2023",
)
POSTS_AS_WORKFORCE = list_rule(
    "posts.as_workforce",
    (
        "Tổng số có mặt khớp với danh sách nhân lực cùng ngày (chênh lệch không quá 2 %).",
        "Filled posts are as many as the civil servants of the workforce on that day, within 2 %.",
    ),
    f"""
with filled as materialized (
    select facility_code, as_of_date, sum(filled_posts) as posts
    from feeds.posts
    group by 1, 2
),
staff as materialized (
    select facility_code, as_of as as_of_date, count(*) as persons
    from feeds.workforce
    where
        valid_from <= as_of
        and coalesce(valid_to >= as_of, true)
        and employment_kind in ('CIVIL_SERVANT', 'PUBLIC_EMPLOYEE')
    group by 1, 2
)
select {PLACE}, filled.posts, staff.persons
from {counting("posts")}
join filled using (facility_code, as_of_date)
join staff using (facility_code, as_of_date)""",
    Check(
        "Số có mặt (viên chức)",
        "abs(posts - persons) <= greatest(1, 0.02 * persons)",
        "posts || ' posts are filled at the facility, the workforce has ' || persons",
    ),
    beside=("workforce",),
    threshold="2 %, at least 1 person",
)
POSTS_OF_PUBLIC = list_rule(
    "posts.of_public_facilities",
    (
        "Cơ sở tư nhân không có biên chế được giao.",
        "A private facility has no approved posts.",
    ),
    f"""
with private as materialized (
    select facility_code, valid_from, valid_to
    from feeds.facility_registry
    where ownership in ('PRIVATE', 'PRIVATE_FOREIGN')
        and as_of = (select max(newest.as_of) from feeds.facility_registry as newest)
)
select {PLACE}, row.facility_code,
    not exists (
        select from private
        where private.facility_code = row.facility_code
            and private.valid_from <= row.as_of_date
            and coalesce(private.valid_to >= row.as_of_date, true)
    ) as is_public
from {counting("posts")}
where row.approved_posts > 0""",
    Check(
        "Biên chế/số người làm việc được giao",
        "is_public",
        f"'posts are approved for a private facility: ' || {quoted_code('facility_code')}",
    ),
    beside=("facility_registry",),
)
CHANGED_BY_DECISION = list_rule(
    "posts.changed_by_decision",
    (
        "Biên chế được giao chỉ thay đổi theo một quyết định khác.",
        "Approved posts change by another decision only.",
    ),
    f"""
with history as materialized (
    select {ROW_KEY} as row_key,
        lag(approved_posts) over time as approved_before,
        lag(decision_no) over time as decision_before
    from feeds.posts as row
    window time as (partition by facility_code, occupation order by as_of_date)
)
select {PLACE}, row.approved_posts, history.approved_before,
    row.decision_no is distinct from history.decision_before as is_other_decision
from {counting("posts")}
join history on history.row_key = {ROW_KEY}
where row.approved_posts is not null and history.approved_before is not null""",
    Check(
        "Biên chế/số người làm việc được giao",
        "approved_posts = approved_before or is_other_decision",
        "approved_posts || ' posts are approved, ' || approved_before "
        "|| ' were by the same decision'",
    ),
)

RULES = (ONE_LICENCE_ONE_PERSON, POSTS_AS_WORKFORCE, POSTS_OF_PUBLIC, CHANGED_BY_DECISION)
