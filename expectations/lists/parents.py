"""Who is above whom in the registry: the unit above exists then, and nobody is above itself."""

from expectations.lists.declared import FOUND_AT, list_rule, listed
from expectations.rules.fragments import quoted_code
from expectations.rules.rule import Check

_LISTED = listed(
    "facility_registry",
    "row.as_of, row.facility_code, row.status,"
    " nullif(row.parent_code, row.facility_code) as parent_code,"
    " daterange(row.valid_from, row.valid_to, '[]') as days",
    "row.valid_from <= coalesce(row.valid_to, row.valid_from)",
)

PARENT_THEN = list_rule(
    "facility_registry.parent_then",
    (
        "Đơn vị quản lý trực tiếp hoạt động trong mọi ngày hiệu lực của dòng.",
        "The unit above exists on all days of the row.",
    ),
    # one that ended is above nobody any more
    f"""
with {_LISTED},
above as materialized (
    select as_of, facility_code,
        range_agg(days) filter (where coalesce(status not in ('CLOSED', 'MERGED'), true)) as days
    from listed
    group by 1, 2
)
select {FOUND_AT}, listed.parent_code, coalesce(listed.days <@ above.days, false) as is_there
from listed
join above on above.as_of = listed.as_of and above.facility_code = listed.parent_code""",
    Check(
        "Mã đơn vị quản lý trực tiếp",
        "is_there",
        "'the list does not have the unit above on all days of the row: ' || "
        f"{quoted_code('parent_code')}",
    ),
)
NO_CIRCLE = list_rule(
    "facility_registry.no_circle",
    (
        "Không cơ sở nào là cấp trên của chính mình qua các cơ sở khác.",
        "No facility is above itself by way of others.",
    ),
    f"""
with recursive {_LISTED.strip()},
walked as (
    select as_of, facility_code, parent_code as reached, days, 1 as steps
    from listed
    where parent_code is not null
    union
    select walked.as_of, walked.facility_code, listed.parent_code, walked.days * listed.days,
        walked.steps + 1
    from walked
    join listed on
        listed.as_of = walked.as_of
        and listed.facility_code = walked.reached
        and listed.days && walked.days
    where listed.parent_code is not null
        and walked.reached <> walked.facility_code and walked.steps < 10
),
circled as materialized (
    select as_of, facility_code, range_agg(days) as days
    from walked
    where reached = facility_code
    group by 1, 2
)
select {FOUND_AT}, listed.facility_code, coalesce(not circled.days && listed.days, true) as is_apart
from listed
left join circled
    on circled.as_of = listed.as_of and circled.facility_code = listed.facility_code
where listed.parent_code is not null""",
    Check(
        "Mã đơn vị quản lý trực tiếp",
        "is_apart",
        f"'the units above lead back to ' || {quoted_code('facility_code')}",
    ),
)

RULES = (PARENT_THEN, NO_CIRCLE)
