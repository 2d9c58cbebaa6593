"""Groups of ages are those that lists may write, and each grouping covers every age once."""

from __future__ import annotations

import csv
from collections import defaultdict

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.settings import PROJECT_DIR

_GROUPS = PROJECT_DIR / "dbt_project" / "seeds" / "ref_age_groups.csv"
_LISTS = {"population": "population", "insurance": "insurance_membership"}


def _groupings() -> dict[str, dict[str, tuple[str, str]]]:
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    with _GROUPS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["grouping_name"]][row["age_group"]] = (
                row["from_age_years"],
                row["to_age_years"],
            )
    return found


def test_groups_are_what_the_contracts_allow() -> None:
    for grouping, feed in _LISTS.items():
        [column] = [one for one in built_in()[feed].table.columns if one.name == "age_band"]
        assert list(_groupings()[grouping]) == list(column.values)


def test_each_age_is_in_one_group_of_each_grouping() -> None:
    groupings = _groupings()
    assert set(groupings) == {*_LISTS, "morbidity"}
    for groups in groupings.values():
        for age in range(121):
            within = [
                name
                for name, (first, last) in groups.items()
                if first and int(first) <= age <= int(last or 120)
            ]
            assert len(within) == 1, (age, within)
