"""Rows of the lists about places: the registry, stations, people, members."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from health_warehouse.synthetic.lists.sheets import Row
from health_warehouse.synthetic.world.creation import World
from health_warehouse.synthetic.world.establishments import (
    COMMUNES_MANAGE_FROM,
    Establishment,
    Period,
)
from health_warehouse.synthetic.world.membership import members
from health_warehouse.synthetic.world.places import OLDEST
from health_warehouse.synthetic.world.stations import Staff, Unit, staff_on

_POPULATION_BANDS = {
    "0": (0, 0),
    "1-4": (1, 4),
    **{f"{low}-{low + 4}": (low, low + 4) for low in range(5, OLDEST, 5)},
    f"{OLDEST}+": (OLDEST, OLDEST),
}


def registry(world: World, as_of: date) -> Iterator[Row]:
    """Every facility and period, as they are known on the day."""
    for each in world.facilities:
        for period in each.known_on(as_of):
            yield _registered(each, period)


def _registered(each: Establishment, period: Period) -> Row:
    beds = period.beds
    stays = bool(beds.actual)
    row: Row = {
        "facility_code": each.code,
        "gln_code": each.gln,
        "facility_name": period.name,
        "facility_type": each.kind,
        "ownership": period.ownership,
        "governing_body": period.governing_body,
        "parent_code": period.parent_code,
        "professional_level": period.level,
        "level_points": period.points,
        "level_decision": f"{int(each.gln[7:12]) + 40}/QĐ-SYT" if period.points else None,
        "old_tier": period.old_tier,
        "hospital_class": period.hospital_class,
        "specialty": each.specialty,
        "licence_no": each.licence_no,
        "licence_date": each.licence_date,
        "licence_issuer": "Sở Y tế",
        "head_name": each.head_name,
        "has_insurance_contract": each.has_contract,
        "is_training_site": each.is_training_site,
        "province_code": period.province_code,
        "district_code": period.district_code,
        "commune_code": period.commune_code,
        "address": each.address,
        "latitude": Decimal(f"{each.latitude:.5f}"),
        "longitude": Decimal(f"{each.longitude:.5f}"),
        "phone": each.phone,
        "working_hours": "07:00-17:00",
        "founded_year": each.founded_year,
        "status": period.status,
        "valid_from": period.valid_from,
        "valid_to": period.valid_to,
    }
    if stays:
        row |= {
            "beds_planned": beds.planned,
            "beds_registered": beds.registered,
            "beds_actual": beds.actual,
            "beds_icu": beds.icu,
            "beds_emergency": beds.emergency,
            "beds_negative_pressure": beds.negative_pressure,
            "operating_tables": beds.operating_tables,
            "delivery_tables": beds.delivery_tables,
        }
    elif each.kind.startswith("clinic"):
        row["beds_planned"] = row["beds_actual"] = 0
    return row


def stations(world: World, as_of: date) -> Iterator[Row]:
    """Every station and point."""
    staff = staff_on(as_of, world.workers, world.assignments)
    for unit in world.units:
        yield _reported(unit, staff.get(unit.code, Staff()), as_of)


def _reported(unit: Unit, staff: Staff, as_of: date) -> Row:
    return {
        "unit_code": unit.code,
        "unit_kind": unit.kind,
        "unit_name": unit.name,
        "parent_unit_code": unit.parent_code,
        "commune_code": unit.commune_code,
        "former_commune_code": unit.former_commune_code,
        "manager_kind": _manager(as_of),
        "population_served": unit.population_served,
        "doctors_own": staff.own_doctors,
        "doctors_rotated": staff.rotated_doctors,
        "doctors_total": staff.doctors,
        "has_doctor": staff.doctors > 0,
        "midwives": staff.midwives,
        "nurses": staff.nurses,
        "pharmacists": staff.pharmacists,
        "other_staff": staff.others,
        "village_health_workers": unit.village_workers,
        "stay_beds": unit.stay_beds,
        "does_vaccination": unit.kind == "station",
        "does_delivery": unit.does_delivery,
        "does_tele": unit.does_tele,
        "has_internet": True,
        "criteria_version": "QĐ 1300/2023" if unit.criteria_score else None,
        "criteria_met": unit.meets_criteria,
        "criteria_score": Decimal(unit.criteria_score) if unit.criteria_score else None,
        "as_of_date": as_of,
    }


def _manager(as_of: date) -> str:
    return "commune_committee" if as_of >= COMMUNES_MANAGE_FROM else "regional_centre"


def population(world: World, ref_date: date) -> Iterator[Row]:
    """The mid-year people of each commune by band, of men, of women and of both."""
    for commune in world.communes:
        for band, (low, high) in _POPULATION_BANDS.items():
            men, women = commune.aged(0, low, high), commune.aged(1, low, high)
            for sex, count in (("1", men), ("2", women), ("T", men + women)):
                yield {
                    "commune_code": commune.code,
                    "sex": sex,
                    "age_band": band,
                    "population": count,
                    "live_births": commune.live_births if (sex, band) == ("T", "0") else None,
                    "source_code": "stat_midyear",
                    "vintage": str(ref_date.year),
                    "ref_kind": "mid_year",
                    "ref_date": ref_date,
                    "is_estimate": False,
                }


def membership(world: World, as_of: date) -> Iterator[Row]:
    """Holders of a valid card on the day."""
    first = world.size.first
    months = (as_of.year - first.year) * 12 + as_of.month - first.month
    for each in members(world.size, world.communes, months):
        yield {
            "commune_code": each.commune_code,
            "group_code": each.group,
            "age_band": each.age_band,
            "sex": str(each.sex),
            "members": each.count,
            "registered_here": each.registered_here,
            "residence_basis": "residence",
            "counted": "person",
            "as_of_date": as_of,
        }
