"""Check-ins (XML0) are judged too: rows of a file of their own, without a dossier."""

from __future__ import annotations

from health_warehouse.database.connections import engine
from health_warehouse.landing.judging import check_files
from health_warehouse.settings import Settings
from quality_deliveries import deliver_check_ins, findings

_GOOD = {
    "ma_lk": "LK-1", "stt": "1", "ma_bn": "1", "ho_ten": "A", "ngay_sinh": "198003150000",
    "gioi_tinh": "1", "ma_the_bhyt": "DN4960012345678", "ma_doituong_kcb": "1.1",
    "ngay_vao": "202608050800", "ma_loai_kcb": "01", "ma_cskcb": "96001",
    "ma_dich_vu": "02.1896", "ten_dich_vu": "Khám Nội", "ngay_yl": "202608050800",
}  # fmt: skip


def _found(
    settings: Settings, *rows: dict[str, str], of: tuple[str, ...]
) -> set[tuple[str, int, str]]:
    """Rule, line and field of what is found by the rules whose ids begin so."""
    with engine(settings, "loader").begin() as connection:
        file_id = deliver_check_ins(connection, rows)
    check_files(settings, [file_id])
    found = [row for row in findings(settings) if row["rule_id"].startswith(of)]
    assert all(row["table_name"] == "XML0" and row["position"] == row["line"] for row in found)
    return {(row["rule_id"], row["line"], row["field"]) for row in found}


def test_a_check_in_names_who_came_and_what_was_ordered(settings: Settings) -> None:
    wrong = {
        **_GOOD, "ma_dich_vu": "", "ten_dich_vu": "", "ma_cskcb": "960011", "ngay_sinh": "1980",
        "ngay_vao": "20260805", "ngay_yl": "202608050h55",
    }  # fmt: skip
    assert _found(settings, _GOOD, wrong, of=("K", "D01_form")) == {
        ("D01_form", 2, "NGAY_SINH"),
        ("D01_form", 2, "NGAY_VAO"),
        ("D01_form", 2, "NGAY_YL"),
        ("K01_other", 2, "MA_DICH_VU"),
        ("K01_other", 2, "MA_THUOC"),
        ("K01_other", 2, "MA_VAT_TU"),
        ("K02", 2, "MA_CSKCB"),
    }


def test_codes_and_numbers_of_a_check_in_have_their_shapes(settings: Settings) -> None:
    wrong = {
        **_GOOD, "stt": "1,0", "ma_loai_kcb": "1", "ma_dkbd": "1001", "gioi_tinh": "nam",
        "so_cccd": "09608000123", "ma_the_bhyt": "9612345678", "ma_doituong_kcb": "4.1",
        "ma_lk": "LK-" + "1" * 98,
    }  # fmt: skip
    later = {**_GOOD, "ma_doituong_kcb": "1.15", "ngay_vao": "202408050800"}
    assert _found(settings, _GOOD, wrong, later, of=("K", "P", "C")) == {
        ("K02", 2, "MA_LK"),
        ("K02_number", 2, "STT"),
        ("K03_tables", 2, "MA_LOAI_KCB"),
        ("K03_tables", 2, "MA_DKBD"),
        ("P01", 2, "SO_CCCD"),
        ("P02_other", 2, "GIOI_TINH"),
        ("C02", 2, "MA_THE_BHYT"),
        ("C04", 2, "MA_DOITUONG_KCB"),
        ("C04", 3, "MA_DOITUONG_KCB"),
    }


def test_what_a_check_in_may_leave_blank_or_write_otherwise_passes(settings: Settings) -> None:
    rows = (
        {**_GOOD, "so_cccd": "096080001234", "ma_dkbd": "96A01"},
        {**_GOOD, "so_cccd": " C1234567 ", "ma_dkbd": "PP000", "ma_the_bhyt": "TE1PP0000000001"},
        # no nationality is sent: the passport of another country, with and without letters
        {**_GOOD, "so_cccd": "AB123456", "ma_doituong_kcb": "1.15 "},
        {**_GOOD, "so_cccd": "51234567", "ma_doituong_kcb": "9", "ma_the_bhyt": ""},
        {**_GOOD, "so_cccd": "", "ma_dkbd": " ", "stt": "02"},
    )
    assert _found(settings, *rows, of=("K", "P", "C")) == set()
