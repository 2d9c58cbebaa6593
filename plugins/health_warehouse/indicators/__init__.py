"""Indicators, each defined by one file; models, lists, checks and pages follow from the files.

indicator         what a file says, as a value
schema, read      keys and forms that a file may have; an indicator from its YAML
facts             what figures are taken of: columns, calendars, how a state is taken in a period
clauses           whether a clause of SQL names nothing but columns of its fact
catalogue         all indicators of ours, and those that are left out, each with its reason
component_models  the models of the dbt project that add up components, one per fact
lists             the seeds of the dbt project: indicators, targets
semantic_models   metrics for MetricFlow, and what of them is refused
page, metrics_page  docs/indicators.md, and the page of metrics
definitions       one file per indicator
"""
