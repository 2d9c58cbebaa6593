"""The models of the dbt project that add up components: one per fact, written from definitions.

A test fails when they are not what the definitions say. Each reads its fact once; the figures of
all its indicators are columns of that pass, and become rows behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from health_warehouse.indicators import clauses
from health_warehouse.indicators.catalogue import indicators
from health_warehouse.indicators.facts import FACTS, Fact
from health_warehouse.indicators.indicator import Indicator, Part
from health_warehouse.settings import PROJECT_DIR

FOLDER = PROJECT_DIR / "dbt_project" / "models" / "derived" / "indicators"
_WRITTEN = "Written by scripts/write_data_pages.py from the definitions of indicators"
_KEY = ("facility_key", "atom_start_date", "commune_key", "indicator_code", "audience")
_PARTS = ("numerator", "denominator", "case_count")
_COLUMNS = {
    "facility_key": ("uuid", "Facility; the unknown one where the fact is of communes."),
    "commune_key": ("uuid", "Commune; the unknown one where the fact is of facilities."),
    "atom_start_date": ("date", "First day of the atom of time."),
    "source_fact": ("text", "The fact that it is taken of."),
    "indicator_code": ("text", "Code of the indicator."),
    "numerator": ("numeric", "Part of the numerator; null when the fact gives none."),
    "denominator": ("numeric", "Part of the denominator; null when the fact gives none."),
    "case_count": ("numeric", "Cases for the rule of small numbers, where they are others."),
    "audience": ("text", "For whom it was computed, open or a closed class."),
}
_FITTING = 88
"""Characters of a condition; a list of codes may be longer."""

COMPONENTS = tuple(name for name in _COLUMNS)


def model_name(fact: Fact) -> str:
    """Name of the model of a fact."""
    return f"int_indicators__components_{fact.code}"


def used_facts() -> tuple[Fact, ...]:
    """Those that an indicator is taken of."""
    used = {part.fact for one in indicators() for part in one.parts.values()}
    return tuple(FACTS[code] for code in sorted(used))


def files() -> dict[Path, str]:
    """Every file as it should be, by its path."""
    found = {
        FOLDER / "int_indicators__touched_facts.sql": _touched_facts(),
        FOLDER / "int_indicators__components.sql": _components(),
    }
    for fact in used_facts():
        path = FOLDER / f"{model_name(fact)}.sql"
        found[path] = _model(fact, _of(fact))
        found[path.with_suffix(".yml")] = _properties(fact)
    return found


def _of(fact: Fact) -> list[Indicator]:
    return [
        one for one in indicators() if any(part.fact == fact.code for part in one.parts.values())
    ]


def _figures(fact: Fact, found: Sequence[Indicator]) -> Iterator[tuple[str, Part]]:
    """Column and part of each figure that the fact gives."""
    for one in found:
        for name, part in one.parts.items():
            if part.fact == fact.code:
                yield f"{one.code.lower()}_{name}", part


def _sum(fact: Fact, part: Part) -> str:
    taken = f"sum({clauses.qualified(part.of, fact.columns)})" if part.of else "count(*)"
    if not part.where:
        return taken
    first, *others = clauses.conditions(clauses.qualified(part.where, fact.columns))
    lines = [f"where {first}"] if not others else ["where", *_indented([first, *others])]
    lines = [f"{line}  -- noqa: LT05" if len(line) > _FITTING else line for line in lines]
    return "\n            ".join([f"{taken} filter (", *lines]) + "\n        )"


def _indented(conditions: Sequence[str]) -> list[str]:
    return [f"{'and ' if number else ''}{one}" for number, one in enumerate(conditions)]


def _model(fact: Fact, found: Sequence[Indicator]) -> str:
    columns = [(column, _sum(fact, part)) for column, part in _figures(fact, found)]
    names = [column for column, _ in columns]
    keys = [name for name in _KEY if name not in ("indicator_code", "audience")]
    own = keys if fact.division == "open" else [*keys, "audience"]
    told = ["bool_or(facts.is_own) as has_own"] if fact.division == "twice" else []
    summed = [f"{text} as {name}" for name, text in columns]
    figures = _select([*(f"facts.{name}" for name in own), *told, *summed])
    selected = _select(
        [
            *(f"seen.{name}" for name in keys),
            f"'{fact.code}' as source_fact",
            "parts.indicator_code",
            *(f"parts.{name}::numeric(24, 4) as {name}" for name in _PARTS),
            "seen.audience",
        ],
        depth=1,
    )
    rows = ",\n        ".join(_row(fact, one) for one in found)
    return f"""\
-- One row per facility, commune, atom of time and indicator that {fact.code} give figures of,
-- and audience.
-- {_WRITTEN}.
{{{{ config(
    materialized='refilled',
    post_hook="{{{{ keyed_by({list(_KEY)!r}) }}}}",
) }}}}

with facts as (
    {{{{ {fact.code}_rows() }}}}
),

{_touched(fact)}figures as (
    select
        {figures}
    from facts
    {_where_touched(fact)}group by {", ".join(f"facts.{name}" for name in own)}
),

seen as (
{_seen(fact, keys, names)}
)

select
    {selected}
from seen
cross join
    lateral (
        values
        {rows}
    ) as parts ({", ".join(["indicator_code", *_PARTS, *_closed(fact, "is_closed")])})
{_kept(fact)}
"""  # noqa: S608 - a model, of names and clauses that definitions are held to


def _select(columns: Sequence[str], depth: int = 2) -> str:
    return (",\n" + "    " * depth).join(columns)


def _touched(fact: Fact) -> str:
    if fact.is_of_claims:
        return ""
    return """touched as (
    select * from {{ ref('int_indicators__touched_facts') }}
),

