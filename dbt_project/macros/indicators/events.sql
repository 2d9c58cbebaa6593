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
    reports.visits_insured,
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
        and {{ ended_in('touched', 'encounters') }}
{{ join_facility('touched.facility_key', 'touched.atom_end_date') }}
where touched.source_fact = 'encounters'
{%- endmacro %}

{#- Transfers by the day on which care ended at the sender, as each audience sees them. -#}
{% macro transfers_rows() -%}
select
    transfers.facility_key,
    {{ unknown_reference_key() }} as commune_key,
    touched.atom_start_date,
    transfers.discharge_type_code,
    transfers.transfer_reason_code,
    transfers.direction_code,
    transfers.from_level_code,
    transfers.to_level_code,
    transfers.has_referral_slip,
    transfers.is_arrival_matched,
    coalesce(transfers.arrival_facility_key = transfers.sent_to_facility_key, false)
        as is_matched_where_sent,
    transfers.is_cross_province,
    transfers.is_back_referral,
    {{ of_facility() }},
    audiences.audience,
    transfers.audience = audiences.audience as is_own
from {{ ref('int_indicators__touched_atoms') }} as touched
inner join {{ ref('fct_transfers') }} as transfers
    on
        touched.facility_key = transfers.facility_key
        and {{ ended_in('touched', 'transfers') }}
{{ join_own(ref('fct_transfers'), 'transfers') }}
{{ join_facility('touched.facility_key', 'touched.atom_end_date') }}
where touched.source_fact = 'transfers' and own.facility_key is null
{%- endmacro %}

{#- Stays by the day on which they ended, at the facility where they did, as each audience sees them. A
    stay that a class sees otherwise, or not at all (a tombstone), counts nothing where it stood for
    others, and still tells that the figure of the class is its own. -#}
{% macro stays_rows() -%}
{%- set counts = 'own.facility_key is null and not stays.is_tombstone' -%}
select
    stays.last_facility_key as facility_key,
    {{ unknown_reference_key() }} as commune_key,
    touched.atom_start_date,
    case when {{ counts }} then stays.stay_days end as stay_days,
    case when {{ counts }} then stays.encounter_count end as encounter_count,
    stays.is_death and {{ counts }} as is_death,
    stays.is_index_stay and {{ counts }} as is_index_stay,
    stays.is_readmitted and {{ counts }} as is_readmitted,
    stays.is_readmitted_unplanned and {{ counts }} as is_readmitted_unplanned,
    {{ of_facility() }},
    audiences.audience,
    stays.audience = audiences.audience or own.facility_key is not null as is_own
from {{ ref('int_indicators__touched_atoms') }} as touched
inner join {{ ref('fct_stays') }} as stays
    on
        touched.facility_key = stays.last_facility_key
        and {{ ended_in('touched', 'stays') }}
{{ join_own(ref('fct_stays'), 'stays') }}
{{ join_facility('touched.facility_key', 'touched.atom_end_date') }}
where touched.source_fact = 'stays'
{%- endmacro %}

{#- Rows of an atom; its month is what the indexes of facts of claims begin with, behind the facility. -#}
{% macro ended_in(atoms, rows) -%}
{{ rows }}.month_start_date = date_trunc('month', {{ atoms }}.atom_start_date)::date
        and {{ rows }}.discharge_date between {{ atoms }}.atom_start_date and {{ atoms }}.atom_end_date
{%- endmacro %}

{#- Each row of a mart that is there twice, for each audience that sees it; `own` is what the audience
    sees instead, where it has a row of its own. -#}
{% macro join_own(mart, rows) -%}
inner join {{ audiences() }} on {{ rows }}.audience = any(audiences.sees)
left join {{ mart }} as own
    on
        {{ rows }}.facility_key = own.facility_key
        and {{ rows }}.encounter_key = own.encounter_key
        and {{ rows }}.audience <> own.audience
        and audiences.audience = own.audience
{%- endmacro %}
