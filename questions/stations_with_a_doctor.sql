-- How many commune stations have a doctor and a midwife?
with units as (
    select * from marts.fct_stations
    where is_latest
),

stations as (
    select
        as_of_date,
        count(*) as stations,
        count(*) filter (where has_doctor) as with_doctor,
        count(*) filter (where doctors_own > 0) as with_own_doctor,
        count(*) filter (where midwives > 0) as with_midwife
    from units
    where unit_kind_code = 'station'
    group by as_of_date
)

select
    stations.as_of_date,
    stations.stations,
    (
        select count(*) from units
        where units.unit_kind_code = 'point' and units.as_of_date = stations.as_of_date
    ) as points,
    stations.with_doctor,
    stations.with_own_doctor,
    stations.with_midwife,
    round(100.0 * stations.with_doctor / stations.stations, 1) as with_doctor_pct,
    round(100.0 * stations.with_midwife / stations.stations, 1) as with_midwife_pct
from stations
order by stations.as_of_date
