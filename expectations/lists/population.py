"""What figures of the population must honour: bands, sexes, the year before."""

from expectations.lists.declared import PLACE, ROW_KEY, counting, list_rule
from expectations.rules.rule import Check, Severity

_KEYS = "commune_code, age_band, source_code, vintage, ref_date"
# A figure is the people of a commune by a source, of a release and day; of each band the row of
# both sexes, else those of men and of women.
_FIGURES = """
figures as materialized (
    select commune_code, source_code, vintage, ref_date, sum(persons) as persons
    from (
        select commune_code, source_code, vintage, ref_date, age_band,
            coalesce(
                max(population) filter (where sex = 'T'),
                sum(population) filter (where sex <> 'T')
            ) as persons
        from feeds.population
        group by 1, 2, 3, 4, 5
    ) as bands
    group by 1, 2, 3, 4
)"""
PEOPLE = f"""{_FIGURES},
people as materialized (
    select distinct on (commune_code) commune_code, persons
    from figures
    where persons > 0
    order by commune_code, ref_date desc, persons desc
)"""
"""SQL of `people`: commune_code, persons; the newest figure of a commune, and of those of one day
the source that says most people."""

TOTAL_OF_SEXES = list_rule(
    "population.total_of_sexes",
    (
        "Dân số chung bằng nam cộng nữ.",
        "The population of all sexes is that of men and women together.",
    ),
    f"""
with parts as materialized (
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
with sexes as materialized (
    select commune_code, source_code, vintage, ref_date,
        sum(population) filter (where sex = '1') as men,
        sum(population) filter (where sex = '2') as women,
        min(age_band) as first_band
    from feeds.population
    group by 1, 2, 3, 4
)
select {PLACE}, sexes.men, sexes.women
from {counting("population")}
join sexes using (commune_code, source_code, vintage, ref_date)
where row.age_band = sexes.first_band and row.sex = '1' and sexes.women >= 1000""",
    Check(
        "Dân số",
        "100 * men between 90 * women and 115 * women",
        "'there are ' || round(100.0 * men / women, 1) || ' men for 100 women'",
    ),
    severity=Severity.RECORD,
    threshold="90 to 115",
)
BANDS_WHOLE = list_rule(
    "population.bands_whole",
    (
        "Các nhóm tuổi của một xã và giới nối tiếp nhau từ 0 tuổi trở lên.",
        "The age bands of a commune and sex follow one another from age 0 on.",
    ),
    f"""
with bands as materialized (
    select row_key, age_band,
        lag(age_band) over upwards as band_before,
        lead(age_band) over upwards as next_band,
        low, high,
        lead(low) over upwards as next_low
    from (
        select {ROW_KEY} as row_key, row.*,
            cast(substring(row.age_band from '^[0-9]+') as integer) as low,
            cast(substring(row.age_band from '-([0-9]+)$') as integer) as high
        from feeds.population as row
    ) as read
    window upwards as (
        partition by commune_code, sex, source_code, vintage, ref_date order by low
    )
)
select {PLACE}, bands.age_band, bands.next_band,
    bands.band_before is not null or bands.low = 0 as begins,
    case
        when bands.next_band is null then bands.age_band like '%+'
        when bands.age_band like '%+' then false
        else bands.next_low = coalesce(bands.high, bands.low) + 1
    end as is_followed
from {counting("population")}
join bands on bands.row_key = {ROW_KEY}""",
    Check(
        "Nhóm tuổi",
        "begins and is_followed",
        "case when not begins then 'no band begins with age 0, the first is ' || age_band"
        " else 'after the band ' || age_band || ' comes '"
        " || coalesce(next_band, 'no older one') end",
    ),
)
SEX_RATIO_AT_BIRTH = list_rule(
    "population.sex_ratio_at_birth",
    (
        "Tỷ số giới tính dưới 1 tuổi của toàn danh sách từ 100 đến 120 nam trên 100 nữ.",
        "Of infants a list has 100 to 120 boys for 100 girls.",
    ),
    f"""
with infants as materialized (
    select source_code, vintage, ref_date,
        sum(population) filter (where sex = '1') as boys,
        sum(population) filter (where sex = '2') as girls,
        min({ROW_KEY}) as first_row
    from feeds.population as row
    where age_band = '0'
    group by 1, 2, 3
)
select {PLACE}, infants.boys, infants.girls
from {counting("population")}
join infants on infants.first_row = {ROW_KEY}
where infants.girls >= 1000""",
    Check(
        "Dân số",
        "100 * boys between 100 * girls and 120 * girls",
        "'there are ' || round(100.0 * boys / girls, 1) || ' boys under 1 year for 100 girls'",
    ),
    severity=Severity.RECORD,
    threshold="100 to 120",
)
YEAR_ON_YEAR = list_rule(
    "population.year_on_year",
    (
        "Dân số một xã không tăng giảm quá 10 % so với năm trước của cùng nguồn.",
        "The people of a commune change by no more than 10 % in a year of one source.",
    ),
    f"""
with {_FIGURES},
changes as materialized (
    select newer.commune_code, newer.source_code, newer.vintage, newer.ref_date,
        newer.persons, max(older.persons) as persons_before
    from figures as newer
    join figures as older
        on older.commune_code = newer.commune_code
        and older.source_code = newer.source_code
        and older.ref_date = cast(newer.ref_date - interval '1 year' as date)
    where older.persons > 0 and not exists (
        select from ref.communes as redrawn
        where redrawn.commune_code = newer.commune_code
            and redrawn.valid_from > older.ref_date and redrawn.valid_from <= newer.ref_date
    )
    group by 1, 2, 3, 4, 5
),
first_rows as materialized (
    select distinct on (commune_code, source_code, vintage, ref_date)
        changes.*, {ROW_KEY} as row_key
    from changes
    join feeds.population as row
        using (commune_code, source_code, vintage, ref_date)
    order by commune_code, source_code, vintage, ref_date, row.age_band, row.sex
)
select {PLACE}, first_rows.persons, first_rows.persons_before
from {counting("population")}
join first_rows on first_rows.row_key = {ROW_KEY}""",
    Check(
        "Dân số",
        "abs(persons - persons_before) <= 0.1 * persons_before",
        "'the commune has ' || persons || ' people, a year before ' || persons_before",
    ),
    threshold="10 %, where the commune is the same",
)

RULES = (TOTAL_OF_SEXES, SEX_RATIO, SEX_RATIO_AT_BIRTH, BANDS_WHOLE, YEAR_ON_YEAR)
