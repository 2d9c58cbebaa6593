"""Rules between rows of staff, posts and rotation: just good and just bad, in one build."""

from __future__ import annotations

from typing import Any

from health_warehouse.settings import Settings
from list_rules import Rows, changed, deliver_lists, found_by_hand

_DAY = {"hours_of_day": "0700-1130;1330-1700", "days_of_week": "T2T3T4T5T6"}


def _person(number: int, **more: Any) -> dict[str, Any]:
    return {
        "citizen_id": f"0960800{number:05}", "licence_no": f"{number:06}/CM-CCHN", **more
    }  # fmt: skip


def _second(number: int, **more: Any) -> dict[str, Any]:
    return _person(
        number, facility_code="96002", is_main_place="0", full_time="2",
        employment_kind="collaborator", valid_from="20200101", **more,
    )  # fmt: skip


def _workforce() -> Rows:
    return changed(
        "workforce",
        *(_person(number, **(_DAY if number > 10 else {})) for number in range(51)),
        {**_person(1), "citizen_id": "096080099999", "employment_kind": "owner"},
        {**_second(10), "is_main_place": "1"},
        {**_second(11), **_DAY, "hours_of_day": "1700-2000"},
        {**_second(12), **_DAY, "hours_of_day": "1659-2000"},
        {**_second(13), **_DAY, "days_of_week": "T7CN"},
    )


def _posts() -> Rows:
    earlier, none = {"as_of_date": "20251231"}, {"filled_posts": "0"}
    return changed(
        "posts",
        {"approved_posts": "40", "filled_posts": "40"},
        {"occupation": "midwife", "filled_posts": "10"},  # 50 of 51, within 1.02
        {"facility_code": "96002", "approved_posts": "1", **none},
        {"facility_code": "96002", "occupation": "midwife", "approved_posts": "0", **none},
        {"occupation": "pharmacy_tech", **earlier, **none},
        {"occupation": "pharmacy_tech", "approved_posts": "11", **none},
        {"occupation": "technician_lab", **earlier, **none},
        {"occupation": "technician_lab", "approved_posts": "11", "decision_no": "2/QĐ", **none},
    )


def _rotation() -> Rows:
    def sent(number: int, **more: Any) -> dict[str, Any]:
        return {"citizen_id": f"0960800{number:05}", **more}

    again = {"decision_no": "7/QĐ", "started_on": "20260910", "planned_end": "20261101"}
    return changed(
        "rotation",
        sent(1, planned_end="20260708"),  # 28 days
        sent(2, planned_end="20260707"),
        sent(3, planned_end="20270611"),  # 366
        sent(4, planned_end="20270612"),
        sent(5, to_facility="96003"),  # down
        sent(6, from_facility="96003", to_facility="96001"),  # up
        sent(7, from_facility="96003", to_facility="96001", programme="pull_up"),
        sent(8, from_facility="96002"),  # where the person does not work
        sent(8, decision_no="6/QĐ"),
        sent(9, decision_no="6/QĐ"),
        sent(9, **again),  # half the time, and half of it elsewhere on the same day
        sent(14, decision_no="8/QĐ"),
        sent(14, **again, time_share="0.51"),
        sent(15, decision_no="9/QĐ", planned_persons="2"),
        sent(16, decision_no="9/QĐ", planned_persons="2", staff_group="preventive"),
        sent(17, decision_no="10/QĐ", planned_persons="1", staff_group="preventive"),
        sent(18, decision_no="10/QĐ", planned_persons="3"),
    )


def test_staff(settings: Settings) -> None:
    deliver_lists(
        settings,
        facility_registry=changed(
            "facility_registry",
            {},
            {"facility_code": "96002", "ownership": "private", "beds_planned": "",
             "beds_registered": "50"},
            {"facility_code": "96003", "professional_level": "primary", "level_points": ""},
        ),
        workforce=_workforce(),
        posts=_posts(),
        rotation=_rotation(),
    )  # fmt: skip
    assert found_by_hand(settings) == {
        ("workforce.one_licence_one_person", 2),
        ("workforce.one_licence_one_person", 52),
        ("workforce.one_main_place", 53),
        ("workforce.hours_apart", 55),
        ("posts.of_public_facilities", 3),
        ("posts.changed_by_decision", 6),
        ("rotation.term", 2),
        ("rotation.term", 4),
        ("rotation.level", 6),
        ("rotation.works_there", 8),
        ("rotation.whole_time", 13),
        ("rotation.persons_of_decision", 17),
    }
    fewer = changed("posts", {"occupation": "midwife", "filled_posts": "9"})
    deliver_lists(settings, posts=fewer)
    assert ("posts.as_workforce", 1) in found_by_hand(settings)  # 49 of 51
