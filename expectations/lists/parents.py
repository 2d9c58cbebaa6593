"""Who is above whom in the registry: the unit above exists then, and nobody is above itself."""

from expectations.lists.declared import PLACE, counting, list_rule
from expectations.rules.fragments import quoted_code
from expectations.rules.rule import Check

# Units above, and the days on which the list has them; one that ended is above nobody any more.
_ABOVE = """
above as materialized (
    select as_of, facility_code,
        range_agg(daterange(valid_from, valid_to, '[]')) filter (
            where coalesce(status not in ('CLOSED', 'MERGED'), true)
        ) as days
    from feeds.facility_registry
    where valid_from <= coalesce(valid_to, valid_from)
    group by 1, 2
)"""
_DAYS = "daterange(row.valid_from, row.valid_to, '[]')"
_HAS_ANOTHER = (
    "row.parent_code <> row.facility_code"
    " and row.valid_from <= coalesce(row.valid_to, row.valid_from)"
)

PARENT_THEN = list_rule(
    "facility_registry.parent_then",
    (
        "Đơn vị quản lý trực tiếp hoạt động trong mọi ngày hiệu lực của dòng.",
        "The unit above exists on all days of the row.",
    ),
    f"""
with {_ABOVE}
select {PLACE}, row.parent_code, coalesce({_DAYS} <@ above.days, false) as is_there
from {counting("facility_registry")}
join above on above.as_of = row.as_of and above.facility_code = row.parent_code
where {_HAS_ANOTHER}""",
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
with recursive listed as materialized (
    select row.as_of, row.facility_code, row.parent_code, {_DAYS} as days
    from feeds.facility_registry as row
    where {_HAS_ANOTHER}
),
walked as (
    select as_of, facility_code, parent_code as reached, days, 1 as steps
    from listed
    union
    select walked.as_of, walked.facility_code, listed.parent_code, walked.days * listed.days,
        walked.steps + 1
    from walked
    join listed on
        listed.as_of = walked.as_of
        and listed.facility_code = walked.reached
        and listed.days && walked.days
    where walked.reached <> walked.facility_code and walked.steps < 10
),
circled as materialized (
    select as_of, facility_code, range_agg(days) as days
    from walked
    where reached = facility_code
    group by 1, 2
)
select {PLACE}, row.facility_code, coalesce(not circled.days && {_DAYS}, true) as is_apart
from {counting("facility_registry")}
left join circled on circled.as_of = row.as_of and circled.facility_code = row.facility_code
where {_HAS_ANOTHER}""",
    Check(
        "Mã đơn vị quản lý trực tiếp",
        "is_apart",
        f"'the units above lead back to ' || {quoted_code('facility_code')}",
    ),
)

RULES = (PARENT_THEN, NO_CIRCLE)
