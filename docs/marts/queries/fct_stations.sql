-- Which commune stations have no doctor of their own?
select
    communes.commune_name,
    stations.facility_id,
    stations.unit_name,
    stations.doctors_rotated
from marts.fct_stations as stations
inner join marts.dim_communes as communes on stations.commune_key = communes.commune_key
where stations.is_latest and stations.unit_kind_code = 'station' and stations.doctors_own = 0
order by communes.commune_name, stations.facility_id
