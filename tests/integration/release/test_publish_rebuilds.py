"""A rebuild that was not published: nothing of it is lost when the next build follows."""

from __future__ import annotations

from sqlalchemy import text

from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.orchestration.work import is_up_to_date
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
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
