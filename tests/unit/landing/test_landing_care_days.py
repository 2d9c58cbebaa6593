"""The days of care of a version, by which it is compared with others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.landing.claims.keys import care_days
from oracle.replacements import care_days as days_of_header


@pytest.mark.parametrize(
    ("arrival", "end", "shown"),
    [
        ("202601312359", "202602010001", "[2026-01-31,2026-02-01]"),
        ("20260131", "20260131", "[2026-01-31,2026-01-31]"),
        (" 202601310800 ", "202601310900", "[2026-01-31,2026-01-31]"),
        ("202601310800", "202601300900", None),  # ends before it begins
        ("202602300800", "202603010900", None),
        ("2026013", "20260131", None),
        (None, "20260131", None),
        ("20260131", "", None),
        ("２０２６０１３１", "20260131", None),
    ],
)
def test_days_from_arrival_to_end(arrival: str | None, end: str | None, shown: str | None) -> None:
    days = care_days(arrival, end)
    assert (days and days.as_range()) == shown


_TIME = st.one_of(
    st.dates().map(lambda day: f"{day:%Y%m%d}0800".rjust(12, "0")),
    st.text("0123456789 x-", max_size=13),
)


@given(arrival=_TIME, end=_TIME)
def test_days_are_those_of_another_program(arrival: str, end: str) -> None:
    found = care_days(arrival, end)
    expected = days_of_header({"NGAY_VAO": arrival, "NGAY_RA": end})
    assert (None if found is None else tuple(found)) == expected
