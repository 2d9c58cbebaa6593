"""Rules between rows of population, members and stations: just good and just bad, in one build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.settings import Settings
from list_rules import OF_WHOLE_LISTS, Rows, changed, deliver_lists, found_by_hand

BANDS = built_in()["population"].table.column("age_band").values
_PEOPLED = BANDS[2]
NEXT_YEAR = {"ref_date": "20260701", "vintage": "2026"}


def _people(
    commune: str,
    men: int,
    women: int,
    together: int | None = None,
    bands: Sequence[str] = BANDS,
    **more: Any,
) -> Rows:
    """Three rows for each band: men, women, both. All are of one band."""
    counts = {"1": men, "2": women, "T": men + women if together is None else together}
    return changed(
        "population",
        *(
            {"commune_code": commune, "sex": sex, "age_band": band,
             "population": str(count if band == _PEOPLED else 0), **more}
            for band in bands
            for sex, count in counts.items()
        ),
    )  # fmt: skip


def _population() -> tuple[Rows, set[tuple[str, int]]]:
    """Rows, and what is found at them."""
    rows: Rows = []
    found: set[tuple[str, int]] = set()

    def told(rule: str, *places: int) -> None:
        found.update((f"population.{rule}", len(rows) + place) for place in places)

    rows += _people("31825", 11500, 10000)
    told("sex_ratio", 1)
    rows += _people("31834", 11501, 10000)
    told("total_of_sexes", 9)
    rows += _people("31840", 9000, 10000, together=19001)
    told("bands_whole", 1, 2, 3)  # after 0 comes 5-9
    rows += _people("31843", 5000, 5000, bands=(BANDS[0], *BANDS[2:]))
    told("bands_whole", 1, 2, 3)
    rows += _people("31849", 5000, 5000, bands=BANDS[1:])
    told("bands_whole", 49, 50, 51)
    rows += _people("31858", 5000, 5000, bands=BANDS[:-1])
    rows += _people("31825", 12500, 11150, **NEXT_YEAR)  # 10 % more
    told("year_on_year", 1)
    rows += _people("31834", 12500, 11261, **NEXT_YEAR)
    infants = {"commune_code": "31864", "vintage": "2024", "age_band": "0"}
    told("bands_whole", 1, 2)
    told("sex_ratio", 1)
    rows += changed(
        "population",
        {**infants, "population": "1201"},
        {**infants, "sex": "2", "population": "1000"},
    )
    return rows, found


def test_people(settings: Settings) -> None:
    population, found_at_population = _population()
    april, march = {"as_of_date": "20260430"}, {"as_of_date": "20260331"}
    deliver_lists(
        settings,
        population=population,
        insurance_membership=changed(
            "insurance_membership",
            {"members": "24832", "registered_here": "1"},  # 105 % of 23,650
            {"commune_code": "31834", "members": "24950", "registered_here": "1"},
            {"members": "22575", "registered_here": "1", **april},
            {"commune_code": "31834", "members": "22681", "registered_here": "1", **april},
            {"group_code": "HN", "members": "0", "residence_basis": "registration"},
            {"members": "22575", "registered_here": "1", "residence_basis": "registration",
             **march},
        ),
        commune_station=changed(
            "commune_station",
            {"population_served": "24832"},  # 105 % of 23,650
            {"unit_code": "96102", "commune_code": "31834", "population_served": "24950"},
        ),
    )  # fmt: skip
    found = found_by_hand(settings)
    assert {rule for rule, _ in found} >= OF_WHOLE_LISTS
    at_rows = {one for one in found if one[0] not in OF_WHOLE_LISTS}
    basis = {position for rule, position in at_rows if rule == "insurance_membership.one_basis"}
    assert 5 in basis
    assert len(basis & {3, 4}) == 1  # at a row of April: March had another basis
    assert {one for one in at_rows if one[0] != "insurance_membership.one_basis"} == {
        *found_at_population,
        ("insurance_membership.of_population", 2),
        ("insurance_membership.month_on_month", 2),
        ("commune_station.population_served", 2),
    }
