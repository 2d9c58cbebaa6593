"""Everything that may go has gone: marts, ledger and audit are as before, and builds go on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from deliveries import Sent, read_province
from marts_content import marts_content
from path_work import load, run
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.ledger import entries
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.run import maintain
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options

_DAY = 86_400 * 10**9
_LONG_AGO = (
    "update ops.files set loaded_at = loaded_at - interval '10 days'",
    "update ops.document_changes set changed_at = changed_at - interval '10 days'",
    "update ops.check_runs set started_at = started_at - interval '10 days'",
)


def _send(settings: Settings, sent: list[Sent]) -> None:
    for file in sent:
        file.put(settings.state / "inbox")
    run(settings)


def _again(file: Sent) -> Sent:
    """The same dossiers in other bytes, a day later: each is a newer version."""
    received = file.received_ns + _DAY
    return Sent(f"again_{file.name}", file.content + b"\n", received)


@pytest.mark.timeout(900)
def test_what_may_go_changes_nothing_that_counts(settings: Settings) -> None:
    """Rows of superseded versions go; then half of the newer versions turn out to be older."""
    folder = settings.state / "sent"
    generate(folder, Options(facilities=2, days=3, dossiers=30, seed=5, defects=0.1))
    sent = read_province(folder)
    _send(settings, sent)
    marts = marts_content(settings)
    newer = [_again(file) for file in sent]
    _send(settings, newer)
    with engine(settings, OWNER).begin() as connection:
        for statement in _LONG_AGO:
            connection.execute(text(statement))
    ledger = entries(settings)

    bounds = {f"keep_{name}_days": 1 for name in ("superseded", "check_results")}
    report = maintain(settings.model_copy(update=bounds), lambda _: None)
    assert report.is_well
    removed = {step.step: step.removed.count for step in report.steps}
    assert removed[StepName.REMOVE_SUPERSEDED_ROWS] > 10
    assert removed[StepName.REMOVE_CHECK_RESULTS] > 0
    assert entries(settings) == ledger, "conserved"

    for file in newer[::2]:
        earlier = replace(file, name=f"x{file.name}", received_ns=file.received_ns - 2 * _DAY)
        earlier.put(settings.state / "inbox")
    load(settings)
    rebuilt = build(settings, full=True)
    audit(settings, rebuilt.build_id)
    publish(settings, rebuilt.build_id)
    assert marts_content(settings) == marts
    with engine(settings, OWNER).connect() as connection:
        without_rows = "select count(*) from ops.dossier_versions where not has_rows"
        assert (
            connection.execute(text(without_rows)).scalar_one()
            < removed[StepName.REMOVE_SUPERSEDED_ROWS]
        ), "some count again, and have their rows again"
