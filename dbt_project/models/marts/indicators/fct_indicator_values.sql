-- One row per area, period and indicator of which there is a component, and audience.
{{ config(
    indexes=[{'columns': ['area_kind', 'area_key']}],
    pre_hook="{{ add_final_values() }}",
) }}

with affected as (
    select * from {{ affected_keys() }}
),

components as (
    select * from {{ ref('fct_indicator_components') }}
),

facility_areas as (
    select * from {{ ref('bridge_facility_areas') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
    where audience = 'open' and is_computed
),

targets as (
    select * from {{ ref('dim_indicator_targets') }}
    where audience = 'open'
),

-- for which areas and periods each indicator is computed, and how its figures are taken
wanted as (
    select distinct
        indicators.indicator_code,
        area_kinds.area_kind,
        calendars.calendar_code,
        ways.taken
    from indicators
    cross join unnest(string_to_array(indicators.areas, ';')) as area_kinds (area_kind)
    cross join unnest(string_to_array(indicators.calendars, ';')) as calendars (calendar_code)
    inner join lateral (
        values
        (indicators.numerator_taken),
        (indicators.denominator_taken)
    ) as ways (taken) on true
    where ways.taken is not null
),

commune_areas as (
    select
        places.area_kind,
        places.area_key,
        communes.commune_key
    from {{ ref('dim_communes') }} as communes
    inner join {{ ref('dim_provinces') }} as provinces
        on
            communes.province_key = provinces.province_key
            and provinces.audience = 'open'
    inner join lateral (
        values
        ('C', communes.commune_key),
        ('P', provinces.current_province_key)
    ) as places (area_kind, area_key) on true
    where communes.audience = 'open' and communes.is_known
),

-- each component once for every period and kind of area that it counts for
asked as materialized (
    select
        components.*,
        wanted.area_kind,
        wanted.calendar_code,
        wanted.taken,
        atoms.period_start_date,
        atoms.weight
    from components
    inner join wanted on components.indicator_code = wanted.indicator_code
    inner join {{ ref('bridge_atoms_periods') }} as atoms
        on
            components.atom_start_date = atoms.atom_start_date
            and wanted.calendar_code = atoms.calendar_code
            and wanted.taken = atoms.taken
            and atoms.audience = 'open'
    where
        exists (
            select 1
            from affected
            where
                affected.calendar_code = atoms.calendar_code
                and affected.period_start_date = atoms.period_start_date
        )
),

-- what is of facilities, of those that were in the area at the time; what is of communes, by those
placed as (
    select
        asked.*,
        facility_areas.area_key,
        audiences.audience as seen_by
    from asked
    inner join facility_areas
        on
            asked.facility_key = facility_areas.facility_key
            and asked.area_kind = facility_areas.area_kind
            and asked.atom_start_date >= facility_areas.valid_from
            and (
                asked.atom_start_date < facility_areas.valid_to
                or facility_areas.valid_to is null
            )
    inner join {{ audiences() }}
        on
            facility_areas.audience = audiences.audience
            and asked.audience = any(audiences.sees)
    where
        asked.area_kind not in ('C', 'P')
        or asked.commune_key = {{ unknown_reference_key() }}
    union all
    select
        asked.*,
        commune_areas.area_key,
        audiences.audience as seen_by
    from asked
    inner join commune_areas
        on
            asked.commune_key = commune_areas.commune_key
            and asked.area_kind = commune_areas.area_kind
    inner join {{ audiences() }} on asked.audience = any(audiences.sees)
),

parts as (
    select
        affected.facility_key,
        affected.area_kind,
        affected.area_key,
        affected.calendar_code,
        affected.period_start_date,
        placed.facility_key as part_facility_key,
        placed.commune_key,
        placed.atom_start_date,
        placed.source_fact,
        placed.indicator_code,
        placed.audience,
        placed.seen_by,
        placed.taken,
        placed.weight,
        placed.numerator,
        placed.denominator,
        placed.case_count
    from placed
    inner join affected
        on
            placed.area_kind = affected.area_kind
            and placed.area_key = affected.area_key
            and placed.calendar_code = affected.calendar_code
            and placed.period_start_date = affected.period_start_date
),

sums as (
    select
        parts.facility_key,
        parts.area_kind,
        parts.area_key,
        parts.calendar_code,
        parts.period_start_date,
        parts.indicator_code,
        parts.seen_by as audience,
        sum(parts.numerator * parts.weight) filter (
            where parts.taken = indicators.numerator_taken
        ) as numerator,
        sum(parts.denominator * parts.weight) filter (
            where parts.taken = indicators.denominator_taken
        ) as denominator,
        sum(parts.case_count) filter (where parts.taken = indicators.numerator_taken) as case_count,
        count(distinct parts.part_facility_key) filter (
            where parts.part_facility_key <> {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }}
        ) as facility_count,
        count(distinct parts.atom_start_date) filter (
            where parts.taken = 'mean' and parts.denominator is not null
        ) as mean_count
    from parts
    inner join indicators on parts.indicator_code = indicators.indicator_code
    where
        -- in a closed class: what is other for it comes in place of what is open
        parts.audience = parts.seen_by
        or not exists (
            select 1
            from {{ ref('fct_indicator_components') }} as closed
            where
                closed.facility_key = parts.part_facility_key
                and closed.atom_start_date = parts.atom_start_date
                and closed.source_fact = parts.source_fact
                and closed.commune_key = parts.commune_key
                and closed.indicator_code = parts.indicator_code
                and closed.audience = parts.seen_by
        )
    group by
        parts.facility_key,
        parts.area_kind,
        parts.area_key,
        parts.calendar_code,
        parts.period_start_date,
        parts.indicator_code,
        parts.seen_by
    having bool_or(parts.audience = parts.seen_by)
),

judged as (
    select
        sums.facility_key,
        sums.area_kind,
        sums.area_key,
        sums.calendar_code,
        sums.period_start_date,
        sums.indicator_code,
        sums.audience,
        periods.period_end_date,
        periods.year_number,
        indicators.unit,
        indicators.direction,
        indicators.small_numbers,
        case when indicators.none_is_zero then coalesce(sums.numerator, 0) else sums.numerator end
            as numerator,
        case
            when indicators.denominator_taken = 'mean' and sums.mean_count < 2 then null
            else sums.denominator
        end as denominator,
        sums.facility_count,
        case when indicators.has_cases then sums.case_count else sums.denominator end as case_count,
        indicators.has_denominator,
        indicators.factor
        * case when indicators.is_annualised then 365.25 / periods.day_count else 1 end as factor,
        periods.period_end_date + {{ var("indicator_final_after_days") }}
        < build_days.current_day as is_final
    from sums
    inner join indicators on sums.indicator_code = indicators.indicator_code
    inner join {{ ref('dim_periods') }} as periods
        on
            sums.calendar_code = periods.calendar_code
            and sums.period_start_date = periods.period_start_date
            and periods.audience = 'open'
    cross join {{ ref('int_indicators__days') }} as build_days
),

stated as (
    select
        judged.*,
        case
            when
                judged.numerator is null
                or (judged.has_denominator and judged.denominator is null) then 'inputs_missing'
            when judged.has_denominator and judged.denominator = 0 then 'not_defined'
            when judged.small_numbers like '%N30' and judged.case_count < 30 then 'suppressed'
            when judged.is_final then 'final'
            else 'provisional'
        end as state
    from judged
),

valued as (
    select
        stated.*,
        case
            when stated.state not in ('final', 'provisional') then null
            when stated.has_denominator then stated.numerator * stated.factor / stated.denominator
            else stated.numerator * stated.factor
        end as indicator_value,
        -- Wilson's interval: 1.96 standard deviations about a share of all
        case
            when
                stated.state in ('final', 'provisional')
                and stated.small_numbers like 'D20%'
                and stated.unit = 'percent' then
                100 * 1.96 * sqrt(
                    stated.numerator
                    * (stated.denominator - stated.numerator)
                    / stated.denominator
                    + 1.96 * 1.96 / 4
                ) / (stated.denominator + 1.96 * 1.96)
        end as half_width
    from stated
)

select
    valued.facility_key,
    valued.area_kind,
    valued.area_key,
    valued.calendar_code,
    valued.period_start_date,
    valued.indicator_code,
    valued.audience,
    valued.period_end_date,
    valued.numerator::numeric(24, 4) as numerator,
    valued.denominator::numeric(24, 4) as denominator,
    valued.indicator_value::numeric(24, 6) as indicator_value,
    (
        100 * (valued.numerator + 1.96 * 1.96 / 2) / (valued.denominator + 1.96 * 1.96)
        - valued.half_width
    )::numeric(24, 6) as lower_value,
    (
        100 * (valued.numerator + 1.96 * 1.96 / 2) / (valued.denominator + 1.96 * 1.96)
        + valued.half_width
    )::numeric(24, 6) as upper_value,
    coalesce(valued.small_numbers like 'D20%' and valued.numerator < 20, false) as is_unstable,
    aims.target_value,
    aims.target_year,
    -- on a straight line from the last value that was published before
    (
        case
            when known.target_year is null then aims.target_value
            else
                known.target_value
                + (aims.target_value - known.target_value)
                * greatest(valued.year_number - known.target_year, 0)
                / (aims.target_year - known.target_year)
        end
    )::numeric(18, 4) as expected_value,
    (
        (valued.indicator_value - known.target_value)
        / nullif(aims.target_value - known.target_value, 0)
    )::numeric(18, 4) as attainment_ratio,
    valued.facility_count::integer as facility_count,
    valued.state
from valued
left join {{ ref('dim_provinces') }} as provinces
    on
        valued.area_kind = 'P'
        and valued.area_key = provinces.province_key
        and provinces.audience = 'open'
left join lateral (
    select targets.*
    from targets
    where
        valued.area_kind = 'P'
        and valued.indicator_code = targets.indicator_code
        and targets.kind = 'target'
        and targets.scope in ('nation', provinces.province_code)
        and targets.target_year >= valued.year_number
    order by targets.scope = 'nation', targets.target_year, targets.target_number
    limit 1
) as aims on true
left join lateral (
    select targets.*
    from targets
    where
        valued.indicator_code = targets.indicator_code
        and targets.kind = 'known'
        and targets.scope = aims.scope
        and targets.target_year < aims.target_year
    order by targets.target_year desc
    limit 1
) as known on true
