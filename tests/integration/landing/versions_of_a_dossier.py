"""Two persons and two times, for versions of one dossier; and what was found of its versions."""

from __future__ import annotations

from typing import Any

from health_warehouse.settings import Settings
from landing_steps import query

AN = {
    "MA_BN": "BN-1", "HO_TEN": "Nguyễn Văn An", "NGAY_SINH": "198503020000",
    "SO_CCCD": "096085000111", "MA_THE_BHYT": "DN4969600011122",
}  # fmt: skip
BA = {
    "MA_BN": "BN-2", "HO_TEN": "Lê Thị Ba", "NGAY_SINH": "199001010000",
    "SO_CCCD": "096190000222", "MA_THE_BHYT": "HN2969600033344",
}  # fmt: skip
JANUARY = {"NGAY_VAO": "202601100800", "NGAY_RA": "202601121000"}
AUGUST = {"NGAY_VAO": "202608010800", "NGAY_RA": "202608011000"}


def found(settings: Settings) -> list[tuple[Any, ...]]:
    return query(
        settings,
        "select f.file_name, r.rule_id from quarantine.relation_findings as r"
        " join ops.files as f using (file_id) order by 1, 2",
    )
