"""Patients of some days."""

from __future__ import annotations

from health_warehouse.synthetic.moments import DAY, day_of, stamp, ymd
from health_warehouse.synthetic.people import Person, name_of
from health_warehouse.synthetic.stays import Stay
from health_warehouse.synthetic.streams import Draw, one_of, whole


def make_newborn(draw: Draw, header: dict[str, str], mother: Person, stay: Stay) -> None:
    """A child of some days, under the mother's name and a temporary card."""
    born = stay.arrived - whole(draw, 60, 18 * DAY)
    # Born at midnight would read as "time not known".
    born += born % DAY == 0
    header.update(
        HO_TEN=f"CON BÀ {name_of(draw, '2').upper()}",
        SO_CCCD="",
        NGAY_SINH=stamp(born),
        GIOI_TINH=one_of(draw, ("1", "2")),
        NHOM_MAU="",
        MA_NGHE_NGHIEP="00000",
        MA_BN=f"S{mother.number:07d}{born % 100_000:05d}",
        MA_THE_BHYT=f"TE1PP{mother.number:08d}{born % 100:02d}",
        MA_DKBD="PP000",
        GT_THE_TU=stamp(born)[:8],
        GT_THE_DEN=ymd(day_of(born) + 90),
        CAN_NANG=f"{whole(draw, 2, 3)}.{whole(draw, 10, 99)}",
    )
