"""What assignments must honour: who is sent, from where, down rather than up, once at a time."""

from expectations.lists.declared import FOUND_AT, PLACE, ROW_KEY, counting, list_rule, listed
from expectations.rules.rule import Check, Severity

_ROTATION = counting("rotation")
_SENT = listed(
    "rotation",
    "row.person_key, row.from_facility, row.started_on",
    "row.person_key is not null and row.started_on is not null",
)

TERM = list_rule(
    "rotation.term",
    (
        "Thời hạn luân phiên từ 1 đến 12 tháng.",
        "An assignment is planned for 1 to 12 months.",
    ),
    f"""
select {PLACE}, row.planned_end - row.started_on as days_planned
from {_ROTATION}
where row.planned_end > row.started_on""",
    Check(
        "Dự kiến đến",
        "days_planned between 28 and 366",
        "'it is planned for ' || days_planned || ' days'",
    ),
    severity=Severity.RECORD,
)
LEVEL = list_rule(
    "rotation.level",
    (
        "Cơ sở cử đi không thuộc cấp thấp hơn cơ sở tiếp nhận, trừ cử lên tuyến trên học việc.",
        "The sending facility has no lower level than the receiving one, but for those sent up to "
        "learn.",
    ),
    f"""
with levels as materialized (
    select facility_code, valid_from, valid_to,
        array_position(
            array['PRIMARY', 'BASIC_LT50', 'BASIC_50_70', 'SPECIALISED'], professional_level
        ) as level
    from intermediate.int_facilities__periods
    where professional_level is not null
)
select {PLACE}, sending.level as sending_level, receiving.level as receiving_level
from {_ROTATION}
join levels as sending
    on sending.facility_code = row.from_facility and sending.valid_from <= row.started_on
    and coalesce(sending.valid_to > row.started_on, true)
join levels as receiving
    on receiving.facility_code = row.to_facility and receiving.valid_from <= row.started_on
    and coalesce(receiving.valid_to > row.started_on, true)
where coalesce(row.programme <> 'PULL_UP', true)
    and sending.level is not null and receiving.level is not null""",
    Check(
        "Cơ sở cử đi",
        "sending_level >= receiving_level",
        "'the sending facility has a lower level than the receiving one'",
    ),
    beside=("facility_registry",),
    source="QĐ 1816/QĐ-BYT 2008; levels of Law 15/2023",
)
WORKS_THERE = list_rule(
    "rotation.works_there",
    (
        "Người luân phiên làm việc tại cơ sở cử đi vào ngày bắt đầu.",
        "Who is sent works at the sending facility on the first day.",
    ),
    f"""
with {_SENT},
employed as materialized (
    select facility_code, person_key, daterange(valid_from, valid_to, '[]') as days
    from feeds.workforce
    where person_key is not null and valid_from <= coalesce(valid_to, valid_from)
),
staff as materialized (
    select facility_code, person_key, range_agg(days) as days from employed group by 1, 2
),
persons as materialized (select distinct person_key from staff),
facilities as materialized (select distinct facility_code from staff)
select {FOUND_AT}, coalesce(listed.started_on <@ staff.days, false) as works_there
from listed
join persons on persons.person_key = listed.person_key
join facilities on facilities.facility_code = listed.from_facility
left join staff
    on staff.facility_code = listed.from_facility and staff.person_key = listed.person_key""",
    Check(
        "Cơ sở cử đi",
        "works_there",
        "'the person is not in the workforce of the sending facility on that day'",
    ),
    beside=("workforce",),
)
WHOLE_TIME = list_rule(
    "rotation.whole_time",
    (
        "Các đợt luân phiên cùng lúc của một người không vượt toàn bộ thời gian.",
        "Assignments of a person at one time take no more than the whole time.",
    ),
    f"""
with several as materialized (
    select person_key from feeds.rotation where person_key is not null
    group by 1
    having count(*) > 1
),
assigned as materialized (
    select person_key, started_on, coalesce(ended_on, planned_end) as ended_on, time_share,
        {ROW_KEY} as row_key
    from feeds.rotation as row
    join several using (person_key)
),
taken as materialized (
    select assigned.row_key, count(*) as assignments, sum(other.time_share) as time_share
    from assigned
    join assigned as other
        on other.person_key = assigned.person_key
        and other.started_on <= assigned.started_on and other.ended_on >= assigned.started_on
        and (other.started_on, other.row_key) <= (assigned.started_on, assigned.row_key)
    group by 1
)
select {PLACE}, taken.assignments, taken.time_share
from {_ROTATION}
join taken on taken.row_key = {ROW_KEY}
where taken.assignments > 1""",
    Check(
        "Tỷ lệ thời gian",
        "time_share <= 1",
        "'with ' || assignments - 1 || ' earlier of the person it takes ' || time_share "
        "|| ' of the whole time'",
    ),
    threshold="1",
)
PERSONS_OF_DECISION = list_rule(
    "rotation.persons_of_decision",
    (
        "Số người của một quyết định, hoặc của một nhóm trong đó, bằng số người theo kế hoạch.",
        "A decision, or a group of it, has as many persons as it plans.",
    ),
    f"""
with decisions as materialized (
    select decision_no, count(distinct person_key) as persons from feeds.rotation group by 1
),
parts as materialized (
    select decision_no, staff_group, count(distinct person_key) as persons
    from feeds.rotation
    group by 1, 2
)
select {PLACE}, row.planned_persons, decisions.persons, parts.persons as of_group
from {_ROTATION}
join decisions using (decision_no)
left join parts on parts.decision_no = row.decision_no and parts.staff_group = row.staff_group
where row.planned_persons is not null""",
    Check(
        "Số người theo kế hoạch năm",
        "planned_persons in (persons, of_group)",
        "planned_persons || ' persons are planned, the decision has ' || persons",
    ),
    severity=Severity.RECORD,
)

RULES = (TERM, LEVEL, WORKS_THERE, WHOLE_TIME, PERSONS_OF_DECISION)
