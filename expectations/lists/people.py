"""What lists of people by commune must honour: population, members, who a station serves."""

from expectations.lists.declared import PLACE, counting, list_rule
from expectations.rules.rule import Check, Severity

_KEYS = "commune_code, age_band, source_code, vintage, ref_date"
# The newest figure of a commune: its newest day, and of that the source that says most people.
_PEOPLE = """
people as (
    select distinct on (commune_code) commune_code, persons
    from (
        select commune_code, ref_date, source_code, vintage,
            coalesce(
                sum(population) filter (where sex = 'T'),
                sum(population) filter (where sex <> 'T')
            ) as persons
        from feeds.population
        group by 1, 2, 3, 4
    ) as figures
    where persons > 0
    order by commune_code, ref_date desc, persons desc
)"""

TOTAL_OF_SEXES = list_rule(
    "population.total_of_sexes",
    (
        "Dân số chung bằng nam cộng nữ.",
        "The population of all sexes is that of men and women together.",
    ),
    f"""
with parts as (
    select {_KEYS}, sum(population) as together
    from feeds.population
    where sex in ('1', '2')
    group by {_KEYS}
    having count(*) = 2
)
select {PLACE}, row.population as said, parts.together
from {counting("population")}
join parts using ({_KEYS})
where row.sex = 'T'""",
    Check(
        "Dân số",
        "said = together",
        "'it is ' || said || ', men and women together are ' || together",
    ),
)
SEX_RATIO = list_rule(
    "population.sex_ratio",
    (
        "Tỷ số giới tính của một xã từ 90 đến 115 nam trên 100 nữ.",
        "A commune has 90 to 115 men for 100 women.",
    ),
    f"""
with sexes as (
    select commune_code, source_code, vintage, ref_date,
        sum(population) filter (where sex = '1') as men,
        sum(population) filter (where sex = '2') as women,
        min(age_band) as first_band
    from feeds.population
    group by 1, 2, 3, 4
)
select {PLACE}, round(100 * sexes.men / sexes.women) as men_for_100
from {counting("population")}
join sexes using (commune_code, source_code, vintage, ref_date)
where row.age_band = sexes.first_band and row.sex = '1' and sexes.women >= 1000""",
    Check(
        "Dân số",
        "men_for_100 between 90 and 115",
        "'there are ' || men_for_100 || ' men for 100 women'",
    ),
    severity=Severity.RECORD,
    threshold="90 to 115",
)
MEMBERS_OF_PEOPLE = list_rule(
    "insurance_membership.of_population",
    (
        "Số người có thẻ của một xã không quá 105 % dân số.",
        "The members of a commune are no more than 105 % of its people.",
    ),
    f"""
with {_PEOPLE},
members as (
    select commune_code, as_of_date, sum(members) as members, min(document_key::text) as first_row
    from feeds.insurance_membership
    group by 1, 2
)
select {PLACE}, members.members, people.persons
from {counting("insurance_membership")}
join members using (commune_code, as_of_date)
join people using (commune_code)
where row.document_key::text = members.first_row""",
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
with members as (
    select commune_code, as_of_date, sum(members) as members, min(document_key::text) as first_row
    from feeds.insurance_membership
    group by 1, 2
)
select {PLACE}, members.members, former.members as before
from {counting("insurance_membership")}
join members using (commune_code, as_of_date)
join members as former
    on former.commune_code = members.commune_code
    and former.as_of_date between members.as_of_date - 31 and members.as_of_date - 28
where row.document_key::text = members.first_row and former.members > 0""",
    Check(
        "Số người có thẻ còn hiệu lực",
        "abs(members - before) <= 0.1 * before",
        "'the commune has ' || members || ' members, a month before ' || before",
    ),
    severity=Severity.RECORD,
    threshold="10 %",
)
SERVED_OF_PEOPLE = list_rule(
    "commune_station.population_served",
    (
        "Dân số phụ trách của trạm và điểm trạm khớp với dân số xã (chênh lệch không quá 5 %).",
        "A station with its points serves the people of its commune, within 5 %.",
    ),
    f"""
with {_PEOPLE},
served as (
    select commune_code, as_of_date, sum(population_served) as served
    from feeds.commune_station
    group by 1, 2
)
select {PLACE}, served.served, people.persons
from {counting("commune_station")}
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
    TOTAL_OF_SEXES,
    SEX_RATIO,
    MEMBERS_OF_PEOPLE,
    MEMBERS_OF_LAST_MONTH,
    SERVED_OF_PEOPLE,
)
