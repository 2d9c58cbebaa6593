"""Small worlds with the figures that provinces published of themselves, one for each province.

What nobody published is invented, and small. Sources: articles of the provinces, 2016 to 2026;
figures of several years stand in one world only where the province gave them together.
"""

from __future__ import annotations

from datetime import date

from health_warehouse.errors import ConfigurationError
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.world.sizes import Beds, Size


def published(name: str) -> Size:
    """The world of a province. Raises ConfigurationError for a name that is none."""
    try:
        return PUBLISHED[name]
    except KeyError:
        known = ", ".join(sorted(PUBLISHED))
        raise ConfigurationError(f"there is no world {name!r}: write one of {known}") from None


DIEN_BIEN = Size(
    # 2025: 45 of 45 stations with a doctor; on 15/12/2025 108 people were sent to 45 stations,
    # 55 doctors and 53 preventive officers; 98 % insured.
    Options(6, 31, 240, seed=11, start=date(2025, 12, 1), province="11"),
    people=673_091,
    points=69,
    provincial_hospitals=1,
    specialised_hospitals=3,
    regional_centres=9,
    preventive_units=3,
    private_hospitals=0,
    private_clinics=6,
    regional_clinics=4,
    pharmacies=5,
    beds=Beds(public=1_900, private=0),
    coverage=980,
    stations_without_doctor=14,
    rotated=(55, 53),
    rotated_on=date(2025, 12, 15),
    rotated_to_all=True,
)
CA_MAU = Size(
    # 2026: 38 units of the department, 64 stations and 100 points, about 9,000 staff, 4 private
    # hospitals, 30 general clinics, more than 1,200 practices and pharmacies; 2,606,672 people.
    Options(11, 31, 600, seed=96),
    people=2_606_672,
    points=100,
    provincial_hospitals=5,
    specialised_hospitals=6,
    regional_centres=22,
    preventive_units=5,
    private_hospitals=4,
    private_clinics=30,
    regional_clinics=0,
    pharmacies=1_204,
    beds=Beds(public=4_900, private=560),
    coverage=953,
    stations_without_doctor=0,
    staff=9_000,
)
KHANH_HOA = Size(
    # 2023, with targets for 2025: 10 doctors and 33.5 beds for 10,000 people, 95 % insured; 3
    # general and 6 specialised hospitals, 9 preventive units, 8 district centres with 14 clinics,
    # 136 stations and 15 points, 9,250 staff of whom 1,380 doctors, 49 % postgraduate.
    Options(1, 31, 0, seed=56, start=date(2024, 12, 1), province="56"),
    people=1_380_000,
    points=15,
    stations=136,
    provincial_hospitals=3,
    specialised_hospitals=6,
    regional_centres=8,
    preventive_units=9,
    private_hospitals=2,
    private_clinics=8,
    regional_clinics=14,
    pharmacies=6,
    beds=Beds(public=4_183, private=400),
    coverage=950,
    stations_without_doctor=0,
    postgraduate=490,
    doctors=1_380,
    staff=9_250,
    is_before_merger=True,
)
QUANG_NINH = Size(
    # 2016: patients who ask to be transferred became fewer, from 8 % to about 1 %.
    Options(8, 60, 4_000, seed=22, start=date(2026, 5, 1), province="22", requests=(80, 10)),
    people=1_429_841,
    points=62,
    provincial_hospitals=3,
    regional_centres=8,
    private_hospitals=2,
    private_clinics=9,
    beds=Beds(public=2_600, private=300),
    coverage=956,
)
PUBLISHED = {
    "ca_mau": CA_MAU,
    "dien_bien": DIEN_BIEN,
    "khanh_hoa": KHANH_HOA,
    "quang_ninh": QUANG_NINH,
}
