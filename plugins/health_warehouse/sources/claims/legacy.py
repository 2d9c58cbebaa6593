"""Files of QĐ 4210/QĐ-BYT (2017), dead since 2024-07-01: told by their content, refused whole.

There is no version in the envelope. Their XML1 has the same root and other fields, and one column
of costs where QĐ 4750/QĐ-BYT has two (billed, covered): read by today's names, half of a dossier
would be blank. Facts: §1.3 of the notes on the standard, confidence M.
"""

from __future__ import annotations

from collections.abc import Set

from health_warehouse.errors import FileUnreadable

_ONLY_4210 = frozenset({"MA_THE", "TEN_BENH", "MA_LYDO_VVIEN", "TINH_TRANG_RV", "T_TONGCHI"})
_ONLY_LATER = frozenset({"MA_THE_BHYT", "CHAN_DOAN_RV", "MA_DOITUONG_KCB", "T_TONGCHI_BV"})


def require_current_format(names: Set[str]) -> None:
    """`names`: the elements of an XML1. Raises FileUnreadable (F08)."""
    found = names & _ONLY_4210
    if found and not names & _ONLY_LATER:
        listed = ", ".join(sorted(found))
        raise FileUnreadable(
            "F08",
            f"XML1 has the fields of QĐ 4210 ({listed}), which ended on 2024-06-30: "
            "send the file in the format of QĐ 4750 and QĐ 3176",
        )
