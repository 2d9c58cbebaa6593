"""Check-in files (XML0): who came on one day, sent that night by a service of its own.

One record per visit, but not for emergencies (object code 2), as standard §1.2 has it. Stays are
known only when they end, so the rows of a day wait until everybody of that day has left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter

from health_warehouse.synthetic import catalogue, envelope, tables
from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.moments import at, day_of, stamp, unix_seconds, ymd
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.schedule import LONGEST_STAY

_SINGLE = ("MA_THE_BHYT", "MA_DKBD", "GT_THE_TU", "GT_THE_DEN")
"""Lists in XML1, one value here."""
_SHARED = (
    "MA_LK", "MA_BN", "HO_TEN", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "MA_DOITUONG_KCB", "NGAY_VAO",
    "NGAY_VAO_NOI_TRU", "LY_DO_VNT", "MA_LOAI_KCB", "MA_CSKCB",
)  # fmt: skip
EMERGENCY = "2"


def row(dossier: Dossier) -> dict[str, str]:
    """The check-in of a visit: what XML1 says of it too, and what was ordered first."""
    header = dossier.header
    found = tables.blank("XML0").copy()
    found.update(zip(_SHARED, itemgetter(*_SHARED)(header), strict=True))
    for name in _SINGLE:
        found[name] = header[name].split(";", 1)[0]
    if dossier.care == "07" and dossier.drugs:
        drug = dossier.drugs[0]
        found["MA_THUOC"], found["TEN_THUOC"] = drug.field("MA_THUOC"), drug.field("TEN_THUOC")
    else:
        found["MA_DICH_VU"] = catalogue.EXAM.code
        found["TEN_DICH_VU"] = catalogue.EXAM.name
    found["NGAY_YL"] = stamp(dossier.stay.arrived + 5)
    return found


class WaitingRoom:
    """Rows of one facility by day of arrival."""

    def __init__(self, facility: Facility) -> None:
        self._facility = facility
        self._rows: dict[int, list[dict[str, str]]] = defaultdict(list)

    def add(self, arrived: int, check_in: dict[str, str]) -> None:
        """`arrived` is the moment under which the row is filed."""
        self._rows[day_of(arrived)].append(check_in)

    def leave(self, today: int | None) -> Iterator[tuple[str, bytes, int]]:
        """(name, bytes, receipt) of the days that are complete when `today` begins; None = all."""
        for day in sorted(self._rows):
            if today is None or day < today - LONGEST_STAY:
                rows = self._rows.pop(day)
                name = f"{self._facility.facility_id}_{ymd(day)}_0.xml"
                yield name, self._file(rows), unix_seconds(at(day, 23, 30))

    def _file(self, rows: list[dict[str, str]]) -> bytes:
        layout = self._facility.vendor.layout
        texts = []
        for number, values in enumerate(rows, 1):
            values["STT"] = str(number)
            texts.append(tables.row("XML0", values, layout))
        return envelope.check_in_file(self._facility.vendor, texts)
