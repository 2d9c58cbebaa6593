"""How a publication and a roll-back are told: what they did now, in rows."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from health_warehouse.release.publish import Publication
    from health_warehouse.release.rollback import RolledBack


def show_publication(done: Publication, as_json: bool) -> None:
    release = done.release
    told = {**asdict(release), "is_new": done.is_new, "has_lifted_hold": done.has_lifted_hold}
    lifted = ["the hold on publishing is lifted"] if done.has_lifted_hold else []
    if not done.is_new:
        told |= {"rows_deleted": {}, "rows_inserted": {}}
        nothing = f"nothing new to publish: readers see release {release.release_id} as before"
        print_either(told, as_json, "\n".join([nothing, *lifted]))
        return
    lines = [f"release {release.release_id} is what readers see", *lifted]
    lines += [
        f"  {mart}: -{release.rows_deleted.get(mart, 0)} +{inserted}"
        for mart, inserted in sorted(release.rows_inserted.items())
    ]
    lines += [f"  notice {_told(notice)}" for notice in release.notices]
    print_either(told, as_json, "\n".join(lines))


def _told(notice: dict[str, Any]) -> str:
    """A rule that readers were promised and that does not hold, in words."""
    from expectations.registry import ALL

    sentence = next((rule.sentence_en for rule in ALL if rule.id == notice["rule_id"]), "")
    failed, checked = notice["failed_count"], notice["checked_count"]
    return f"{notice['rule_id']}: {failed} of {checked} rows break “{sentence}”"


def show_roll_back(done: RolledBack, as_json: bool) -> None:
    told = {
        "release_id": done.release.release_id,
        "rolled_back_release_id": done.taken_back.release_id,
        "rows_deleted": {one.mart: one.rows_to_delete for one in done.reversals},
        "rows_inserted": {one.mart: one.rows_to_restore for one in done.reversals},
        "is_on_hold": True,
    }
    lines = [
        f"release {done.release.release_id} is what readers see again; release "
        f"{done.taken_back.release_id} was rolled back",
        *(f"  {one.mart}: -{one.rows_to_delete} +{one.rows_to_restore}" for one in done.reversals),
        "publishing is on hold until `warehouse publish --resume`",
    ]
    print_either(told, as_json, "\n".join(lines))


def print_either(value: Any, as_json: bool, text: str) -> None:
    typer.echo(json.dumps(value, indent=1, default=str) if as_json else text)
