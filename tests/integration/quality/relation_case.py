"""What a case of the rules that compare dossiers is, and the visits that cases share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

RECEIVED = datetime(2026, 8, 20, 1, tzinfo=UTC)
Sent = tuple[str, Mapping[str, str]]
"""(MA_CSKCB, changes of the header); `slip` in it is the destination of an XML13, `hiv` makes it a
closed dossier, `tb` is KET_QUA_DTRI_LAO of an XML15."""


@dataclass(frozen=True)
class Case:
    """One person. `found`: per dossier sent now, the rules that must find it, and no other V;
    `found_before`: the same of those sent before, by default nothing."""

    name: str
    now: Sequence[Sent]
    found: Sequence[Sequence[str]]
    before: Sequence[Sent] = ()
    found_before: Sequence[Sequence[str]] | None = None
    check_ins: Sequence[Sent] = ()
    received_at: datetime = field(default=RECEIVED)


def stay(begin: str, end: str, **changes: str) -> dict[str, str]:
    return {"ma_loai_kcb": "03", "ngay_vao": begin, "ngay_ra": end, **changes}


AT_96002 = ("96002", stay("202608010800", "202608051000"))
SENT_ON = {"ma_loai_rv": "2", "ma_noi_den": "96002", "slip": "96002"}
REFERRAL = ("96001", stay("202608010800", "202608051000", **SENT_ON))
VISIT = {"ngay_vao": "202608050800", "ngay_ra": "202608051030"}
AGAIN = {"ma_lk": "again"}
OTHER_PATIENT = {"ma_lk": "other", "ngay_vao": "202608051500"}
DAY_BEFORE = {"ma_lk": "earlier", "ngay_vao": "202608040700"}
DAY_AFTER = {"ma_lk": "later", "ngay_vao": "202608060700"}
DIED = stay("202608010800", "202608051000", ket_qua_dtri="5")
