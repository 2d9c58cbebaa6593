"""What happens to a dossier after care has ended: how often it is sent, when, and changed how."""

from __future__ import annotations

from typing import NamedTuple

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.streams import Draw, Weighted, one_of, scattered, stream, whole


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
    is_first: bool = False


_ALONE = Sending(0, is_first=True)
_ONCE = 880
"""Of a thousand dossiers; the rest have a plot."""
_PLOT = Weighted(
    (40, "unpaid, then paid"),
    (40, "corrected"),
    (5, "corrected twice"),
    (4, "sent again unchanged"),
    (6, "twice in one file"),
    (16, "withdrawn"),
    (9, "withdrawn, then reinstated"),
)


def story(seed: int, facility: int, index: int, defects: float) -> list[Sending]:
    """The sendings of one dossier in time order, at most one of them with a defect.

    `facility` is the facility's index.
    """
    lot = scattered(seed, 4, facility, index)
    if lot % 1000 < _ONCE and lot >> 32 >= defects * 2**32:
        return [_ALONE]  # most dossiers, and no stream is needed for them
    draw = stream(seed, "story", facility, index)
    plot = "once" if lot % 1000 < _ONCE else _PLOT.draw(draw)
    sendings = _sendings(draw, plot)
    sendings[0] = sendings[0]._replace(is_first=True)
    if lot >> 32 >= defects * 2**32 or plot == "twice in one file":
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


def apply(dossier: Dossier, sending: Sending, seed: int, index: int) -> None:
    """Turn the dossier as first written into the version that this sending carries."""
    facility = dossier.facility.index
    for revision in range(1, sending.revision + 1):
        _revise(dossier, stream(seed, "revision", facility, index, revision))
    if sending.is_unpaid:
        dossier.header["NGAY_TTOAN"] = ""
    if sending.is_withdrawal:
        _withdraw(dossier, stream(seed, "withdrawal", facility, index))


def _revise(dossier: Dossier, draw: Draw) -> None:
    """A correction: another quantity of one drug, and sometimes one more diagnosis."""
    if dossier.drugs:
        line = one_of(draw, dossier.drugs)
        line.quantity += 1000
        dossier.settle()
    known = dossier.header["MA_BENH_KT"]
    if draw() < 0.3 and "Z71.3" not in known:
        dossier.header["MA_BENH_KT"] = f"{known};Z71.3" if known else "Z71.3"


def _withdraw(dossier: Dossier, draw: Draw) -> None:
    """Object code 8. Some facilities send the whole dossier again, others only its header."""
    dossier.header["MA_DOITUONG_KCB"] = "8"
    if draw() < 0.5:
        dossier.drugs, dossier.services, dossier.is_bare = [], [], True
