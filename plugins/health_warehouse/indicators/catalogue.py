"""All indicators that are shipped, and those of the registry that are left out, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.contract import Words
from health_warehouse.feeds.problem import Problem
from health_warehouse.feeds.tree import read_tree
from health_warehouse.indicators.indicator import Indicator, LeftOut
from health_warehouse.indicators.read import read_indicator

DEFINITIONS = Path(__file__).with_name("definitions")
_LEFT_OUT = Path(__file__).with_name("left_out.yml")


@cache
def indicators() -> tuple[Indicator, ...]:
    """All of ours, by code. Raises ConfigurationError that names each mistake by file and line."""
    found, problems = examine(sorted(DEFINITIONS.glob("*.yml")))
    if problems:
        raise ConfigurationError("\n".join(map(str, problems)))
    return tuple(found)


def examine(paths: Iterable[Path]) -> tuple[list[Indicator], list[Problem]]:
    """The indicators of some files, by code, and everything that is wrong in them."""
    found: dict[str, Indicator] = {}
    problems: list[Problem] = []
    for path in paths:
        tree, wrong = read_tree(path, path.read_bytes())
        problems += wrong
        if tree is None:
            continue
        indicator, wrong = read_indicator(tree)
        problems += wrong
        if indicator is not None:
            found[indicator.code] = indicator
    return [found[code] for code in sorted(found)], problems


@cache
def left_out() -> tuple[LeftOut, ...]:
    """Those of the registry that are not computed, by code."""
    read = yaml.safe_load(_LEFT_OUT.read_text(encoding="utf-8"))
    return tuple(
        LeftOut(code, Words(**one["name"]), Words(**one["reason"]), tuple(one["feeds"]))
        for code, one in sorted(read.items())
    )
