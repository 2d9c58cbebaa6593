-- How many patients are transferred in each month by professional need and by their own wish, and how many of them are found where they went?
with months as (
    select
        month_start_date,
        sum(encounter_count) as encounters,
        sum(transfer_professional_count) as by_need,
        sum(transfer_requested_count) as by_wish
    from marts.rpt_facility_months
    group by month_start_date
),

found as (
    select
        dates.month_start_date,
        count(*) filter (
            where transfers.discharge_type_code = '2' and transfers.direction_code = 'up'
        ) as up_by_need,
        count(*) filter (
            where transfers.discharge_type_code = '5' and transfers.direction_code = 'up'
        ) as up_by_wish,
        count(*) filter (where transfers.is_cross_province) as out_of_province,
        count(*) filter (where transfers.is_arrival_matched) as found
    from marts.fct_transfers as transfers
    inner join marts.dim_dates as dates on transfers.discharge_date = dates.date_key
    where transfers.discharge_type_code in ('2', '5')
    group by dates.month_start_date
)

select
    months.month_start_date,
    months.encounters::bigint as encounters,
    months.by_need::bigint as by_need,
    months.by_wish::bigint as by_wish,
    round(100.0 * months.by_need / months.encounters, 1) as by_need_pct,
    round(100.0 * months.by_wish / months.encounters, 1) as by_wish_pct,
    coalesce(found.up_by_need, 0) as up_by_need,
    coalesce(found.up_by_wish, 0) as up_by_wish,
    coalesce(found.out_of_province, 0) as out_of_province,
    coalesce(found.found, 0) as found
from months
left join found on months.month_start_date = found.month_start_date
order by months.month_start_date
