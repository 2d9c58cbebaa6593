"""Check-ins (XML0) are judged too: rows of a file of their own, without a dossier."""

from __future__ import annotations

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.quality.landing import check_files
from health_warehouse.settings import Settings
from quality_deliveries import findings

_FILE = """\
insert into ops.files (sha256, byte_count, received_at, file_name, kind, status, facility_id,
    declared_count, row_counts)
values (repeat('a', 64), 1, now(), 'check_ins.xml', 'check_ins', 'loaded', '96001', null, :counts)
returning file_id"""


def test_a_check_in_names_who_came_and_what_was_ordered(settings: Settings) -> None:
    good = {
        "ma_lk": "LK-1", "stt": "1", "ma_bn": "1", "ho_ten": "A", "ngay_sinh": "198003150000",
        "gioi_tinh": "1", "ma_the_bhyt": "DN4960012345678", "ma_doituong_kcb": "1.1",
        "ngay_vao": "202608050800", "ma_loai_kcb": "01", "ma_cskcb": "96001",
        "ma_dich_vu": "02.1896", "ten_dich_vu": "Khám Nội", "ngay_yl": "202608050800",
    }  # fmt: skip
    wrong = {
        **good, "ma_dich_vu": "", "ten_dich_vu": "", "ma_cskcb": "960011", "ngay_sinh": "1980",
        "ngay_vao": "20260805", "ngay_yl": "202608050h55",
    }  # fmt: skip
    with engine(settings, "loader").begin() as connection:
        file_id = connection.execute(text(_FILE), {"counts": '{"XML0": 2}'}).scalar_one()
        for line, row in enumerate((good, wrong), 1):
            connection.execute(
                text(
                    f"insert into raw.check_ins (file_id, line, facility_id, _person_key,"
                    f" {', '.join(row)}) values (:file_id, :line, '96001', gen_random_uuid(),"
                    f" {', '.join(':' + column for column in row)})"
                ),
                {"file_id": file_id, "line": line, **row},
            )
    check_files(settings, [file_id])
    assert {
        (row["rule_id"], row["table_name"], row["position"], row["line"], row["field"])
        for row in findings(settings)
        if row["rule_id"].startswith("K") or row["rule_id"] == "D01_form"
    } == {
        ("D01_form", "XML0", None, 2, "NGAY_SINH"),
        ("D01_form", "XML0", None, 2, "NGAY_VAO"),
        ("D01_form", "XML0", None, 2, "NGAY_YL"),
        ("K01_other", "XML0", None, 2, "MA_DICH_VU"),
        ("K01_other", "XML0", None, 2, "MA_THUOC"),
        ("K01_other", "XML0", None, 2, "MA_VAT_TU"),
        ("K02", "XML0", None, 2, "MA_CSKCB"),
    }
