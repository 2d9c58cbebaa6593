"""One small province for all of these tests: half a year, over every border of a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from answered_provinces import AnsweredProvince, answered
from health_warehouse.synthetic.options import Options
from small_province import SMALL
from warehouses import Cluster

# Stations go to the communes on 1 January, a clinic is suspended on the first day; lists of two
# ends of half-years, so that there is a mean of staff.
_HALF_A_YEAR = replace(
    SMALL,
    claims=Options(facilities=6, days=203, dossiers=700, seed=21, start=date(2025, 12, 10)),
)


@pytest.fixture(scope="session")
def half_year(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnsweredProvince]:
    with answered(cluster, tmp_path_factory.mktemp("half_year"), _HALF_A_YEAR) as province:
        yield province
