"""How much of a machine the embedded Postgres takes."""

from __future__ import annotations

import pytest

from health_warehouse.database.configuration import buffers, configuration, helpers, memory

GIGABYTE = 1 << 30


@pytest.mark.parametrize(
    ("gigabytes", "megabytes"), [(1, 256), (4, 256), (8, 512), (24, 1536), (64, 4096), (512, 4096)]
)
def test_buffers_grow_with_the_memory_between_bounds(gigabytes: int, megabytes: int) -> None:
    assert buffers(gigabytes * GIGABYTE) == megabytes


@pytest.mark.parametrize(("cores", "workers"), [(1, 0), (2, 1), (4, 3), (64, 4)])
def test_a_query_has_a_helper_for_each_other_core_up_to_four(cores: int, workers: int) -> None:
    assert helpers(cores) == workers


def test_rows_of_patients_stay_out_of_the_log() -> None:
    lines = configuration().splitlines()
    assert f"shared_buffers = '{buffers(memory())}MB'" in lines
    for line in (
        "log_min_error_statement = panic",
        "log_parameter_max_length = 0",
        "log_parameter_max_length_on_error = 0",
        "log_error_verbosity = terse",
    ):
        assert line in lines
