-- One row per calendar month of which a monthly report counts, and province: what private
-- facilities have of facilities, beds, visits and admissions, and how many of those that owe a
-- report sent one. Facilities and beds are those of the registry on the last day of the month. The
-- same for everybody.
with affected as (
    select * from {{ ref('int_activity__affected_months') }}
),

reports as (
    select * from {{ ref('int_activity__reported_months') }}
),

periods as (
    select * from {{ ref('int_facilities__periods') }}
),

provinces as (
    select distinct on (province_code)
        province_code,
        current_province_key
    from {{ ref('dim_provinces') }}
    where audience = 'open' and is_known
    order by province_code asc, valid_from asc
),

months as (
    select distinct
        reports.month_start_date,
        (reports.month_start_date + interval '1 month - 1 day')::date as last_date
    from affected
    inner join reports on affected.month_start_date = reports.month_start_date
),

registered as (
    select
        months.month_start_date,
        periods.facility_code,
        periods.beds_actual,
        {{ is_private('periods.ownership') }} as is_private,
        {{ is_of_care('periods.facility_type') }} as owes_report,
        {{ has_counted_beds('periods.facility_type') }} as has_counted_beds
    from months
    inner join periods
        on
            months.last_date >= periods.valid_from
            and (months.last_date < periods.valid_to or periods.valid_to is null)
    where periods.is_known and lower(periods.status) = 'active'
),

sent as (
    select reports.*
    from months
    inner join reports on months.month_start_date = reports.month_start_date
),

facilities as (
    select
        coalesce(registered.month_start_date, sent.month_start_date) as month_start_date,
        left(coalesce(registered.facility_code, sent.facility_code), 2) as province_code,
        registered.facility_code is not null as is_registered,
        coalesce(registered.is_private, false) as is_private,
        coalesce(registered.owes_report, false) as owes_report,
        sent.facility_code is not null as has_report,
        case when registered.has_counted_beds then registered.beds_actual end as beds,
        sent.visits_total as visits,
        sent.admissions
    from registered
    full outer join sent
        on
            registered.month_start_date = sent.month_start_date
            and registered.facility_code = sent.facility_code
)

select
    facilities.month_start_date,
    coalesce(provinces.current_province_key, {{ unknown_reference_key() }}) as province_key,
    'open'::text as audience,
    count(*) filter (where facilities.owes_report)::integer as facility_count,
    count(*) filter (where facilities.owes_report and facilities.is_private)::integer
        as private_facility_count,
    count(*) filter (where facilities.owes_report and facilities.has_report)::integer
        as reporting_count,
    count(*) filter (
        where facilities.owes_report and facilities.has_report and facilities.is_private
    )::integer as private_reporting_count,
    count(*) filter (where not facilities.is_registered)::integer as unregistered_count,
    coalesce(sum(facilities.beds), 0)::integer as bed_count,
    coalesce(sum(facilities.beds) filter (where facilities.is_private), 0)::integer
        as private_bed_count,
    coalesce(sum(facilities.visits), 0)::bigint as visit_count,
    coalesce(sum(facilities.visits) filter (where facilities.is_private), 0)::bigint
        as private_visit_count,
    coalesce(sum(facilities.admissions), 0)::bigint as admission_count,
    coalesce(sum(facilities.admissions) filter (where facilities.is_private), 0)::bigint
        as private_admission_count
from facilities
left join provinces on facilities.province_code = provinces.province_code
group by facilities.month_start_date, provinces.current_province_key
