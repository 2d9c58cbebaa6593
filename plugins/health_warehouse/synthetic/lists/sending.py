"""Which lists a province sends: of whom, as of when, in how many files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from health_warehouse.synthetic.activity import Activity
from health_warehouse.synthetic.lists import rows_of_places, rows_of_staff
from health_warehouse.synthetic.lists.calendar_days import half_year_end, month_ends, quarter_end
from health_warehouse.synthetic.lists.rows_of_activity import activity, hurried_report
from health_warehouse.synthetic.lists.sheets import Row, Sheet
from health_warehouse.synthetic.streams import scattered
from health_warehouse.synthetic.world.creation import World
from health_warehouse.synthetic.world.establishments import MERGED_ON

DEPARTMENT, INSURER, STATISTICS = "so_y_te", "bhxh", "stat_midyear"
_PARTS = 4
"""Files of a list that several offices keep together."""


def sheets(world: World, counted: Activity) -> Iterator[Sheet]:
    """All lists of the world's months. `counted`: what its claims say that was done."""
    yield from _of_places(world)
    yield from _of_staff(world)
    for day in month_ends(world.size):
        month = f"{day:%Y-%m}"
        reports = list(activity(world, counted, month))
        title = f"Báo cáo hoạt động khám chữa bệnh tháng {day:%m/%Y}"
        for sender, rows in _by_sender(world, reports, "facility_code"):
            stem = f"bieu_9_{sender}_{day:%Y%m}"
            feed = "hospital_activity_month"
            if scattered(world.size.seed, 10, *map(ord, stem)) % 6 == 0:
                hurried = [hurried_report(row) for row in rows]
                yield _sheet(world, feed, stem, sender, day, title, hurried)
                again = _sheet(world, feed, f"{stem}_lan_2", sender, day, title, rows)
                again.sent_on = day + timedelta(days=20)
                yield again
            else:
                yield _sheet(world, feed, stem, sender, day, title, rows)


def _of_places(world: World) -> Iterator[Sheet]:
    size = world.size
    for day in month_ends(size, before=2):
        rows = list(rows_of_places.registry(world, day))
        stem = f"danh_muc_co_so_{day:%Y%m%d}"
        title = "Danh mục cơ sở khám bệnh, chữa bệnh"
        yield _sheet(world, "facility_registry", stem, DEPARTMENT, day, title, rows)
    day = quarter_end(size)
    title = "Báo cáo trạm y tế xã và điểm trạm"
    for part, rows in _parts(rows_of_places.stations(world, day)):
        stem = f"tram_y_te_{day:%Y%m%d}_{part}"
        yield _sheet(world, "commune_station", stem, DEPARTMENT, day, title, rows)
    day = date(size.first.year - 1, 7, 1)
    if not size.is_before_merger:
        day = max(day, MERGED_ON)  # the communes are those since then
    title = f"Dân số trung bình năm {day.year}"
    for part, rows in _parts(rows_of_places.population(world, day)):
        stem = f"dan_so_{day.year}_{part}"
        yield _sheet(world, "population", stem, STATISTICS, day, title, rows)
    for day in month_ends(size, before=1):
        title = f"Số người có thẻ BHYT tháng {day:%m/%Y}"
        for part, rows in _parts(rows_of_places.membership(world, day)):
            stem = f"the_bhyt_{day:%Y%m%d}_{part}"
            yield _sheet(world, "insurance_membership", stem, INSURER, day, title, rows)


def _of_staff(world: World) -> Iterator[Sheet]:
    for day in month_ends(world.size):
        title = f"Danh sách nhân lực y tế tháng {day:%m/%Y}"
        of_all = [row for rows in rows_of_staff.workforce(world, day).values() for row in rows]
        for sender, rows in _by_sender(world, of_all, "facility_code"):
            stem = f"nhan_luc_{sender}_{day:%Y%m%d}"
            yield _sheet(world, "workforce", stem, sender, day, title, rows)
        sent = list(rows_of_staff.rotation(world, day))
        title = "Danh sách viên chức luân phiên, biệt phái"
        for number, (_, group) in enumerate(groupby(sent, lambda row: row["decision_no"]), 1):
            stem = f"luan_phien_{day:%Y%m%d}_{number}"
            yield _sheet(world, "rotation", stem, DEPARTMENT, day, title, list(group))
    day = half_year_end(world.size)
    title = f"Chỉ tiêu biên chế và số có mặt đến {day:%d/%m/%Y}"
    of_all = [row for rows in rows_of_staff.posts(world, day).values() for row in rows]
    for sender, rows in _by_sender(world, of_all, "facility_code"):
        stem = f"chi_tieu_bien_che_{sender}_{day:%Y%m%d}"
        yield _sheet(world, "posts", stem, sender, day, title, rows)


def _by_sender(world: World, rows: list[Row], column: str) -> Iterator[tuple[str, list[Row]]]:
    """A file for each facility; one for all stations, which the department writes for them.

    Pharmacies send nothing.
    """
    of_stations: list[Row] = []
    ordered = sorted(rows, key=lambda row: str(row[column]))
    for code, group in groupby(ordered, lambda row: str(row[column])):
        kind = world.by_code[code].kind
        if kind in ("commune_station", "station_point"):
            of_stations += group
        elif kind != "pharmacy":
            yield code, list(group)
    if of_stations:
        yield "tram", of_stations


def _parts(rows: Iterator[Row]) -> Iterator[tuple[int, list[Row]]]:
    """The rows of whole communes in some files."""
    communes = [list(group) for _, group in groupby(rows, lambda row: row["commune_code"])]
    size = -(-len(communes) // _PARTS)
    for number, first in enumerate(range(0, len(communes), size), 1):
        yield number, [row for each in communes[first : first + size] for row in each]


def _sheet(
    world: World, feed: str, stem: str, sender: str, as_of: date, title: str, rows: list[Row]
) -> Sheet:
    lot = scattered(world.size.seed, 8, *map(ord, stem))
    sent_on = as_of + timedelta(days=2 + lot % 4 + (12 if lot // 8 % 16 == 0 else 0))
    return Sheet(feed, stem, sender, as_of, sent_on, title, rows)
