"""What the registry of facilities must honour beside the reference data and its own history."""

from expectations.lists.declared import PLACE, counting, list_rule
from expectations.rules.fragments import quoted_code
from expectations.rules.rule import Check, Severity

_REGISTRY = counting("facility_registry")
_WEIGHTED = (
    "sum(cast(substr(row.gln_code, at, 1) as integer) * case when at % 2 = 0 then 3 else 1 end)"
)

GLN_DIGIT = list_rule(
    "facility_registry.gln_digit",
    (
        "Mã định danh 13 số có chữ số kiểm tra đúng.",
        "The national id of 13 digits ends with its check digit.",
    ),
    f"""
select {PLACE}, row.facility_code,
    (
        select (10 - {_WEIGHTED} % 10) % 10 from generate_series(1, 12) as at
    ) = cast(right(row.gln_code, 1) as integer) as is_right
from {_REGISTRY}
where row.gln_code ~ '^[0-9]{{13}}$'""",
    Check(
        "Mã định danh cơ sở 13 số",
        "is_right",
        f"'the check digit of this id is wrong: ' || {quoted_code('facility_code')}",
    ),
    source="GS1 General Specifications: check digit of a GLN; QĐ 1551/2026",
)
GLN_ONCE = list_rule(
    "facility_registry.gln_once",
    (
        "Trong một danh mục, một mã định danh 13 số chỉ thuộc một cơ sở.",
        "In one list a national id of 13 digits is of one facility.",
    ),
    f"""
with shared as materialized (
    select partition_key, gln_code
    from feeds.facility_registry
    where gln_code ~ '^[0-9]{{13}}$'
    group by 1, 2
    having count(distinct facility_code) > 1
)
select {PLACE}, row.facility_code,
    (row.partition_key, row.gln_code) not in (select partition_key, gln_code from shared)
    as is_alone
from {_REGISTRY}
where row.gln_code ~ '^[0-9]{{13}}$'""",
    Check(
        "Mã định danh cơ sở 13 số",
        "is_alone",
        f"'another facility has the id of ' || {quoted_code('facility_code')}",
    ),
    source="QĐ 1551/2026",
)
COMMUNE_OF_PROVINCE = list_rule(
    "facility_registry.commune_of_province",
    (
        "Mã xã thuộc tỉnh ghi trên dòng vào ngày bắt đầu hiệu lực.",
        "The commune is in the province of the row on its first day.",
    ),
    f"""
select {PLACE}, row.commune_code,
    exists (
        select from ref.communes as listed
        where listed.commune_code = row.commune_code
            and listed.province_code = row.province_code
            and listed.valid_from <= row.valid_from
            and coalesce(listed.valid_to > row.valid_from, true)
    ) as is_inside
from {_REGISTRY}
where row.province_code is not null and exists (
    select from ref.communes as listed
    where listed.commune_code = row.commune_code
        and listed.valid_from <= row.valid_from
        and coalesce(listed.valid_to > row.valid_from, true)
)""",
    Check(
        "MA_XA",
        "is_inside",
        f"'the commune is of another province: ' || {quoted_code('commune_code')}",
    ),
    source="QĐ 19/2025/QĐ-TTg",
)
NO_GAP = list_rule(
    "facility_registry.no_gap",
    (
        "Các giai đoạn của một mã cơ sở nối tiếp nhau.",
        "The periods of a facility follow one another without a gap.",
    ),
    f"""
select {PLACE}, row.facility_code,
    not exists (
        select from intermediate.int_facilities__periods as gap
        where gap.facility_code = row.facility_code
            and not gap.is_known and gap.valid_to = row.valid_from
    ) as follows
from {_REGISTRY}
where row.as_of = (select max(newest.as_of) from feeds.facility_registry as newest)""",
    Check(
        "Hiệu lực từ",
        "follows",
        f"'nothing is said of the days before this period of ' || {quoted_code('facility_code')}",
    ),
    severity=Severity.RECORD,
)
INSIDE_PROVINCE = list_rule(
    "facility_registry.inside_province",
    (
        "Tọa độ hiện nay của cơ sở nằm trong khung tọa độ của tỉnh.",
        "A facility lies within the bounds of its province now.",
    ),
    f"""
select {PLACE}, row.latitude between listed.south and listed.north
    and row.longitude between listed.west and listed.east as is_inside
from {_REGISTRY}
join ref.provinces as listed
    on listed.province_code = row.province_code
    and listed.valid_from <= row.valid_from
    and coalesce(listed.valid_to > row.valid_from, true)
where row.valid_to is null and row.latitude is not null and row.longitude is not null""",
    Check("Vĩ độ", "is_inside", "'latitude and longitude are outside the province'"),
    threshold="centres of its communes, and 0.2 degrees beyond (own)",
)

RULES = (GLN_DIGIT, GLN_ONCE, COMMUNE_OF_PROVINCE, NO_GAP, INSIDE_PROVINCE)
