"""A rebuild that was not published: nothing of it is lost when the next build follows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from claim_ledger import Dossier, Ledger
from corrected_project import CorrectedProject
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.due import decide, is_up_to_date, situation
from health_warehouse.release.hours import LOCAL_TIME
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings

_AMOUNTS = text(
    "select billed_amount_vnd from marts.fct_encounters"
    " join ops.current_dossiers using (encounter_key) order by dossier_id"
)


def _amounts(settings: Settings) -> list[int]:
    with engine(settings, OWNER).connect() as connection:
        return [int(amount) for amount in connection.execute(_AMOUNTS).scalars()]


def _publish(settings: Settings) -> None:
    newest = build(settings)
    audit(settings, newest.build_id)
    publish(settings, newest.build_id)


def test_what_a_rebuild_corrects_is_published_with_the_next_delivery(released: Settings) -> None:
    ledger = Ledger(released)
    ledger.deliver("01001", Dossier("a"), Dossier("b"))
    _publish(released)
    right = _amounts(released)
    assert is_up_to_date(released)
    with engine(released, OWNER).begin() as connection:  # as an older model computed it
        connection.execute(text("update marts.fct_encounters set billed_amount_vnd = 1"))
    build(released, full=True)
    assert not is_up_to_date(released), "whoever built it was killed before it was published"

    ledger.deliver("01001", Dossier("c"))
    _publish(released)

    assert _amounts(released) == [*right, right[0]]
    assert is_up_to_date(released)


def test_a_corrected_model_is_built_by_the_clock_and_large_ones_in_their_hours(
    released: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = CorrectedProject(monkeypatch, tmp_path)
    Ledger(released).deliver("01001", Dossier("a"))
    _publish(released)
    assert not decide(situation(released), full=False, by_person=False).is_due

    model = project.correct("models/marts/claims/dim_dates.sql", "in (6, 7) end", "in (7, 6) end")
    assert not is_up_to_date(released)
    due = decide(situation(released), full=False, by_person=False)
    assert (due.is_due, due.reason) == (True, f"changed since the last build: {model}")

    hour = datetime.now(LOCAL_TIME).hour
    large = released.model_copy(
        update={"full_build_rows": 0, "full_build_hours": f"{(hour + 2) % 24}-{(hour + 3) % 24}"}
    )
    waiting = decide(situation(large), full=False, by_person=False)
    assert not waiting.is_due
    assert large.full_build_hours in waiting.reason
    assert decide(situation(large), full=False, by_person=True).is_due
    small = large.model_copy(update={"full_build_rows": 1_000_000})
    assert decide(situation(small), full=False, by_person=False).is_due

    _publish(released)
    assert is_up_to_date(released)


def test_a_full_build_that_changed_nothing_makes_no_other_full_one(released: Settings) -> None:
    ledger = Ledger(released)
    ledger.deliver("01001", Dossier("a"))
    _publish(released)
    again = build(released, full=True)
    audit(released, again.build_id)
    publish(released, again.build_id)

    ledger.deliver("01001", Dossier("b"))
    increment = build(released)
    assert (increment.is_full, increment.reason) == (False, None)
    audit(released, increment.build_id)
    publish(released, increment.build_id)
    assert is_up_to_date(released)
