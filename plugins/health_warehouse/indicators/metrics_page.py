"""docs/semantic_layer.md: how indicators are asked as metrics, which there are, what is refused."""

from __future__ import annotations

from health_warehouse.indicators.catalogue import indicators
from health_warehouse.indicators.semantic_models import is_added_up, metric_name

_HEAD = """\
# Semantic layer

<!-- Written by scripts/write_data_pages.py from plugins/health_warehouse/indicators; a test fails
when it is stale. -->

Every [indicator](indicators.md) is a metric of MetricFlow. You name metrics and groups, and
MetricFlow writes the SQL. It asks the published marts by the login `bi_reader`: closed dossiers
are in no answer.

    warehouse metrics list
    warehouse metrics query --metrics transfer_out_pct,alos_days \\
        --group-by facility__province__province_name,metric_time__quarter
    warehouse metrics query --metrics cost_per_visit --order -cost_per_visit --limit 10 \\
        --group-by facility__facility_name,metric_time__month \\
        --where "{{ Dimension('facility__ownership_code') }} = 'private'"
    warehouse metrics query --metrics doctors_per_10k \\
        --group-by metric_time,value__calendar_code,area,area__area_name_vi --json

`warehouse metrics mf …` runs any other command of MetricFlow with the same login: `mf list
dimensions --metrics alos_days`, `mf query --explain …` (which prints the SQL), `mf
validate-configs`. The first call after a release of the project parses it, which takes a quarter
of a minute; each further one takes some seconds.

## Two kinds of metrics

**Added up**: what happens. MetricFlow sums numerator and denominator over
`fct_indicator_components` in the group that you ask for, then divides and scales. For facilities,
provinces and levels, by month, quarter and year, the answer is the value of
`fct_indicator_values`; a test compares all of them. An answer is empty, not zero, where the
denominator is zero or an input is missing, and where rule N30 finds fewer than 30 cases. Groups:

| Group | What it is |
|---|---|
| `metric_time__week`, `__month`, `__quarter`, `__year` | calendar periods, weeks from Monday |
| `metric_time__half_cal`, `__half_admin`, `__year_admin` | halves and years of the law |
| `metric_time__nine_month` | nine months; October to December stand in an empty group |
| `facility`, `facility__facility_id`, `__facility_name`, `__facility_kind_code` | as it is today |
| `facility__province`, `facility__province__province_code`, `__province_name` | that of today |
| `facility__professional_level_code`, `facility__ownership_code` | as it was on the day |
| `facility__hospital_class_code` | as it was on the day |

A month that has not ended is answered by what there is. No metric says whether a value is final,
or how it stands to its target: read `state` and `target_value` in
[fct_indicator_values](marts/fct_indicator_values.md).

**Stored**: all else, that is states (stocks), flows over a state (people in the middle of the
period, mean staff), and what is `distinct` or `imported`. The metric answers the value of
`fct_indicator_values` as it is. A state is taken at the end of a period, in its middle, or as a
mean; MetricFlow would take the last day that has a row, which is another one where a list is
missing. So three groups are required: `metric_time` (first day of the period),
`value__calendar_code` (`month_cal`, `quarter_cal`, `year_cal`, `half_cal`, `half_admin` …) and
`area` (kind of area and its key). Beside them you may group by `area__area_id`,
`area__area_name_vi`, `area__area_name_en`, `facility__facility_name` (where the area is a
facility) and `value__state`, and filter by `value__area_kind` (P, C, F, T, O) and all of these.

## What is refused

| Asked | Answer |
|---|---|
| a stored metric without one of its three groups | an error that names the group |
| one in whose group several values meet, by another program | an error of the database |
| `component_numerator` and others that metrics are built of | an error: ask for those metrics |
| days of what is added up, or periods that its reports cannot be told apart by | an error |
| a group that a metric does not have | MetricFlow's error, with names that are like it |

A program that is not `warehouse metrics query` can still ask a stored metric without its
calendar. Where just one value is in the group it gets that one: ask with the three groups there,
too. Metrics of days in beds and of reported visits have no open values until senders count closed
dossiers apart, so they have no rows here.

## How it is made

`dbt_project/models/semantic/metrics.yml` is written from the definitions by `python
scripts/write_data_pages.py`, and from nothing else. `semantic_models.yml` beside it says which
columns of which mart can be grouped by. Days are those of `dim_dates`. The project's target
`readers` names relations where readers find them; it builds nothing. `mf` works in
`STATE/dbt/metrics`, writes its log there, and calls nobody: it is started without the package
that asks PyPI for a newer version, its own telemetry ends in that log, and dbt's is off.
"""


def page() -> str:
    """The page as it should be."""
    rows = [
        f"| `{metric_name(one)}` | {one.name.en} | {one.name.vi} | {one.unit} |"
        f" {'added up' if is_added_up(one) else 'stored'} | {', '.join(one.calendars)} |"
        for one in indicators()
    ]
    head = "| Metric | Name | Tên | Unit | Answer | Calendars with stored values |"
    return "\n".join([_HEAD, "## The metrics\n", head, "|---|---|---|---|---|---|", *rows]) + "\n"
