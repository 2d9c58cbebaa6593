-- Which facilities have the most transfers in the second half of 2026?
select
    components.facility_key,
    sum(components.numerator) as transfer_count,
    sum(components.denominator) as encounter_count
from marts.fct_indicator_components as components
inner join marts.bridge_atoms_periods as periods using (atom_start_date)
where
    components.indicator_code = 'TRANSFER_OUT_PCT'
    and periods.calendar_code = 'half_cal'
    and periods.period_start_date = '2026-07-01'
    and periods.taken = 'sum'
group by components.facility_key
order by transfer_count desc
