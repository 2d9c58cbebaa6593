"""The kinds of defects of drug and service lines (XML2, XML3)."""

from __future__ import annotations

from health_warehouse.synthetic import (
    breaches_of_amounts as amounts,
)
from health_warehouse.synthetic import (
    breaches_of_lines as lines,
)
from health_warehouse.synthetic import (
    breaches_of_stays as stays,
)
from health_warehouse.synthetic import (
    breaches_of_times as times,
)
from health_warehouse.synthetic.formulary import BEDS, PERFORMED
from health_warehouse.synthetic.kinds import Breach, Kind, Severity
from health_warehouse.synthetic.results import TESTS

NO_NUMBER = ("12.500,50", "1O000", "không", "12 500", "NaN", "1e5")
_PREFIX = {"XML2": "drug", "XML3": "service"}


def _line(name: str, rule: str, severity: Severity, breach: str, apply: Breach) -> Kind:
    return Kind(name, "lines", rule, severity, breach, apply)


def _kinds_of_lines(table: str) -> list[Kind]:
    """The kinds that both line tables share."""
    price = "DON_GIA" if table == "XML2" else "DON_GIA_BV"
    billed = "SO_LUONG × DON_GIA" if table == "XML2" else "SO_LUONG × DON_GIA_BV × TYLE_TT_DV%"
    required = (
        ("TEN_THUOC", "DON_VI_TINH", "HAM_LUONG", "DUONG_DUNG", "LIEU_DUNG", "MA_KHOA")
        if table == "XML2"
        else ("DON_VI_TINH", "MA_KHOA", "MA_BAC_SI")
    )

    def kind(name: str, breach: str, apply: Breach) -> Kind:
        return _line(f"{_PREFIX[table]}_{name}", "L01", "E", breach, apply)

    return [
        kind("billed_wrong", f"THANH_TIEN_BV ≠ {billed}",
             lines.billed_wrong(table)),
        kind("in_scope_wrong", "THANH_TIEN_BH is not the part inside the insurance scope",
             lines.in_scope(table)),
        kind("parts_do_not_add_up", "T_BHTT + T_BNCCT + T_BNTT + T_NGUONKHAC ≠ THANH_TIEN_BV",
             lines.own_part_wrong(table)),
        kind("fund_share_wrong", "T_BHTT ≠ THANH_TIEN_BH × MUC_HUONG%", lines.fund_share(table)),
        kind("other_sources_wrong", "T_NGUONKHAC ≠ _NSNN + _VTNN + _VTTN + _CL",
             lines.other_sources(table)),
        kind("amount_not_a_number", "THANH_TIEN_BV is no number with a decimal point",
             lines.written(table, "THANH_TIEN_BV", NO_NUMBER)),
        kind("price_not_a_number", f"{price} is no number with a decimal point",
             lines.written(table, price, NO_NUMBER)),
        kind("quantity_missing", "SO_LUONG is blank", lines.written(table, "SO_LUONG", ("",))),
        _line(f"other_dossier_in_{_PREFIX[table]}", "F04", "E",
              f"a line of {table} names another MA_LK", lines.line_dossier_id(table, None)),
        _line(f"no_dossier_in_{_PREFIX[table]}", "F04", "E",
              f"a line of {table} names no MA_LK", lines.line_dossier_id(table, "")),
        _line(f"{_PREFIX[table]}_field_missing", "K01", "E/W",
              f"a required element of a line of {table} is blank",
              lines.one_of_fields(table, required, "")),
        _line(f"{_PREFIX[table]}_unit_too_long", "K02", "W", "DON_VI_TINH has more than 50 letters",
              lines.written(table, "DON_VI_TINH", ("viên nén bao phim " * 4,))),
        _line(f"{_PREFIX[table]}_scope_2_but_paid", "L03", "W",
              "PHAM_VI 2 with TYLE_TT_BH and THANH_TIEN_BH above 0",
              lines.out_of_scope_but_paid(table)),
        _line(f"{_PREFIX[table]}_twice", "L13", "W",
              f"a line of {table} twice: same code, order, practitioner, quantity",
              stays.twice(table)),
        _line(f"{_PREFIX[table]}_below_nothing", "K02", "W",
              f"a line of {table} with a negative quantity and negative amounts",
              amounts.below_nothing(table)),
        _line(f"{_PREFIX[table]}_reversed", "L13", "W",
              f"a line of {table} and the line that cancels it", amounts.reversal(table)),
    ]  # fmt: skip


