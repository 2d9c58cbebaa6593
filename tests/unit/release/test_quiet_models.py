from __future__ import annotations

from typing import Any

from health_warehouse.release.quiet_models import CALENDAR, quiet_models


def _model(name: str, *parents: str) -> tuple[str, dict[str, Any]]:
    nodes = {"resource_type": "model", "name": name, "depends_on": {"nodes": list(parents)}}
    return f"model.{name}", nodes


def _source(place: str) -> tuple[str, dict[str, str]]:
    schema, _, name = place.partition(".")
    return f"source.{place}", {"schema": schema, "name": name}


_MANIFEST = {
    "sources": dict(
        map(
            _source,
            (
                *("feeds.posts", "feeds.population", "ref.communes", "raw.claims_xml1"),
                *("ops.builds", "ops.document_changes", "ops.dossier_changes"),
            ),
        )
    ),
    "nodes": dict(
        (
            _model("changed_feeds", "source.ops.document_changes", "source.ops.builds"),
            _model("stg_posts", "source.feeds.posts"),
            _model("stg_population", "source.feeds.population"),
            _model("dim_communes", "source.ref.communes"),
            _model("fct_posts", "model.stg_posts", "model.changed_feeds"),
            _model("fct_population", "model.stg_population", "model.dim_communes"),
            _model("both", "model.fct_posts", "model.fct_population"),
            _model("fct_encounters", "source.raw.claims_xml1", "model.dim_communes"),
            _model("beds", "model.fct_encounters", "model.fct_posts"),
            _model("of_log", "source.ops.dossier_changes", "model.stg_posts"),
        )
    ),
}


def test_without_a_changed_list_all_that_follows_lists_only_is_quiet() -> None:
    of_lists = ["both", "fct_population", "fct_posts", "stg_population", "stg_posts"]
    assert quiet_models(_MANIFEST, []) == of_lists


def test_a_changed_list_wakes_what_reads_it_through_others_too() -> None:
    assert quiet_models(_MANIFEST, ["posts"]) == ["fct_population", "stg_population"]
    assert quiet_models(_MANIFEST, ["posts", "population"]) == []


def test_a_feed_that_no_model_reads_wakes_nothing() -> None:
    assert quiet_models(_MANIFEST, ["village_workers"]) == quiet_models(_MANIFEST, [])


def test_the_end_of_a_period_wakes_what_takes_a_list_then() -> None:
    name, node = _model("staff_at_ends", "model.stg_posts")
    node["config"] = {"meta": {"follows_calendar": True}}
    manifest = {**_MANIFEST, "nodes": {**_MANIFEST["nodes"], name: node}}
    assert "staff_at_ends" in quiet_models(manifest, [])
    woken = set(quiet_models(manifest, [])) - set(quiet_models(manifest, [CALENDAR]))
    assert woken == {"staff_at_ends"}
