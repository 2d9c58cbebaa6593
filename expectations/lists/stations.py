"""What stations and their points must honour: one in each commune, and doctors who are there."""

from expectations.lists.declared import PLACE, ROW_KEY, communes_without, counting, list_rule
from expectations.lists.population import PEOPLE
from expectations.rules.fragments import quoted_code
from expectations.rules.rule import Check, Severity

_STATIONS = counting("commune_station")
# A station and its points on a day. Doctors of a point stand in the workforce of its station.
_REPORTED = """
reported as materialized (
    select as_of, coalesce(parent_unit_code, unit_code) as station_code,
        sum(doctors_own) as own, sum(doctors_rotated) as rotated
    from feeds.commune_station
    group by 1, 2
)"""

EVERY_COMMUNE = list_rule(
    "commune_station.every_commune",
    (
        "Mỗi xã của tỉnh có một trạm y tế trong danh sách.",
        "The list has a station for every commune of the province.",
    ),
    f"""
with {communes_without("commune_station", "row.unit_kind = 'STATION'")}
select {PLACE}, coalesce(lacking.communes, 0) as communes, lacking.such_as
from {_STATIONS}
left join lacking on lacking.as_of = row.as_of and lacking.first_row = {ROW_KEY}""",
    Check(
        "Mã xã/phường",
        "communes = 0",
        "communes || ' communes of the province have no station, such as ' || such_as",
    ),
    source="TT 43/2025/TT-BYT; QĐ 19/2025/QĐ-TTg",
)
POINT_OF_COMMUNE = list_rule(
    "commune_station.point_of_commune",
    (
        "Trạm quản lý của điểm trạm là trạm y tế của cùng xã.",
        "The station of a point is that of the same commune.",
    ),
    f"""
with stations as materialized (
    select as_of, unit_code,
        array_agg(commune_code) filter (where unit_kind = 'STATION') as communes
    from feeds.commune_station
    group by 1, 2
)
select {PLACE}, row.parent_unit_code,
    coalesce(row.commune_code = any(stations.communes), false) as is_of_commune
from {_STATIONS}
join stations on stations.as_of = row.as_of and stations.unit_code = row.parent_unit_code
where row.unit_kind = 'POINT'""",
    Check(
        "Trạm quản lý",
        "is_of_commune",
        "'the commune of the point has another station than ' || "
        f"{quoted_code('parent_unit_code')}",
    ),
)
FORMER_COMMUNE = list_rule(
    "commune_station.former_commune",
    (
        "Mã xã cũ có trong danh mục đến ngày 30/06/2025.",
        "The former commune was in the list until 30/06/2025.",
    ),
    f"""
with former as materialized (
    select distinct commune_code from ref.communes where valid_to = '2025-07-01'
)
select {PLACE}, row.former_commune_code, former.commune_code is not null as was_there
from {_STATIONS}
left join former on former.commune_code = row.former_commune_code
where row.former_commune_code in (select commune_code from ref.communes)""",
    Check(
        "Mã xã trước 01/07/2025",
        "was_there",
        f"'no commune before 01/07/2025 had the code ' || {quoted_code('former_commune_code')}",
    ),
    source="QĐ 19/2025/QĐ-TTg",
)
DOCTORS_AS_WORKFORCE = list_rule(
    "commune_station.doctors_as_workforce",
    (
        "Bác sĩ của trạm và điểm trạm khớp với danh sách nhân lực cùng ngày.",
        "A station with its points has as many doctors as the workforce of that day.",
    ),
    f"""
with {_REPORTED},
staff as materialized (
    select as_of, facility_code,
        count(distinct person_key) filter (
            where occupation like 'DOCTOR\\_%' and valid_from <= as_of
                and coalesce(valid_to >= as_of, true)
        ) as doctors
    from feeds.workforce
    group by 1, 2
)
select {PLACE}, reported.own, staff.doctors
from {_STATIONS}
join reported on reported.as_of = row.as_of and reported.station_code = row.unit_code
join staff on staff.as_of = row.as_of and staff.facility_code = row.unit_code
where row.unit_kind = 'STATION'""",
    Check(
        "Bác sĩ biên chế/hợp đồng tại trạm",
        "own = doctors",
        "'it reports ' || own || ' doctors of its own, the workforce has ' || doctors",
    ),
    beside=("workforce",),
)
DOCTORS_AS_ROTATION = list_rule(
    "commune_station.doctors_as_rotation",
    (
        "Bác sĩ luân phiên của trạm và điểm trạm khớp với danh sách luân phiên.",
        "A station with its points has as many rotated doctors as were sent there.",
    ),
    f"""
with {_REPORTED},
sent as materialized (
    select reported.as_of, reported.station_code, count(distinct assigned.person_key) as doctors
    from reported
    join feeds.rotation as assigned
        on split_part(assigned.to_facility, '.', 1) = reported.station_code
        and assigned.started_on <= reported.as_of
        and coalesce(assigned.ended_on, assigned.planned_end) >= reported.as_of
        and assigned.occupation like 'DOCTOR\\_%'
    group by 1, 2
)
select {PLACE}, reported.rotated, coalesce(sent.doctors, 0) as doctors
from {_STATIONS}
join reported on reported.as_of = row.as_of and reported.station_code = row.unit_code
left join sent on sent.as_of = row.as_of and sent.station_code = row.unit_code
where row.unit_kind = 'STATION' and exists (
    select from feeds.rotation as assigned where assigned.started_on <= row.as_of
)""",
    Check(
        "Bác sĩ luân phiên/biệt phái",
        "rotated = doctors",
        "'it reports ' || rotated || ' rotated doctors, ' || doctors || ' were sent there'",
    ),
    beside=("rotation",),
)
SERVED_OF_PEOPLE = list_rule(
    "commune_station.population_served",
    (
        "Dân số phụ trách của trạm và điểm trạm khớp với dân số xã (chênh lệch không quá 5 %).",
        "A station with its points serves the people of its commune, within 5 %.",
    ),
    f"""
with {PEOPLE},
served as materialized (
    select commune_code, as_of_date, sum(population_served) as served
    from feeds.commune_station
    group by 1, 2
)
select {PLACE}, served.served, people.persons
from {_STATIONS}
join served using (commune_code, as_of_date)
join people using (commune_code)
where row.unit_kind = 'STATION'""",
    Check(
        "Dân số phụ trách",
        "abs(served - persons) <= 0.05 * persons",
        "'it serves ' || served || ' people, the commune has ' || persons",
    ),
    beside=("population",),
    severity=Severity.RECORD,
    threshold="5 %",
)

RULES = (
    SERVED_OF_PEOPLE,
    EVERY_COMMUNE,
    POINT_OF_COMMUNE,
    FORMER_COMMUNE,
    DOCTORS_AS_WORKFORCE,
    DOCTORS_AS_ROTATION,
)