LINE_KINDS = (
    *_kinds_of_lines("XML2"),
    *_kinds_of_lines("XML3"),
    _line("order_before_arrival", "D02", "W", "NGAY_YL < NGAY_VAO", lines.order_before_arrival),
    _line("order_after_discharge", "D02", "W", "NGAY_YL > NGAY_RA", lines.order_after_discharge),
    _line("drug_given_before_order", "D02", "W", "XML2: NGAY_TH_YL < NGAY_YL",
          lines.earlier_than_order("XML2", "NGAY_TH_YL")),
    _line("result_before_order", "D02", "W", "XML3: NGAY_KQ < NGAY_YL",
          lines.earlier_than_order("XML3", "NGAY_KQ")),
    _line("service_done_before_order", "D02", "W", "XML3: NGAY_TH_YL < NGAY_YL",
          lines.earlier_than_order("XML3", "NGAY_TH_YL")),
    _line("service_done_after_result", "D02", "W", "XML3: NGAY_TH_YL > NGAY_KQ",
          times.executed_after_result),
    _line("result_after_discharge", "D02", "W", "XML3: NGAY_KQ > NGAY_RA",
          times.result_after_discharge),
    _line("all_at_one_minute", "D02", "W", "XML3: NGAY_YL = NGAY_TH_YL = NGAY_KQ of a performed"
          " service", times.all_at_one_minute),
    _line("amounts_in_thousands", "L15", "W", "all prices and amounts in thousands of đồng",
          amounts.in_thousands),
    _line("examination_share", "L04", "W", "TYLE_TT_DV of an examination is not 100, 30, 10 or 0",
          lines.share(("13",), (70, 45, 90))),
    _line("bed_share", "L04", "W", "TYLE_TT_DV of a bed is not 100, 50 or 33",
          lines.share(BEDS, (60, 75))),
    _line("share_above_100", "L04", "W", "TYLE_TT_DV > 100", lines.share(TESTS, (120, 150))),
    _line("odd_benefit", "C05", "W", "MUC_HUONG that no card and no route give", lines.odd_benefit),
    _line("copayment_on_small_bill", "C05", "W",
          "MUC_HUONG 80 though the bill is below 15 % of the base salary",
          lines.copayment_where_none_is_due(is_station=False)),
    _line("copayment_at_station", "C05", "W", "MUC_HUONG 80 at a commune station",
          lines.copayment_where_none_is_due(is_station=True)),
    _line("copayment_of_exempt", "C05", "W", "MUC_HUONG 80 after NGAY_MIEN_CCT of the year",
          lines.copayment_of_exempt),
    _line("fund_pays_for_uninsured", "C04", "W",
          "MA_DOITUONG_KCB 9 with MUC_HUONG and T_BHTT above 0", lines.fund_pays_for_uninsured),
    _line("tender_missing", "L05", "W", "TT_THAU of a drug is blank",
          lines.written("XML2", "TT_THAU", ("",), lines.in_group("4"))),
    _line("tender_malformed", "L05", "W", "TT_THAU is not decision;G<n>;N<n>;yyyy",
          lines.written("XML2", "TT_THAU", ("123/QĐ-SYT", "123/QĐ-SYT;N1;G2;2026",
                                           "123/QĐ-SYT;G1;N2;26"), lines.in_group("4"))),
    _line("device_tender_missing", "L05", "W", "TT_THAU of a device is blank",
          lines.written("XML3", "TT_THAU", ("",), lines.in_group("10"))),
    _line("fuel_missing", "L06", "W", "MA_XANG_DAU of a transport is blank",
          lines.written("XML3", "MA_XANG_DAU", ("",), lines.in_group("12"))),
    _line("performer_missing", "L07", "W", "NGUOI_THUC_HIEN of a service of MA_NHOM 1, 2, 3, 8, 18",
          lines.written("XML3", "NGUOI_THUC_HIEN", ("",), lines.in_group(*PERFORMED))),
    _line("execution_missing", "L07", "W", "NGAY_TH_YL of a service of MA_NHOM 1, 2, 3, 8, 18",
          lines.written("XML3", "NGAY_TH_YL", ("",), lines.in_group(*PERFORMED))),
    _line("machine_missing", "L07", "W", "MA_MAY of a test (MA_NHOM 1, 2, 3) is blank",
          lines.written("XML3", "MA_MAY", ("",), lines.in_group(*TESTS))),
    _line("anaesthesia_missing", "L07", "W", "PP_VO_CAM of an operation is blank",
          lines.written("XML3", "PP_VO_CAM", ("",), lines.in_group("8"))),
    _line("bed_code_malformed", "L08", "W", "MA_GIUONG is not H, T, C or K and three digits",
          lines.written("XML3", "MA_GIUONG", ("H1", "X012", "HT001", "h001"),
                        lines.in_group(*BEDS))),
    _line("bed_in_a_visit", "L08", "W", "a bed line in a dossier of type 02 or 05",
          stays.bed_in_a_visit),
    _line("bed_twice", "L08", "W", "two bed lines of one bed overlap", stays.bed_twice),
    _line("bed_of_another", "L08", "W", "two patients in one bed at the same time, each at 100 %",
          stays.bed_of_another),
    _line("stay_below_four_hours", "L09", "W", "type 04 with a bed fee, of three hours",
          stays.stay_below_four_hours),
    _line("bed_days_of_a_short_stay", "L09", "W", "two bed days within 24 hours",
          stays.bed_days_of_a_short_stay),
    _line("two_examinations_in_a_stay", "L09", "W", "two examination fees in a stay",
          stays.second_examination),
    _line("package_above_ceiling", "L10", "W", "T_BHTT of a device package > T_TRANTT",
          lines.written("XML3", "T_TRANTT", ("1000", "50000"),
                        lambda line: line.field("GOI_VTYT") != ""
                        and line.amounts.fund > 10_000_000)),
    _line("surgeon_of_another", "L13", "W", "one surgeon operates on two patients at once",
          stays.surgeon_of_another),
    _line("stopped_operation_priced", "L14", "I", "an operation coded _TB has a price",
          lines.written("XML3", "MA_DICH_VU", ("10.0506.0459_TB",),
                        lambda line: line.group == "8" and line.offer.price > 0)),
    _line("unpriced_service_priced", "L14", "I", "XX.YYYY.0000 with DON_GIA_BH above 0",
          lines.written("XML3", "MA_DICH_VU", ("15.0303.0000",),
                        lambda line: line.group in ("8", "18") and line.offer.insurance_price > 0)),
)  # fmt: skip
