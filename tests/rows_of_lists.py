"""One good row of each of the eight lists, and what breaks each of their rules.

A change is what is other in the good row; a list of changes is a delivery of several rows.
"""

from __future__ import annotations

from typing import Any

GOOD: dict[str, dict[str, Any]] = {
    "facility_registry": {
        "facility_code": "96001", "facility_name": "Bệnh viện A",
        "facility_type": "hospital_general", "ownership": "public_province",
        "governing_body": "Sở Y tế", "professional_level": "basic_50_70",
        "level_points": "60", "licence_no": "12/GP", "licence_date": "20150102",
        "has_insurance_contract": "1", "province_code": "96", "commune_code": "31825",
        "address": "1 Đường B", "beds_planned": "100", "beds_actual": "90", "beds_icu": "5",
        "beds_emergency": "5", "status": "active", "valid_from": "20250801",
    },
    "commune_station": {
        "unit_code": "96101", "unit_kind": "station", "unit_name": "Trạm Y tế A",
        "commune_code": "31825", "manager_kind": "commune_committee", "population_served": "40000",
        "doctors_own": "1", "doctors_rotated": "1", "doctors_total": "2", "has_doctor": "1",
        "midwives": "1", "does_vaccination": "1", "as_of_date": "20260630",
    },
    "workforce": {
        "citizen_id": "096080000001", "full_name": "Nguyễn Văn A", "sex": "1",
        "facility_code": "96001", "is_main_place": "1", "department_code": "K03",
        "title_code": "1", "occupation": "doctor_general", "degree": "univ",
        "licence_no": "000123/CM-CCHN", "licence_date": "20200101", "scope": "Nội khoa",
        "full_time": "1", "employment_kind": "public_employee", "valid_from": "20200101",
    },
    "posts": {
        "facility_code": "96001", "occupation": "nurse", "approved_posts": "10",
        "filled_posts": "9", "decision_no": "1/QĐ", "as_of_date": "20260630",
    },
    "rotation": {
        "decision_no": "5/QĐ", "decision_date": "20260601", "programme": "p1816",
        "citizen_id": "096080000001", "occupation": "doctor_general", "staff_group": "clinical",
        "from_facility": "96001", "to_facility": "96101", "started_on": "20260610",
        "planned_end": "20260910", "time_share": "0.5",
    },
    "population": {
        "commune_code": "31825", "sex": "1", "age_band": "5-9", "population": "1500",
        "source_code": "stat_midyear", "vintage": "2025", "ref_kind": "mid_year",
        "ref_date": "20250701", "is_estimate": "0",
    },
    "insurance_membership": {
        "commune_code": "31825", "group_code": "GD", "age_band": "18-59", "sex": "1",
        "members": "900", "registered_here": "800", "residence_basis": "residence",
        "counted": "person", "as_of_date": "20260531",
    },
    "hospital_activity_month": {
        "facility_code": "96001", "month": "2026-05", "beds_planned": "100", "beds_actual": "90",
        "beds_on_request": "10", "visits_total": "1000", "visits_insured": "800",
        "visits_self_pay": "150", "visits_free": "50", "visits_under6": "100",
        "visits_60plus": "200", "visits_emergency": "50", "transfers_out_exam": "20",
        "inpatients_start": "60", "admissions": "300", "inpatients_insured": "250",
        "inpatients_self_pay": "50", "bed_days": "2000", "discharges": "290",
        "result_cured": "200", "result_better": "60", "result_same_worse": "10",
        "transfers_out_inpatient": "15", "deaths_inpatient": "3", "deaths_24h": "1",
        "dying_taken_home": "2",
    },
}  # fmt: skip

HOSPITAL = {"facility_type": "hospital_general"}
CLINIC = {
    "facility_type": "clinic_general", "beds_planned": "", "beds_actual": "", "beds_icu": "",
    "beds_emergency": "",
}  # fmt: skip
PRIVATE = {"ownership": "private", "beds_planned": ""}
POINT = {
    "unit_code": "96101.01", "unit_kind": "point", "parent_unit_code": "96101",
    "unit_name": "Điểm trạm B",
}  # fmt: skip

