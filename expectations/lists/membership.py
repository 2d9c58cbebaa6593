"""What lists of members must honour: every commune, one basis, no more members than people."""

from expectations.lists.declared import (
    FOUND_AT,
    PLACE,
    ROW_KEY,
    communes_without,
    counting,
    list_rule,
    listed,
)
from expectations.lists.population import PEOPLE
from expectations.rules.rule import Check, Severity

_MEMBERSHIP = counting("insurance_membership")
_LISTED = listed(
    "insurance_membership",
    f"row.commune_code, row.as_of_date, row.members, {ROW_KEY} as row_key",
)
# Members of a commune on a day, told at one of its rows.
_MEMBERS = f"""{_LISTED},
members as materialized (
    select commune_code, as_of_date, sum(members) as members, min(row_key) as first_row
    from listed
    group by 1, 2
)"""

MEMBERS_OF_PEOPLE = list_rule(
    "insurance_membership.of_population",
    (
        "Số người có thẻ của một xã không quá 105 % dân số.",
        "The members of a commune are no more than 105 % of its people.",
    ),
    f"""
with {PEOPLE},{_MEMBERS}
select {FOUND_AT}, members.members, people.persons
from listed
join members on members.first_row = listed.row_key
join people on people.commune_code = members.commune_code""",
    Check(
        "Số người có thẻ còn hiệu lực",
        "members <= 1.05 * persons",
        "'the commune has ' || members || ' members and ' || persons || ' people'",
    ),
    beside=("population",),
    threshold="105 %",
)
MEMBERS_OF_LAST_MONTH = list_rule(
    "insurance_membership.month_on_month",
    (
        "Số người có thẻ của một xã không tăng giảm quá 10 % so với tháng trước.",
        "The members of a commune change by no more than 10 % in a month.",
    ),
    f"""
with {_MEMBERS}
select {FOUND_AT}, members.members, former.members as before
from listed
join members on members.first_row = listed.row_key
join members as former
    on former.commune_code = members.commune_code
    and former.as_of_date between members.as_of_date - 31 and members.as_of_date - 28
where former.members > 0""",
    Check(
        "Số người có thẻ còn hiệu lực",
        "abs(members - before) <= 0.1 * before",
        "'the commune has ' || members || ' members, a month before ' || before",
    ),
    severity=Severity.RECORD,
    threshold="10 %",
)
ALL_COMMUNES = list_rule(
    "insurance_membership.all_communes",
    (
        "Mọi xã của tỉnh đều có trong danh sách.",
        "Every commune of the province is in the list.",
    ),
    f"""
with {communes_without("insurance_membership", "true")}
select {PLACE}, coalesce(lacking.communes, 0) as communes, lacking.such_as
from {_MEMBERSHIP}
left join lacking on lacking.as_of = row.as_of and lacking.first_row = {ROW_KEY}""",
    Check(
        "Mã xã",
        "communes = 0",
        "communes || ' communes of the province are not in the list, such as ' || such_as",
    ),
    source="QĐ 19/2025/QĐ-TTg",
)
ONE_BASIS = list_rule(
    "insurance_membership.one_basis",
    (
        "Căn cứ địa bàn và đơn vị đếm như nhau trong cả danh sách và như tháng trước.",
        "Basis of place and unit of counting are the same all over a list, and as before.",
    ),
    f"""
with lists as materialized (
    select as_of, min({ROW_KEY}) as first_row,
        mode() within group (order by residence_basis) as residence_basis,
        mode() within group (order by counted) as counted
    from feeds.insurance_membership as row
    group by 1
),
before as materialized (
    select lists.*,
        lag(residence_basis, 1, residence_basis) over time as basis_before,
        lag(counted, 1, counted) over time as counted_before
    from lists
    window time as (order by as_of)
)
select {PLACE},
    row.residence_basis = before.residence_basis and row.counted = before.counted as is_of_list,
    before.first_row <> {ROW_KEY} or (
        before.residence_basis = before.basis_before and before.counted = before.counted_before
    ) as is_as_before
from {_MEMBERSHIP}
join before on before.as_of = row.as_of""",
    Check(
        "Căn cứ địa bàn",
        "is_of_list and is_as_before",
        "case when is_of_list then 'the list before had another basis or unit'"
        " else 'other rows of the list have another basis or unit' end",
    ),
)

RULES = (MEMBERS_OF_PEOPLE, MEMBERS_OF_LAST_MONTH, ALL_COMMUNES, ONE_BASIS)
