"""Rules between rows of the registry and of stations: just good and just bad, in one build."""

from __future__ import annotations

from feed_steps import deliver_rows
from health_warehouse.settings import Settings
from list_rules import JULY, Rows, changed, deliver_lists, found_by_hand
from rows_of_lists import POINT

_KNOWN = {"gln_code": "8930000000002"}  # 10 - (8·1 + 9·3 + 3·1) % 10 = 2
_NOBODY = {"doctors_own": "0", "doctors_rotated": "0", "doctors_total": "0", "has_doctor": "0"}


def _registry() -> Rows:
    return changed(
        "facility_registry",
        _KNOWN,
        {"facility_code": "96002", "gln_code": "8930000000003"},  # another check digit
        {"facility_code": "96003", **_KNOWN},  # of 96001
        {"facility_code": "96004", "province_code": "95"},
        {"facility_code": "96005", "valid_from": "20250801", "valid_to": "20251231"},
        {"facility_code": "96005", "valid_from": "20260101"},
        {"facility_code": "96006", "valid_from": "20250801", "valid_to": "20251230"},
        {"facility_code": "96006", "valid_from": "20260101"},
        {"facility_code": "96007", "parent_code": "96008"},
        {"facility_code": "96008"},
        {"facility_code": "96009", "parent_code": "96010"},
        {"facility_code": "96010", "valid_from": "20250802"},  # a day after 96009
        {"facility_code": "96011", "parent_code": "96012"},
        {"facility_code": "96012", "status": "closed"},
        {"facility_code": "96013", "parent_code": "96014"},
        {"facility_code": "96014", "parent_code": "96013"},
        {"facility_code": "96015", "parent_code": "96013"},  # below a circle, not in it
        {"facility_code": "96016", "latitude": "9.7616", "longitude": "105.0"},
        {"facility_code": "96017", "latitude": "9.7617", "longitude": "105.0"},
        {"facility_code": "96018", "gln_code": "893"},  # malformed alike: other rules say so
        {"facility_code": "96019", "gln_code": "893"},
    )


def _stations() -> Rows:
    return changed(
        "commune_station",
        {"former_commune_code": "31825"},
        {**POINT, **_NOBODY},
        {"unit_code": "96102", "commune_code": "31834", "doctors_own": "2",
         "doctors_rotated": "0", "former_commune_code": "11948"},  # a code since 2025
        {**POINT, **_NOBODY, "unit_code": "96101.02", "commune_code": "31834"},
        {**POINT, **_NOBODY, "unit_code": "96101.03", "commune_code": "31840"},
    )  # fmt: skip


def test_registry_and_stations(settings: Settings) -> None:
    deliver_lists(
        settings,
        facility_registry=_registry(),
        commune_station=_stations(),
        workforce=changed(
            "workforce",
            {"facility_code": "96101"},
            {"facility_code": "96101", "citizen_id": "096080000002", "occupation": "nurse",
             "licence_no": "000002/CM-CCHN"},
            {"facility_code": "96102", "citizen_id": "096080000003",
             "licence_no": "000003/CM-CCHN"},
            {"facility_code": "96102", "citizen_id": "096080000004", "valid_to": "20260629",
             "licence_no": "000004/CM-CCHN"},
        ),
        rotation=changed(
            "rotation",
            {"citizen_id": "096080000005"},
            {"citizen_id": "096080000006", "to_facility": "96102.01"},
            {"citizen_id": "096080000007", "planned_end": "20260910", "ended_on": "20260629"},
        ),
    )  # fmt: skip
    # a facility that has got another code keeps its id: another list
    earlier = changed("facility_registry", {}, {"facility_code": "96020", **_KNOWN})
    deliver_rows(settings, "facility_registry/danh_muc_20260531.jsonl", earlier, JULY)
    found = found_by_hand(settings)
    without = {position for rule, position in found if rule == "commune_station.every_commune"}
    assert 5 in without  # a point, and no station
    assert len(without) <= 2  # at one row for all that are not in the list at all
    assert {one for one in found if one[0] != "commune_station.every_commune"} == {
        ("facility_registry.gln_digit", 2),
        ("facility_registry.gln_once", 1),
        ("facility_registry.gln_once", 3),
        ("facility_registry.commune_of_province", 4),
        ("facility_registry.no_gap", 8),
        ("facility_registry.parent_then", 11),
        ("facility_registry.parent_then", 13),
        ("facility_registry.no_circle", 15),
        ("facility_registry.no_circle", 16),
        ("facility_registry.inside_province", 19),
        ("commune_station.former_commune", 3),
        ("commune_station.point_of_commune", 4),
        ("commune_station.point_of_commune", 5),
        ("commune_station.doctors_as_workforce", 3),
        ("commune_station.doctors_as_rotation", 3),
    }