CASES: dict[str, dict[str, tuple[list[Any], list[Any]]]] = {
    "facility_registry": {
        "periods_apart": (
            [[{"valid_to": "20260101"}, {"valid_from": "20260101"}]],
            [
                [{"valid_to": "20251231"}, {"valid_from": "20260101"}],
                [{}, {"facility_code": "96002"}],
            ],
        ),
        "listed_once": ([], [[{}, {"facility_code": "96002"}]]),
        "level_of_care": (
            [{**CLINIC, "facility_type": "pharmacy", "level_points": ""}],
            [{**CLINIC, "facility_type": "pharmacy", "professional_level": "", "level_points": ""}],
        ),
        "level_given": (
            [{"professional_level": "", "level_points": ""}],
            [{"professional_level": "", "level_points": "", "status": "closed"}],
        ),
        "points_below_50": (
            [{"professional_level": "basic_lt50", "level_points": "50"}],
            [{"professional_level": "basic_lt50", "level_points": "49"}],
        ),
        "points_50_to_70": ([{"level_points": "49"}], [{"level_points": "50"}]),
        "points_below_70": ([{"level_points": "70"}], [{"level_points": "69"}]),
        "points_from_70": (
            [{"professional_level": "specialised", "level_points": "69"}],
            [{"professional_level": "specialised", "level_points": "70"}],
        ),
        "beds_of_wards": ([{"beds_actual": "9"}], [{"beds_actual": "10"}, {"beds_actual": ""}]),
        "hospital_has_beds": ([{"beds_planned": ""}], [{"beds_planned": "1"}, CLINIC]),
        "hospital_beds_counted": ([{"beds_planned": "0"}], [{"beds_planned": "1"}]),
        "private_hospital_registers_beds": (
            [PRIVATE],
            [{**PRIVATE, "beds_registered": "50"}, {**PRIVATE, **CLINIC}],
        ),
        "clinic_has_no_beds": (
            [{**CLINIC, "beds_planned": "1"}],
            [{**CLINIC, "beds_planned": "0"}],
        ),
        "parent_listed": (
            [{"parent_code": "96009"}],
            [[{"parent_code": "96009"}, {"facility_code": "96009"}]],
        ),
        "not_its_own_parent": ([{"parent_code": "96001"}], []),
        "place_once": (
            [[
                {"latitude": "9.1", "longitude": "105.1"},
                {"latitude": "9.1", "longitude": "105.1", "facility_code": "96002"},
            ]],
            [[
                {"latitude": "9.1", "longitude": "105.1"},
                {"latitude": "9.11", "longitude": "105.1", "facility_code": "96002"},
            ]],
        ),
    },
    "commune_station": {
        "one_station": (
            [[{}, {"unit_code": "96102"}]],
            [[{}, {"unit_code": "96102", "commune_code": "31834"}], [{}, POINT]],
        ),
        "point_has_station": ([{**POINT, "parent_unit_code": ""}], [[{}, POINT]]),
        "station_has_no_parent": ([{"parent_unit_code": "96101"}], []),
        "station_listed": ([POINT], [[{}, POINT]]),
        "doctors_add_up": (
            [{"doctors_total": "3"}, {"doctors_total": "1"}],
            [{"doctors_total": "2", "doctors_rotated": "1"}],
        ),
        "has_doctor_counted": (
            [{"doctors_total": "0", "doctors_own": "0", "doctors_rotated": "0"}],
            [{"doctors_total": "1", "doctors_own": "1", "doctors_rotated": "0"}],
        ),
        "no_doctor_counted": (
            [{"has_doctor": "không"}],
            [{"has_doctor": "0", "doctors_total": "0", "doctors_own": "0", "doctors_rotated": "0"}],
        ),
        "criteria_of_stations": (
            [[{}, {**POINT, "criteria_score": "80"}]],
            [{"criteria_met": "1", "criteria_score": "80", "criteria_version": "QĐ 1300/2023"}],
        ),
        "criteria_named": (
            [{"criteria_met": "1"}],
            [{"criteria_met": "1", "criteria_version": "QĐ 1300/2023"}],
        ),
    },
    "workforce": {
        "licence_of_titles": (
            [{"licence_no": ""}, {"licence_date": ""}],
            [{"title_code": "8", "occupation": "pharmacist_univ", "licence_no": ""}],
        ),
        "scope_of_titles": ([{"scope": " "}], [{"title_code": "9", "scope": ""}]),
        "licensed_before_work": (
            [{"licence_date": "20200102"}],
            [{"licence_date": "20200101"}],
        ),
        "doctor_has_degree": (
            [{"degree": "college"}],
            [{"degree": "resident"}, {"title_code": "2", "degree": "college"}],
        ),
        "licence_is_no_citizen_id": ([{"licence_no": "096080000001"}], []),
        "link_code_is_no_licence": (
            [{"rx_link_code": "000123/CM-CCHN"}],
            [{"rx_link_code": "BS0000001"}],
        ),
        "leaver_has_reason": (
            [{"left_on": "20260601", "valid_to": "20260601"}],
            [{"left_on": "20260601", "valid_to": "20260601", "leave_reason": "retired"}],
        ),
        "ended_when_left": ([{"left_on": "20260601", "leave_reason": "retired"}], []),
        "periods_apart": (
            [[{"valid_to": "20250101"}, {"valid_from": "20250101"}]],
            [
                [{"valid_to": "20241231"}, {"valid_from": "20250101"}],
                [{}, {"department_code": "K04", "is_main_place": "0"}],
            ],
        ),
    },
    "posts": {
        "not_over_filled": ([{"filled_posts": "11"}], [{"filled_posts": "10"}]),
        "listed_once": ([], [[{}, {"occupation": "midwife"}]]),
    },
    "rotation": {
        "other_place": ([{"to_facility": "96001"}], [{"to_facility": "96002"}]),
        "planned_after_start": ([{"planned_end": "20260610"}], [{"planned_end": "20260611"}]),
        "share_is_some": ([{"time_share": "0"}], [{"time_share": "0.01"}, {"time_share": "1"}]),
        "ended_after_start": ([{"ended_on": "20260609"}], [{"ended_on": "20260610"}]),
        "sent_once": (
            [[{}, {"decision_no": "6/QĐ", "started_on": "20260910", "planned_end": "20261001"}]],
            [[{}, {"decision_no": "6/QĐ", "started_on": "20260911", "planned_end": "20261001"}]],
        ),
    },
    "population": {
        "births_of_totals": (
            [{"live_births": "10"}, {"live_births": "10", "sex": "T"}],
            [{"live_births": "10", "sex": "T", "age_band": "0"}],
        ),
        "census_day": (
            [{"source_code": "stat_apr1"}],
            [{"source_code": "stat_apr1", "ref_kind": "apr_1"}],
        ),
        "listed_once": ([], [[{}, {"sex": "2"}]]),
    },
    "insurance_membership": {
        "registered_of_members": ([{"registered_here": "901"}], [{"registered_here": "900"}]),
        "children_are_children": (
            [{"group_code": "TE"}],
            [{"group_code": "TE", "age_band": "0-5"}],
        ),
        "persons_counted": ([{"counted": "card"}], []),
        "listed_once": ([], [[{}, {"sex": "2"}]]),
    },
    "hospital_activity_month": {
        "visits_by_payer": (
            [{"visits_free": "51"}, {"visits_free": "49"}],
            [{"visits_self_pay": "200", "visits_free": ""}],
        ),
        "ages_of_visits": (
            [{"visits_under6": "801"}],
            [{"visits_under6": "800"}],
        ),
        "emergencies_of_visits": (
            [{"visits_emergency": "1001"}],
            [{"visits_emergency": "1000"}],
        ),
        "transfers_of_visits": (
            [{"transfers_out_exam": "1001"}],
            [{"transfers_out_exam": "1000"}],
        ),
        "beds_on_request": ([{"beds_on_request": "91"}], [{"beds_on_request": "90"}]),
        "bed_days_possible": ([{"bed_days": "5581"}], [{"bed_days": "5580"}]),
        "results_of_discharges": (
            [{"transfers_out_inpatient": "286"}],
            [{"transfers_out_inpatient": "285"}],
        ),
        "outcomes_of_discharges": ([{"result_cured": "218"}], [{"result_cured": "217"}]),
        "early_deaths": ([{"deaths_24h": "4"}], [{"deaths_24h": "3"}]),
        "payers_of_admissions": (
            [{"inpatients_insured": "311"}],
            [{"inpatients_insured": "310"}, {"inpatients_insured": "311", "inpatients_start": ""}],
        ),
        "discharges_of_present": (
            [{"discharges": "361"}],
            [{"discharges": "360"}, {"discharges": "361", "inpatients_start": ""}],
        ),
        "not_empty": (
            [
                {
                    **{one: "0" for one in GOOD["hospital_activity_month"] if "beds" not in one},
                    "facility_code": "96001", "month": "2026-05",
                }
            ],
            [],
        ),
        "reported_once": ([], [[{}, {"month": "2026-04"}]]),
    },
}  # fmt: skip
"""Feed → rule of its contract → changes that break it, and changes that just do not."""
