-- What are the indicators of the province for the last month, and why are some missing?
select
    indicators.indicator_name_vi,
    areas.area_name_vi,
    figures.period_start_date,
    figures.indicator_value,
    indicators.unit,
    figures.state,
    figures.target_value
from marts.fct_indicator_values as figures
inner join marts.dim_indicators as indicators using (indicator_code)
inner join marts.dim_areas as areas using (area_kind, area_key)
where
    figures.area_kind = 'P'
    and figures.calendar_code = 'month_cal'
    and figures.period_start_date = (
        select max(period_start_date)
        from marts.fct_indicator_values
        where calendar_code = 'month_cal' and area_kind = 'P'
    )
order by indicators.indicator_code
