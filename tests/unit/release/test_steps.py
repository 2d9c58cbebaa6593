from __future__ import annotations

from health_warehouse.release.steps import LAYERS, Step, steps


def _selected(step: Step) -> list[str]:
    command = list(step.command)
    end = "--exclude" if "--exclude" in command else "--exclude-resource-type"
    return command[command.index("--select") + 1 : command.index(end)]


def test_a_full_build_is_one_run_of_everything() -> None:
    (step,) = steps(LAYERS, is_full=True)
    assert "--full-refresh" in step.command
    assert "--exclude" not in step.command
    assert not step.is_increment


def test_an_increment_leaves_out_what_stands_and_has_no_staging() -> None:
    (step,) = steps(LAYERS, is_full=False)
    assert "--full-refresh" not in step.command
    assert _selected(step) == [
        "path:models/intermediate",
        "path:models/derived",
        "path:models/marts",
    ]
    assert {"config.materialized:view", "resource_type:seed"} <= set(step.command)
    assert steps(["staging"], is_full=False) == []


def test_an_increment_leaves_out_what_no_list_wakes() -> None:
    (step,) = steps(LAYERS, is_full=False, quiet=["fct_b", "fct_a"])
    assert step.command[step.command.index("--exclude") :][4:6] == ("fct_a", "fct_b")
    (whole,) = steps(LAYERS, is_full=True, quiet=["fct_a"])
    assert "fct_a" not in whole.command


def test_with_some_models_anew_the_others_go_first_and_by_increment() -> None:
    others, anew = steps(LAYERS, is_full=True, anew=["rpt_b", "dim_a"])
    assert others.is_increment
    excluded = others.command[others.command.index("--exclude") :]
    assert {"dim_a", "rpt_b"} <= set(excluded)
    assert not anew.is_increment
    assert "--full-refresh" in anew.command
    assert _selected(anew) == ["config.materialized:refilled", "dim_a", "rpt_b"]


def test_layer_by_layer_the_models_that_are_made_anew_come_last() -> None:
    by_layer = {layer: steps([layer], is_full=True, anew=["dim_a"]) for layer in LAYERS}
    assert by_layer["staging"] == []
    assert [step.is_increment for step in by_layer["intermediate"]] == [True]
    assert [step.is_increment for step in by_layer["marts"]] == [True, False]