"""


def _where_touched(fact: Fact) -> str:
    if fact.is_of_claims:
        return ""
    touched = "select touched.source_fact from touched"
    return f"where '{fact.code}' in ({touched})\n    "


def _seen(fact: Fact, keys: Sequence[str], names: Sequence[str]) -> str:
    """The figures as each audience sees them."""
    if fact.closed_columns:
        return """\
    select
        figures.*,
        audiences.audience
    from figures
    cross join {{ audiences() }}"""
    if fact.division == "twice":
        return """\
    -- in a closed class: what something closed takes part in
    select figures.*
    from figures
    where figures.audience = 'open' or figures.has_own"""
    if fact.division == "open":
        return """\
    -- nothing of a list is closed
    select
        figures.*,
        'open' as audience
    from figures"""
    listed = _select(
        [
            *(f"figures.{name}" for name in keys),
            "audiences.audience",
            *(f"sum(figures.{name}) as {name}" for name in names),
        ]
    )
    grouped = ", ".join([*(f"figures.{name}" for name in keys), "audiences.audience"])
    return f"""\
    select
        {listed}
    from figures
    inner join {{{{ audiences() }}}} on figures.audience = any(audiences.sees)
    group by {grouped}
    -- in a closed class: what something closed takes part in
    having bool_or(figures.audience = audiences.audience)"""  # noqa: S608


def _row(fact: Fact, one: Indicator) -> str:
    cells = [f"'{one.code}'"]
    for name in _PARTS:
        part = one.parts.get(name)
        column = f"seen.{one.code.lower()}_{name}"
        if part is None or part.fact != fact.code:
            cells.append("null::numeric")
        elif fact.is_of_claims and part.of:
            cells.append(f"coalesce({column}, 0)")
        else:
            cells.append(column)
    named = (part for part in one.parts.values() if part.fact == fact.code)
    is_closed = any(fact.is_closed(f"{part.of} {part.where}") for part in named)
    listed = ",\n            ".join([*cells, *_closed(fact, str(is_closed).lower())])
    return f"(\n            {listed}\n        )"


def _closed(fact: Fact, cell: str) -> list[str]:
    return [cell] if fact.closed_columns else []


def _kept(fact: Fact) -> str:
    """An indicator of closed columns is there for closed classes, any other for all."""
    has_figures = "parts.numerator is not null or parts.denominator is not null"
    if not fact.closed_columns:
        return f"where {has_figures}"
    return f"""\
where
    (seen.audience <> 'open') = parts.is_closed
    and ({has_figures})"""


def _touched_facts() -> str:
    pairs = ",\n    ".join(
        f"('{fact.code}', '{feed}')"
        for fact in used_facts()
        if not fact.is_of_claims
        for feed in fact.feeds
    )
    return f"""\
-- One row per fact of lists of which components may have changed: a feed that it comes from has
-- changed, or a period has come to its end.
-- {_WRITTEN}.
{{{{ config(
    materialized='refilled',
    post_hook="{{{{ keyed_by(['source_fact']) }}}}",
) }}}}

with changed as (
    select * from {{{{ ref('int_lists__changed_feeds') }}}}
),

days as (
    select * from {{{{ ref('int_indicators__days') }}}}
),

atoms as (
    select * from {{{{ ref('dim_atoms') }}}}
    where audience = 'open' and is_period_end
)

select distinct facts.source_fact
from (
    values
    {pairs}
) as facts (source_fact, feed)
where
    facts.feed in (select changed.feed from changed)
    or exists (
        select 1
        from days
        inner join atoms
            on
                days.previous_day <= atoms.atom_end_date
                and days.current_day > atoms.atom_end_date
    )
"""  # noqa: S608


def _components() -> str:
    selects = "\nunion all\n".join(
        f"select * from {{{{ ref('{model_name(fact)}') }}}}" + _when_touched(fact)  # noqa: S608
        for fact in used_facts()
    )
    return f"""\
-- One row per facility, commune, atom of time, indicator and fact that gives figures of it, and
-- audience: of what this build touches.
-- {_WRITTEN}.
{{{{ config(
    materialized='refilled',
    post_hook="{{{{ keyed_by({["source_fact", *_KEY]!r}) }}}}",
) }}}}

with touched as (
    select * from {{{{ ref('int_indicators__touched_facts') }}}}
)

{selects}
"""  # noqa: S608 - a model, of names of ours


def _when_touched(fact: Fact) -> str:
    """A model that did not run holds what it made when its list came last."""
    if fact.is_of_claims:
        return ""
    return "\nwhere source_fact in (select touched.source_fact from touched)"


def _config(fact: Fact) -> str:
    """What is said of lists is taken at ends of periods, which come without a list."""
    return "" if fact.is_of_claims else "    config: {meta: {follows_calendar: true}}\n"


def _properties(fact: Fact) -> str:
    columns = "\n".join(
        f"      - name: {name}\n        description: {text}\n"
        f"        data_type: {'numeric(24,4)' if kind == 'numeric' else kind}"
        for name, (kind, text) in _COLUMNS.items()
    )
    return f"""\
# {_WRITTEN}.
models:
  - name: {model_name(fact)}
    description: >
      One row per facility, commune, atom of time and indicator that {fact.code} give figures of,
      and audience.
{_config(fact)}    columns:
{columns}
"""
