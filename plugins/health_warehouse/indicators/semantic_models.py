"""Semantic models and metrics of the dbt project, for MetricFlow: written from the definitions.

A test fails when they are not what the definitions say. What happens (a flow of which each part is
summed) is added up from components, over any group of facilities and days. All else is what
fct_indicator_values stores: MetricFlow does not know which atom a period ends with, nor the middle
of one. Where a query would merge several stored values, it fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from health_warehouse.indicators.catalogue import indicators
from health_warehouse.indicators.facts import FACTS
from health_warehouse.indicators.indicator import Indicator
from health_warehouse.settings import PROJECT_DIR

PATH = PROJECT_DIR / "dbt_project" / "models" / "semantic" / "metrics.yml"
_WRITTEN = "Written by scripts/write_data_pages.py from the definitions of indicators"
_FEW = 30
"""Below so many cases a value with rule N30 is suppressed, as in fct_indicator_values."""
_BUILT_OF = {
    "component_numerator": "Numerators, of the indicator that a filter or a group names.",
    "component_denominator": "Denominators, of the indicator that a filter or a group names.",
    "component_cases": "Cases for the rule of small numbers, where they are others.",
    "stored_value_sum": "What is stored; of one value, for sums of several mean nothing.",
    "stored_value_count": "How many stored values there are, empty ones too.",
}
"""Metrics that others are built of; asked alone they mean little."""
_GRAINS = {
    "week": "week_iso",
    "month": "month_cal",
    "quarter": "quarter_cal",
    "half_cal": "half_cal",
    "nine_month": "nine_month",
    "year": "year_cal",
    "half_admin": "half_admin",
    "year_admin": "year_admin",
}
_A_STORED_VALUE_IS_OF = (
    (
        "metric_time",
        "metric_time__day",
        "value__period_start_date",
        "value__period_start_date__day",
    ),
    ("value__calendar_code",),
    ("area",),
)


def metric_name(one: Indicator) -> str:
    """Name of its metric."""
    return one.code.lower()


def is_added_up(one: Indicator) -> bool:
    """Whether its metric is added up from components; else it is what is stored."""
    parts = one.parts.values()
    is_of_its_period = one.is_annualised or any(part.at != "sum" for part in parts)
    return one.kind == "flow" and not is_of_its_period


def refusal(metrics: Sequence[str], group_by: Sequence[str]) -> str | None:
    """Why these metrics cannot be asked for these groups, or None: what MetricFlow does not know.

    A stored value is of one area and period. Asked for other groups it would be the value of
    whichever stands alone in a group. What is added up is of atoms of time, which make up the
    periods of some calendars, and no days.
    """
    groups = [one.strip().lower() for one in group_by]
    parts = [name for name in metrics if name in _BUILT_OF]
    if parts:
        return f"{', '.join(parts)}: other metrics are built of these, ask for those"
    asked = [one for one in indicators() if metric_name(one) in metrics]
    stored = [metric_name(one) for one in asked if not is_added_up(one)]
    missing = [names[0] for names in _A_STORED_VALUE_IS_OF if not {*names}.intersection(groups)]
    if stored and missing:
        return (
            f"{', '.join(stored)}: it is not added up, each value is of one period and area as it"
            f" is stored; group by {', '.join(missing)} too"
        )
    for one in asked:
        known = grains(one)
        for group in groups if is_added_up(one) else ():
            name, _, grain = group.partition("__")
            if name == "metric_time" and grain not in known:
                return f"{metric_name(one)}: group by metric_time__ and one of {', '.join(known)}"
    return None


def grains(one: Indicator) -> list[str]:
    """What may stand behind metric_time__ for a metric that is added up."""
    facts = [FACTS[part.fact] for part in one.parts.values()]
    return [
        grain
        for grain, calendar in _GRAINS.items()
        if all(calendar in fact.calendars for fact in facts)
    ]


def files() -> dict[Path, str]:
    """The file as it should be, by its path."""
    written = [f"# {_WRITTEN}.", "metrics:", *_built_of(), *_indicators()]
    return {PATH: "\n".join(written) + "\n"}


def _built_of() -> Iterator[str]:
    for name, description in _BUILT_OF.items():
        yield f"  - name: {name}"
        yield f"    label: {name.replace('_', ' ')}"
        yield f"    description: {description}"
        yield "    type: simple"
        yield f"    type_params: {{measure: {name}}}"
        yield "    config: {meta: {answer: part_of_others}}"


def _indicators() -> Iterator[str]:
    for one in indicators():
        yield from _metric(one)


def _metric(one: Indicator) -> Iterator[str]:
    is_added = is_added_up(one)
    entity, expression = ("component", _added_up(one)) if is_added else ("value", _stored())
    yield f"  - name: {metric_name(one)}"
    yield f"    label: {_quoted(one.name.en)}"
    yield "    description: >"
    yield f"      {_braceless(one.definition.en)} |"
    yield f"      {_braceless(one.definition.vi)}"
    yield "    type: derived"
    yield "    type_params:"
    yield "      expr: >"
    yield f"        {expression}"
    yield "      metrics:"
    for metric, alias in _inputs(one) if is_added else _INPUTS_STORED:
        yield f"        - {{name: {metric}, alias: {alias}}}"
    filtered = f"{{{{ Dimension('{entity}__indicator_code') }}}} = '{one.code}'"
    yield f'    filter: "{filtered}"'
    answer = "added_up" if is_added else "stored"
    yield f"    config: {{meta: {{indicator: {one.code}, answer: {answer}, unit: {one.unit}}}}}"


_INPUTS_STORED = [("stored_value_sum", "stored"), ("stored_value_count", "stored_count")]


def _stored() -> str:
    """A cast that fails says why: a metric has no other way to refuse."""
    return (
        "case when stored_count = 1 then stored else cast(stored_count || ' stored values would be"
        " merged: group by metric_time, value__calendar_code and area' as numeric) end"
    )


def _inputs(one: Indicator) -> Iterator[tuple[str, str]]:
    yield "component_numerator", "numerator"
    if one.denominator:
        yield "component_denominator", "denominator"
    if one.cases:
        yield "component_cases", "cases"


def _added_up(one: Indicator) -> str:
    """As fct_indicator_values divides; nulls stay null."""
    numerator = "coalesce(numerator, 0)" if one.numerator.none_is_zero else "numerator"
    scaled = numerator if one.factor == 1 else f"{numerator} * {one.factor}"
    value = f"{scaled} / nullif(denominator, 0)" if one.denominator else scaled
    if not one.small_numbers.endswith("N30"):
        return value
    cases = "cases" if one.cases else "denominator"
    return f"case when {cases} < {_FEW} then null else {value} end"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def _braceless(text: str) -> str:
    """A description is a template to dbt."""
    return text.replace("{{", "(").replace("}}", ")")
