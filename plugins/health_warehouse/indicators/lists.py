"""The seeds of the dbt project that hold what the definitions say: indicators, and targets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

from health_warehouse.indicators.catalogue import indicators, left_out
from health_warehouse.indicators.indicator import Indicator, LeftOut
from health_warehouse.settings import PROJECT_DIR

_SEEDS = PROJECT_DIR / "dbt_project" / "seeds"


def files() -> dict[Path, str]:
    """Every file as it should be, by its path."""
    computed = [_computed(one) for one in indicators()]
    lacking = [_lacking(one) for one in left_out()]
    return {
        _SEEDS / "ref_indicators.csv": _text([*computed, *lacking]),
        _SEEDS / "ref_indicator_targets.csv": _text(_targets()),
    }


def _computed(one: Indicator) -> dict[str, object]:
    return {
        "indicator_code": one.code,
        "indicator_name_vi": one.name.vi,
        "indicator_name_en": one.name.en,
        "definition_vi": one.definition.vi,
        "definition_en": one.definition.en,
        "is_computed": "true",
        "reason_vi": "",
        "reason_en": "",
        "kind": one.kind,
        "unit": one.unit,
        "factor": one.factor,
        "direction": one.direction,
        "is_annualised": str(one.is_annualised).lower(),
        "has_denominator": str(one.denominator is not None).lower(),
        "has_cases": str(one.cases is not None).lower(),
        "none_is_zero": str(one.numerator.none_is_zero).lower(),
        "numerator_taken": one.numerator.at,
        "denominator_taken": one.denominator.at if one.denominator else "",
        "calendars": ";".join(one.calendars),
        "areas": ";".join(one.areas),
        "feeds": ";".join(one.feeds),
        "small_numbers": one.small_numbers,
        "standard": one.standard,
        "confidence": one.confidence,
        "owner": one.owner,
    }


def _lacking(one: LeftOut) -> dict[str, object]:
    return {
        "indicator_code": one.code,
        "indicator_name_vi": one.name.vi,
        "indicator_name_en": one.name.en,
        "is_computed": "false",
        "reason_vi": one.reason.vi,
        "reason_en": one.reason.en,
        "feeds": ";".join(one.feeds),
    }


def _targets() -> list[dict[str, object]]:
    return [
        {
            "indicator_code": one.code,
            "target_number": number,
            "scope": target.scope,
            "target_year": target.year,
            "target_value": target.value,
            "kind": target.kind,
            "source": target.source,
            "confidence": target.confidence,
        }
        for one in indicators()
        for number, target in enumerate(one.targets, 1)
    ]


def _text(rows: Iterable[Mapping[str, object]]) -> str:
    rows = list(rows)
    written = StringIO()
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()
