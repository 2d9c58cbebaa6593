"""What one person's rows in several lists of staff must honour: one main place, hours apart."""

from expectations.lists.declared import FOUND_AT, ROW_KEY, list_rule, listed
from expectations.rules.rule import Check

_LISTED = listed(
    "workforce",
    "row.as_of, row.person_key, row.facility_code, row.is_main_place, row.full_time,"
    " row.hours_of_day, row.days_of_week, row.valid_from,"
    f" daterange(row.valid_from, row.valid_to, '[]') as days, {ROW_KEY} as row_key",
    "row.person_key is not null and row.valid_from <= coalesce(row.valid_to, row.valid_from)",
)
# Who stands in the lists of two facilities of one day: few, and all others are judged by nothing.
_PLACES = f"""{_LISTED},
several as materialized (
    select as_of, person_key
    from listed
    group by 1, 2
    having count(distinct facility_code) > 1
),
places as materialized (select listed.* from listed join several using (as_of, person_key))"""

ONE_MAIN_PLACE = list_rule(
    "workforce.one_main_place",
    (
        "Một người chỉ có một nơi làm việc chính trong cùng một thời gian.",
        "A person has one main place of work at a time.",
    ),
    f"""
with {_PLACES},
later as materialized (
    select distinct place.row_key
    from places as place
    join places as other
        on other.as_of = place.as_of and other.person_key = place.person_key
        and other.facility_code <> place.facility_code and other.days && place.days
        and (other.valid_from, other.full_time, other.facility_code)
        < (place.valid_from, place.full_time, place.facility_code)
    where place.is_main_place and other.is_main_place
)
select {FOUND_AT}, later.row_key is null as is_the_one
from places as listed
left join later on later.row_key = listed.row_key
where listed.is_main_place""",
    Check(
        "Nơi làm việc chính",
        "is_the_one",
        "'the person has another main place, in the list of another facility and longer'",
    ),
    source="Law 15/2023 art. 36; TT 38/2024/TT-BYT art. 9",
)
HOURS_APART = list_rule(
    "workforce.hours_apart",
    (
        "Giờ làm việc của một người tại hai cơ sở không trùng nhau.",
        "The hours of a person at two facilities do not overlap.",
    ),
    f"""
with {_PLACES},
hours as materialized (
    select places.*, weekday.parts[1] as weekday, span.parts[1] as begins, span.parts[2] as ends
    from places
    cross join lateral regexp_matches(
        upper(places.days_of_week), 'T[2-7]|CN', 'g'
    ) as weekday (parts)
    cross join lateral regexp_matches(
        places.hours_of_day, '([0-9]{{4}})-([0-9]{{4}})', 'g'
    ) as span (parts)
),
overlapping as materialized (
    select distinct place.row_key
    from hours as place
    join hours as other
        on other.as_of = place.as_of and other.person_key = place.person_key
        and other.weekday = place.weekday and other.facility_code <> place.facility_code
        and other.days && place.days
        and other.begins < place.ends and place.begins < other.ends
    where not place.is_main_place or other.is_main_place
)
select {FOUND_AT}, overlapping.row_key is null as are_apart
from places as listed
left join overlapping on overlapping.row_key = listed.row_key""",
    Check(
        "THOIGIAN_NGAY",
        "are_apart",
        "'the person works at another facility in the same hours'",
    ),
    source="Law 15/2023 art. 36: several places, not at the same time",
)

RULES = (ONE_MAIN_PLACE, HOURS_APART)
