-- How many commune stations have a doctor and a midwife?
select
    as_of_date,
    count(*) as stations,
    count(*) filter (where has_doctor) as with_doctor,
    count(*) filter (where doctors_own > 0) as with_own_doctor,
    count(*) filter (where midwives > 0) as with_midwife,
    round(100.0 * count(*) filter (where has_doctor) / count(*), 1) as with_doctor_pct,
    round(100.0 * count(*) filter (where midwives > 0) / count(*), 1) as with_midwife_pct
from marts.fct_stations
where is_latest and unit_kind_code = 'station'
group by as_of_date
order by as_of_date
