"""What dbt is asked to do for the layers of a build.

An increment runs what can change, without models that follow lists of which none did. A full build
makes everything anew, or, where only some models compute otherwise, goes on by increment with all
others and then makes those anew: `anew` holds them and all that reads them, so none of the others
waits for one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Layer = Literal["staging", "intermediate", "marts"]
LAYERS: tuple[Layer, ...] = get_args(Layer)

_SELECTIONS: dict[Layer, tuple[str, ...]] = {
    "staging": ("path:seeds", "path:models/staging"),
    "intermediate": ("path:models/intermediate",),
    # what is derived from marts, for other marts, is made among them
    "marts": ("path:models/derived", "path:models/marts"),
}
# `buildable` runs a test with the last layer it reads.
_OPTIONS = ("--exclude-resource-type", "unit_test", "--indirect-selection", "buildable")
# Tests tagged `history` read whole tables, so only what makes tables anew runs them. Views and
# seeds stand as they were made: another one, or one that is missing, is made anew.
_STANDING = ("tag:history", "config.materialized:view", "resource_type:seed")
# Which documents changed, and what is affected by them: in a full build of all of them.
_OF_THE_CHANGES = "config.materialized:refilled"


@dataclass(frozen=True)
class Step:
    """One run of dbt. `is_increment`: over what changed since the release, also in a full build."""

    command: tuple[str, ...]
    is_increment: bool = False


def steps(
    layers: Sequence[Layer],
    *,
    is_full: bool,
    anew: Collection[str] = (),
    quiet: Collection[str] = (),
) -> list[Step]:
    """For these layers, in order; `anew` names the models that a full build makes anew, none when
    it makes all; `quiet` those that no increment needs (quiet_models.py)."""
    paths = [path for layer in layers for path in _SELECTIONS[layer]]
    if is_full and not anew:
        return [Step(("build", "--full-refresh", "--select", *paths, *_OPTIONS))]
    # staging is nothing but views and seeds
    paths = [path for layer in layers if layer != "staging" for path in _SELECTIONS[layer]]
    made = []
    if paths:
        selected = ("--select", *paths, "--exclude", *_STANDING, *sorted({*anew, *quiet}))
        made.append(Step(("build", *selected, *_OPTIONS), is_increment=True))
    if is_full and "marts" in layers:
        made.append(
            Step(("build", "--full-refresh", "--select", _OF_THE_CHANGES, *sorted(anew), *_OPTIONS))
        )
    return made
