{#- What lists and monthly reports tell of happening, by atom; columns as in states.sql. -#}

{#- A monthly report lies whole in the first atom of its month. -#}
{% macro activity_reports_rows() -%}
select
    {{ surrogate_key(['reports.facility_code']) }} as facility_key,
    {{ unknown_reference_key() }} as commune_key,
    atoms.atom_start_date,
    months.day_count as days_in_month,
    reports.beds_planned,
    reports.beds_actual,
    reports.visits_total,
    reports.admissions,
    reports.bed_days,
    reports.discharges,
    reports.deaths_inpatient,
    reports.transfers_out_exam,
    reports.transfers_out_inpatient,
    {{ of_facility() }}
from {{ ref('stg_lists__hospital_activity_month') }} as reports
inner join {{ ref('dim_atoms') }} as atoms
    on
        to_date(reports.month, 'YYYY-MM') = atoms.atom_start_date
        and atoms.audience = 'open'
inner join {{ ref('dim_periods') }} as months
    on
        atoms.atom_start_date = months.period_start_date
        and months.calendar_code = 'month_cal'
        and months.audience = 'open'
{{ join_facility(surrogate_key(['reports.facility_code']), 'months.period_end_date') }}
{%- endmacro %}

{#- Who left, once, by the newest list that says so. -#}
{% macro departures_rows() -%}
select
    gone.facility_key,
    {{ unknown_reference_key() }} as commune_key,
    atoms.atom_start_date,
    gone.is_main_place,
    lower(gone.occupation) as occupation,
    lower(gone.leave_reason) as leave_reason,
    {{ of_facility() }}
from (
    select distinct on (staff.facility_code, staff.person_key, staff.left_on)
        staff.*,
        {{ surrogate_key(['staff.facility_code']) }} as facility_key
    from {{ ref('stg_lists__workforce') }} as staff
    where staff.left_on is not null
    order by
        staff.facility_code,
        staff.person_key,
        staff.left_on,
        staff.is_main_place desc,
        staff.as_of desc,
        staff.received_at desc,
        staff.document_key
) as gone
inner join {{ ref('dim_atoms') }} as atoms
    on
        gone.left_on between atoms.atom_start_date and atoms.atom_end_date
        and atoms.audience = 'open'
{{ join_facility('gone.facility_key', 'gone.left_on') }}
{%- endmacro %}

{#- Days of an assignment, first and last included, at the place that receives. Until it is said to have
    ended it lasts as planned, counted up to the last month that is over. -#}
{% macro rotations_rows() -%}
select
    sent.facility_key,
    {{ unknown_reference_key() }} as commune_key,
    atoms.atom_start_date,
    lower(sent.programme) as programme,
    lower(sent.occupation) as occupation,
    lower(sent.staff_group) as staff_group,
    sent.started_on >= atoms.atom_start_date as starts,
    sent.planned_persons,
    least(sent.last_day, atoms.atom_end_date)
    - greatest(sent.started_on, atoms.atom_start_date) + 1 as days_in_atom,
    sent.time_share,
    {{ of_facility() }}
from (
    select
        rotations.*,
        {{ surrogate_key(['rotations.to_facility']) }} as facility_key,
        coalesce(
            rotations.ended_on,
            least(rotations.planned_end, date_trunc('month', days.current_day)::date - 1)
        ) as last_day
    from {{ ref('stg_lists__rotation') }} as rotations
    cross join {{ ref('int_indicators__days') }} as days
) as sent
inner join {{ ref('dim_atoms') }} as atoms
    on
        sent.started_on <= atoms.atom_end_date
        and sent.last_day >= atoms.atom_start_date
        and atoms.audience = 'open'
{{ join_facility('sent.facility_key', 'atoms.atom_end_date') }}
{%- endmacro %}

{#- Claims: encounters by the day on which care ended, of atoms that this build touches. -#}
{% macro encounters_rows() -%}
select
    encounters.*,
    {{ unknown_reference_key() }} as commune_key,
    touched.atom_start_date,
    {{ of_facility() }}
from {{ ref('int_indicators__touched_atoms') }} as touched
inner join {{ ref('fct_encounters') }} as encounters
    on
        touched.facility_key = encounters.facility_key
        and encounters.discharge_date between touched.atom_start_date and touched.atom_end_date
{{ join_facility('touched.facility_key', 'touched.atom_end_date') }}
{%- endmacro %}
