"""What is asked of a world: one object, from which everything in it follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from health_warehouse.synthetic.options import Options


@dataclass(frozen=True)
class Beds:
    """Beds of hospitals that send no claims, together; those that do have what their stays need."""

    public: int = 0
    private: int = 0


@dataclass(frozen=True)
class Size:
    """The whole input of a world. The counts are those of the province, claims' senders included.

    `claims` are the facilities whose claims are written, and the days of the world.
    """

    claims: Options
    people: int = 1_046_300
    points: int = 71
    provincial_hospitals: int = 2
    specialised_hospitals: int = 3
    regional_centres: int = 9
    preventive_units: int = 4
    private_hospitals: int = 3
    private_clinics: int = 17
    regional_clinics: int = 5
    pharmacies: int = 12
    beds: Beds = field(default_factory=lambda: Beds(public=2_150, private=240))
    coverage: int = 951
    """Holders of a valid card in a thousand people."""
    stations_without_doctor: int = 6
    postgraduate: int = 380
    """Of a thousand doctors."""
    doctors: int | None = None
    """Persons with a doctor's degree, each at the main place; None: as the facilities need."""
    staff: int | None = None
    """Persons of public facilities, at their main place; None: as the doctors need."""
    rotated: tuple[int, int] = (9, 6)
    """Sent to stations by one decision: doctors, preventive officers."""
    rotated_on: date | None = None
    """None: the first day of the month before the first."""
    rotated_to_all: bool = False
    """Whether every station gets one at least."""
    is_before_merger: bool = False
    """Whether the communes are those of before 01/07/2025; then no claims are written."""
    stations: int | None = None
    """None: one for each commune; less where some communes have none."""

    @property
    def province_code(self) -> str:
        return self.claims.province

    @property
    def seed(self) -> int:
        return self.claims.seed

    @property
    def first(self) -> date:
        """First day on which care ends."""
        return self.claims.start

    @property
    def last(self) -> date:
        return date.fromordinal(self.claims.start.toordinal() + self.claims.days - 1)
