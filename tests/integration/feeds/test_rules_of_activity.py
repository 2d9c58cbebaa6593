"""Rules of monthly reports beside the registry and the month before: just good and just bad."""

from __future__ import annotations

from health_warehouse.settings import Settings
from list_rules import changed, deliver_lists, found_by_hand


def test_the_monthly_report(settings: Settings) -> None:
    def visits(count: int) -> dict[str, str]:
        told = str(count)
        return {"visits_total": told, "visits_insured": told, "visits_self_pay": "0",
                "visits_free": "0"}  # fmt: skip

    other, june = {"facility_code": "96002"}, {"month": "2026-06"}
    deliver_lists(
        settings,
        facility_registry=changed("facility_registry", {}, other),
        hospital_activity_month=changed(
            "hospital_activity_month",
            {"bed_days": "2790"},  # 31 days of 90 beds
            {**june, **visits(500), "inpatients_start": "70"},
            {**other, "beds_planned": "101", "beds_actual": "91", "bed_days": "2822"},
            {**other, **june, **visits(499), "inpatients_start": "71"},
        ),
    )
    assert found_by_hand(settings) == {
        ("hospital_activity_month.beds_as_registered", 3),
        ("hospital_activity_month.actual_beds_as_registered", 3),
        ("hospital_activity_month.full", 3),
        ("hospital_activity_month.month_on_month", 4),
        ("hospital_activity_month.carried_over", 4),
    }
