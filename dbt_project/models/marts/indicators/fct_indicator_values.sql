-- One row per area, period and indicator of which there is a component, and audience.
{{ config(
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

commune_areas as (
    select
        places.area_kind,
        places.area_key,
        communes.commune_key
    from {{ ref('dim_communes') }} as communes
    cross join lateral (
        values
        ('C', communes.commune_key),
        ('P', {{ province_of('communes') }})
    ) as places (area_kind, area_key)
    where communes.audience = 'open' and communes.is_known
),

counted as (
    select
        affected.*,
        atoms.atom_start_date,
        atoms.taken,
        atoms.weight
    from affected
    inner join {{ ref('bridge_atoms_periods') }} as atoms
        on
            affected.calendar_code = atoms.calendar_code
            and affected.period_start_date = atoms.period_start_date
            and atoms.audience = 'open'
),

-- what is of facilities, of those that were in the area at the time; what is of communes, by those
parts as (
    select
        counted.*,
        audiences.audience as seen_by,
        components.facility_key as part_facility_key,
        components.commune_key,
        components.source_fact,
        components.indicator_code,
        components.audience,
        components.numerator,
        components.denominator,
        components.case_count
    from counted
    inner join facility_areas
        on
            counted.area_kind = facility_areas.area_kind
            and counted.area_key = facility_areas.area_key
            and counted.atom_start_date >= facility_areas.valid_from
            and (
                counted.atom_start_date < facility_areas.valid_to
                or facility_areas.valid_to is null
            )
    inner join components
        on
            facility_areas.facility_key = components.facility_key
            and counted.atom_start_date = components.atom_start_date
            and (
                counted.area_kind not in ('C', 'P')
                or components.commune_key = {{ unknown_reference_key() }}
            )
    inner join {{ audiences() }}
        on
            facility_areas.audience = audiences.audience
            and components.audience = any(audiences.sees)
    union all
    select
        counted.*,
        audiences.audience as seen_by,
        components.facility_key as part_facility_key,
        components.commune_key,
        components.source_fact,
        components.indicator_code,
        components.audience,
        components.numerator,
        components.denominator,
        components.case_count
    from counted
    inner join commune_areas
        on
            counted.area_kind = commune_areas.area_kind
            and counted.area_key = commune_areas.area_key
    inner join components
        on
            commune_areas.commune_key = components.commune_key
            and counted.atom_start_date = components.atom_start_date
    inner join {{ audiences() }} on components.audience = any(audiences.sees)
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
    inner join indicators
        on
            parts.indicator_code = indicators.indicator_code
            and parts.calendar_code = any(string_to_array(indicators.calendars, ';'))
            and parts.area_kind = any(string_to_array(indicators.areas, ';'))
            and parts.taken in (indicators.numerator_taken, indicators.denominator_taken)
    where
        -- in a closed class: what is other for it comes in place of what is open
        parts.audience = parts.seen_by
        or not exists (
            select 1
            from components as closed
            where
                closed.facility_key = parts.part_facility_key
                and closed.atom_start_date = parts.atom_start_date
                and closed.source_fact = parts.source_fact
                and closed.commune_key = parts.commune_key
                and closed.indicator_code = parts.indicator_code
                and closed.audience = parts.seen_by
        )
    group by 1, 2, 3, 4, 5, 6, 7
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
        < days.current_day as is_final
    from sums
    inner join indicators on sums.indicator_code = indicators.indicator_code
    inner join {{ ref('dim_periods') }} as periods
        on
            sums.calendar_code = periods.calendar_code
            and sums.period_start_date = periods.period_start_date
            and periods.audience = 'open'
    cross join {{ ref('int_indicators__days') }} as days
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
            else known.target_value + (aims.target_value - known.target_value)
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
