-- How many patients go up, by need and by wish, and how many of them arrive?
select
    date_trunc('year', month_start_date::timestamp)::date as year_start_date,
    from_level_code,
    to_level_code,
    sum(transfer_count) filter (where discharge_type_code = '2') as professional_count,
    sum(transfer_count) filter (where discharge_type_code = '5') as requested_count,
    sum(matched_count) as matched_count
from marts.rpt_transfer_months
where direction_code = 'up'
group by year_start_date, from_level_code, to_level_code
order by year_start_date, from_level_code, to_level_code
