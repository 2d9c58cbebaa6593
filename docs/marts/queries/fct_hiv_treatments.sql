-- How many persons are treated for HIV, by regimen line? Asked as hiv_reader, of schema hiv.
select
    treatments.regimen_line_code,
    count(distinct treatments.person_key) as person_count,
    count(distinct encounters.encounter_key) as encounter_count
from hiv.fct_hiv_treatments as treatments
inner join hiv.fct_encounters as encounters
    on
        treatments.facility_key = encounters.facility_key
        and treatments.encounter_key = encounters.encounter_key
group by treatments.regimen_line_code
order by treatments.regimen_line_code
