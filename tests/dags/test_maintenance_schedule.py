"""The first night of maintenance is the next one: nothing runs beside the first deliveries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables import trigger
from airflow.timetables.base import TimeRestriction

from parsed_dags import DAGS_FOLDER


@pytest.mark.parametrize(
    ("started", "first"),
    [
        (datetime(2026, 8, 1, 19, 31, tzinfo=UTC), datetime(2026, 8, 2, 19, 30, tzinfo=UTC)),
        (datetime(2026, 8, 1, 12, 0, tzinfo=UTC), datetime(2026, 8, 1, 19, 30, tzinfo=UTC)),
    ],
)
def test_a_new_warehouse_waits_for_the_next_night(
    started: datetime, first: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trigger, "utcnow", lambda: started)
    bag = DagBag(str(DAGS_FOLDER / "maintain_warehouse.py"))
    dag = bag.dags["maintain_warehouse"]
    run = coerce_to_core_timetable(dag.timetable).next_dagrun_info(
        last_automated_data_interval=None,
        restriction=TimeRestriction(dag.start_date, None, catchup=False),
    )
    assert run is not None
    assert run.run_after == first
