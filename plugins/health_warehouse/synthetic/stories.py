"""What happens to a dossier after care has ended: how often it is sent, when, and changed how."""

from __future__ import annotations

from typing import NamedTuple

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.streams import Draw, Weighted, stream, whole


class Sending(NamedTuple):
    """One version of a dossier, as it goes into a file."""

    days_later: int
    """Days after the day on which care ended."""
    is_unpaid: bool = False
    """NGAY_TTOAN blank; sent again when the patient has paid."""
    revision: int = 0
    """How often it was corrected before."""
    is_withdrawal: bool = False
    has_defect: bool = False
    in_same_file: bool = False
    """Stands in the same file as the version before it."""


_PLOT = Weighted(
    (880, "once"),
    (40, "unpaid, then paid"),
    (40, "corrected"),
    (5, "corrected twice"),
    (4, "sent again unchanged"),
    (6, "twice in one file"),
    (16, "withdrawn"),
    (9, "withdrawn, then reinstated"),
)


def story(seed: int, facility_id: str, index: int, defects: float) -> list[Sending]:
    """The sendings of one dossier in time order, at most one of them with a defect."""
    draw = stream(seed, "story", facility_id, index)
    plot = _PLOT.draw(draw)
    sendings = _sendings(draw, plot)
    if draw() >= defects or plot == "twice in one file":
        return sendings
    return _with_defect(draw, sendings)


def _sendings(draw: Draw, plot: str) -> list[Sending]:
    first, later = Sending(0), whole(draw, 0, 6)
    if plot == "unpaid, then paid":
        return [Sending(0, is_unpaid=True), Sending(1 + later)]
    if plot == "corrected":
        return [first, Sending(later, revision=1)]
    if plot == "corrected twice":
        return [first, Sending(later, revision=1), Sending(later + 2, revision=2)]
    if plot == "sent again unchanged":
        return [first, Sending(later)]
    if plot == "twice in one file":
        return [first, Sending(0, revision=1, in_same_file=True)]
    if plot == "withdrawn":
        return [first, Sending(later, is_withdrawal=True)]
    if plot == "withdrawn, then reinstated":
        return [
            first,
            Sending(later, is_withdrawal=True),
            Sending(later + whole(draw, 1, 4), revision=1),
        ]
    return [first]


def _with_defect(draw: Draw, sendings: list[Sending]) -> list[Sending]:
    """Put the defect into the first or the last version; half of the former get corrected."""
    told = list(sendings)
    last = len(told) - 1
    place = 0 if last == 0 or told[last].is_withdrawal or draw() < 0.5 else last
    told[place] = told[place]._replace(has_defect=True)
    if last == 0 and draw() < 0.5:
        told.append(Sending(whole(draw, 1, 5)))
    return told


def apply(dossier: Dossier, sending: Sending, seed: int, facility_id: str, index: int) -> None:
    """Turn the dossier as first written into the version that this sending carries."""
    for revision in range(1, sending.revision + 1):
        _revise(dossier, stream(seed, "revision", facility_id, index, revision))
    if sending.is_unpaid:
        dossier.header["NGAY_TTOAN"] = ""
    if sending.is_withdrawal:
        _withdraw(dossier, stream(seed, "withdrawal", facility_id, index))


def _revise(dossier: Dossier, draw: Draw) -> None:
    """A correction: another quantity on one line, and sometimes one more diagnosis."""
    if dossier.lines:
        line = dossier.lines[int(draw() * len(dossier.lines))]
        line.quantity += 1000
        line.settle()
        dossier.total()
    # Referral and appointment slips repeat the diagnoses: those dossiers keep theirs.
    repeats = any(table in ("XML13", "XML14") for table, _ in dossier.others)
    if draw() < 0.3 and not repeats:
        known = dossier.header["MA_BENH_KT"]
        dossier.header["MA_BENH_KT"] = f"{known};Z71.3" if known else "Z71.3"


def _withdraw(dossier: Dossier, draw: Draw) -> None:
    """Object code 8. Some facilities send the whole dossier again, others only its header."""
    old = f"<MA_DOITUONG_KCB>{dossier.header['MA_DOITUONG_KCB']}<"
    dossier.header["MA_DOITUONG_KCB"] = "8"
    dossier.others = [
        (table, xml.replace(old, "<MA_DOITUONG_KCB>8<")) for table, xml in dossier.others
    ]
    if draw() < 0.5:
        dossier.drugs, dossier.services, dossier.others = [], [], []
