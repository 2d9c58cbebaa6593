"""docs/indicators.md: every indicator with its definition, and those that are left out."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.indicators.catalogue import indicators, left_out
from health_warehouse.indicators.indicator import Indicator, Part

_HEAD = """\
# Indicators

<!-- Written by scripts/write_data_pages.py from plugins/health_warehouse/indicators; a test fails
when it is stale. -->

Each indicator is one file in `plugins/health_warehouse/indicators/definitions`. Models, seeds
and this page are written from the files: `python scripts/write_data_pages.py`. To add an indicator,
copy a file that is like it, change it, and write the pages anew. What is wrong in a file is
reported by file and line.

Values are in `fct_indicator_values`, by area and period: P province of today, C commune, F
facility, T professional level, O ownership, each as it was in the period. Where there is no value,
`state` says why; a missing input never becomes zero. Standards marked *std* are from memory: check
the text before you print one. *own*: we found no standard, the definition is ours."""


def page() -> str:
    """The page as it should be."""
    return "\n".join([_HEAD, *_computed(), *_left_out()]) + "\n"


def _computed() -> Iterator[str]:
    yield f"\n## {len(indicators())} that are computed\n"
    for one in indicators():
        yield from _section(one)


def _section(one: Indicator) -> Iterator[str]:
    yield f"### {one.code}\n"
    yield f"**{one.name.vi}**, {one.name.en}. {one.definition.vi} | {one.definition.en}\n"
    yield f"- Kind {one.kind}, unit {one.unit}, better: {one.direction}; areas " + ", ".join(
        one.areas
    )
    yield f"- Calendars: {', '.join(one.calendars)}"
    yield f"- Numerator: {_words(one.numerator)}"
    if one.denominator:
        yield f"- Denominator: {_words(one.denominator)}"
    yield f"- Feeds: {', '.join(one.feeds)}; small numbers: {one.small_numbers}"
    yield f"- Standard: {one.standard} ({one.confidence}); owner: {one.owner}"
    for target in one.targets:
        scope = "nation" if target.scope == "nation" else f"province {target.scope}"
        yield (
            f"- {target.kind.capitalize()} {target.year}, {scope}: {target.value:g} "
            f"({target.source}; {target.confidence})"
        )
    yield ""


def _words(part: Part) -> str:
    taken = f"sum of `{part.of}`" if part.of else "rows"
    where = f" where `{part.where}`" if part.where else ""
    at = "" if part.at == "sum" else f", at the {part.at} of the period"
    return f"{taken} of {part.fact}{where}{at}"


def _left_out() -> Iterator[str]:
    yield f"## {len(left_out())} that are left out, and why\n"
    yield "| Code | Name | Reason |"
    yield "|---|---|---|"
    for one in left_out():
        yield f"| `{one.code}` | {one.name.vi}, {one.name.en} | {one.reason.en} |"
