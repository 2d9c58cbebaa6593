"""The kinds of defects that are injected, each one breach of the standard.

Written from the standard (§3.1 lines, §3.2 header, §3.3 catalogue), apart from the rules that must
find them. `expected_rule` (one, or several by `;`) and `severity` are the catalogue's. Not
injected, because nothing in the files can show them: F05 and F06 (behaviour of the receiver), F08
(QĐ 4210), L11 and L12 (need the facilities' catalogues), X09 (needs the death notices), V02 (a
transfer may well end nowhere).
"""

from __future__ import annotations

from health_warehouse.synthetic import (
    breaches_of_headers as headers,
)
from health_warehouse.synthetic import (
    breaches_of_lines as lines,
)
from health_warehouse.synthetic import (
    breaches_of_parts as parts,
)
from health_warehouse.synthetic import (
    breaches_of_stays as stays,
)
from health_warehouse.synthetic import (
    breaches_of_tables as tables,
)
from health_warehouse.synthetic.formulary import BEDS, PERFORMED
from health_warehouse.synthetic.kinds import Breach, Kind, Severity
from health_warehouse.synthetic.results import TESTS, WITH_COURSE

HEADER_AMOUNTS = (
    "T_THUOC",
    "T_VTYT",
    "T_TONGCHI_BV",
    "T_TONGCHI_BH",
    "T_BNTT",
    "T_BNCCT",
    "T_BHTT",
    "T_NGUONKHAC",
    "T_BHTT_GDV",
)
_NO_NUMBER = ("12.500,50", "1O000", "không", "12 500", "NaN", "1e5")
_PREFIX = {"XML2": "drug", "XML3": "service"}


def _line(name: str, rule: str, severity: Severity, breach: str, apply: Breach) -> Kind:
    return Kind(name, "lines", rule, severity, breach, apply)


def _header(name: str, rule: str, severity: Severity, breach: str, apply: Breach) -> Kind:
    return Kind(name, "header", rule, severity, breach, apply)


def _table(name: str, rule: str, severity: Severity, breach: str, apply: Breach) -> Kind:
    return Kind(name, "tables", rule, severity, breach, apply)


def _part(name: str, rule: str, severity: Severity, breach: str, apply: Breach) -> Kind:
    return Kind(name, "parts", rule, severity, breach, apply)


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
             lines.written(table, "THANH_TIEN_BV", _NO_NUMBER)),
        kind("price_not_a_number", f"{price} is no number with a decimal point",
             lines.written(table, price, _NO_NUMBER)),
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
    ]  # fmt: skip


_LINE_KINDS = (
    _line("order_before_arrival", "D02", "W", "NGAY_YL < NGAY_VAO", lines.order_before_arrival),
    _line("order_after_discharge", "D02", "W", "NGAY_YL > NGAY_RA", lines.order_after_discharge),
    _line("drug_given_before_order", "D02", "W", "XML2: NGAY_TH_YL < NGAY_YL",
          lines.earlier_than_order("XML2", "NGAY_TH_YL")),
    _line("result_before_order", "D02", "W", "XML3: NGAY_KQ < NGAY_YL",
          lines.earlier_than_order("XML3", "NGAY_KQ")),
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

_HEADER_KINDS = (
    *(
        _header(f"header_{name.lower()}_wrong", "L02", "E",
                f"{name} is not what the lines add up to", headers.header_amount(name))
        for name in HEADER_AMOUNTS
    ),
    _header("header_not_a_number", "L02", "E", "a header amount is no number with a decimal point",
            headers.header_text(HEADER_AMOUNTS, _NO_NUMBER)),
    # A blank T_NGUONKHAC says the same as 0, which may be right.
    _header("header_amount_missing", "L02", "E",
            "a header amount other than T_NGUONKHAC is blank",
            headers.header_text(tuple(n for n in HEADER_AMOUNTS if n != "T_NGUONKHAC"), ("",))),
    _header("treatment_days_wrong", "L02", "E", "SO_NGAY_DTRI does not follow from type and dates",
            headers.treatment_days),
    _header("discharge_before_arrival", "D01", "E", "NGAY_RA < NGAY_VAO",
            headers.discharge_before_arrival),
    _header("discharge_a_minute_early", "D01", "E", "NGAY_RA < NGAY_VAO",
            headers.discharge_a_minute_early),
    _header("admission_before_arrival", "D01", "E", "NGAY_VAO_NOI_TRU < NGAY_VAO",
            headers.admission_before_arrival),
    _header("admission_after_discharge", "D01", "E", "NGAY_VAO_NOI_TRU > NGAY_RA",
            headers.admission_after_discharge),
    _header("date_missing", "D01", "E", "NGAY_VAO or NGAY_RA is blank",
            headers.header_text(("NGAY_VAO", "NGAY_RA"), ("",))),
    _header("date_impossible", "D01", "E", "NGAY_VAO or NGAY_RA is no date yyyymmddHHMM",
            headers.header_text(("NGAY_VAO", "NGAY_RA"),
                                ("202602300800", "202613010800", "202607012560",
                                 "01/07/2026 08:00"))),
    _header("paid_before_arrival", "D03", "W", "NGAY_TTOAN < NGAY_VAO",
            headers.paid_before_arrival),
    _header("discharge_in_the_future", "D04", "W",
            "NGAY_RA weeks after the receipt, type not 02, 05 or 07",
            stays.discharge_in_the_future),
    _header("birth_after_arrival", "D06", "E", "NGAY_SINH > NGAY_VAO", headers.birth_after_arrival),
    _header("newborn_without_time", "D06", "E", "NGAY_SINH of a child of some days has no time",
            headers.newborn_birth("")),
    _header("newborn_at_midnight", "D06", "E/W",
            "the time of birth of a child of some days is 0000, which also says: not known",
            headers.newborn_birth("0000")),
    _header("facility_differs", "F01", "E", "XML1.MA_CSKCB is not MACSKCB of the envelope",
            headers.header_text(("MA_CSKCB",), ("96998", "79999"))),
    _header("header_field_missing", "K01", "E/W", "a required element of XML1 is blank",
            headers.header_text(("MA_BN", "LY_DO_VV", "MA_HSBA", "MA_QUOCTICH", "DIA_CHI"), ("",))),
    _header("name_too_long", "K02", "W", "HO_TEN has more than 255 letters",
            headers.too_long("HO_TEN", 255)),
    _header("occupation_too_long", "K02;K03", "W", "MA_NGHE_NGHIEP has more than 5 letters",
            headers.header_text(("MA_NGHE_NGHIEP",), ("611100", "Nông dân"))),
    _header("ethnic_without_zero", "K03", "E", "MA_DANTOC without its leading zero",
            headers.header_text(("MA_DANTOC",), ("1", "5"))),
    _header("citizen_id_malformed", "P01", "W",
            "SO_CCCD is neither 9 nor 12 digits, nor a capital and 7 digits",
            headers.header_text(("SO_CCCD",),
                                ("12345", "09612345678", "0961998000123", "c1234567"))),
    _header("wrong_sex", "P02", "E", "GIOI_TINH is not 1, 2 or 3", headers.wrong_sex),
    _header("wrong_weight", "P03", "W", "CAN_NANG is no number above 0 and up to 200",
            headers.header_text(("CAN_NANG",), ("0", "350", "-60", "60,5", "NaN"))),
    _header("commune_of_another_province", "P04", "W", "MAXA_CU_TRU lies in another province",
            headers.commune_of_another_province),
    _header("abolished_commune", "P04", "W", "MAXA_CU_TRU ended with the merger of 01/07/2025",
            headers.abolished_commune),
    _header("unknown_commune", "P04", "W", "MAXA_CU_TRU is in no list",
            headers.header_text(("MAXA_CU_TRU",), ("99999", "00000"))),
    _header("unequal_lists", "C01", "E", "MA_DKBD or GT_THE_TU has more items than MA_THE_BHYT",
            headers.unequal_lists),
    _header("malformed_card", "C02", "W", "MA_THE_BHYT has not the 15 characters of a card",
            headers.malformed_card),
    _header("expired_card", "C03", "W", "GT_THE_DEN is 30 days before NGAY_VAO",
            headers.expired_card),
    _header("card_of_the_future", "C03", "W", "GT_THE_TU is after NGAY_RA",
            headers.card_of_the_future),
    _header("unknown_object", "C04", "W", "MA_DOITUONG_KCB is in no list",
            headers.header_text(("MA_DOITUONG_KCB",), ("5.5", "1.99", "3.14", "11"))),
    _header("several_main_diagnoses", "I01", "E/W", "MA_BENH_CHINH holds two codes",
            headers.several_main_diagnoses),
    _header("unknown_main_diagnosis", "I01", "E/W", "MA_BENH_CHINH is in no list",
            headers.header_text(("MA_BENH_CHINH",), ("K99.9", "J79.9", "E99.9", "ABC"))),
    _header("external_cause_as_main", "I01", "E/W",
            "MA_BENH_CHINH is an external cause (V to Y), which cannot be the main disease",
            headers.header_text(("MA_BENH_CHINH",), ("V29.9", "V89.2", "X59.9"))),
    _header("many_secondary", "I02", "W", "MA_BENH_KT holds 13 codes", headers.many_secondary),
    _header("unknown_secondary", "I02", "W", "a code of MA_BENH_KT is in no list",
            headers.header_text(("MA_BENH_KT",), ("K99.9", "I10;J79.9", "E99.9;I10"))),
    _header("secondary_of_the_other_sex", "I02", "W",
            "a code of MA_BENH_KT that the patient's sex excludes",
            headers.secondary_of_the_other_sex),
    _header("procedure_without_surgery", "I03", "W",
            "MA_PTTT_QT without a line of MA_NHOM 8 or 18", headers.procedure_without_surgery),
    _header("malformed_procedure", "I03", "W", "MA_PTTT_QT is no ICD-9-CM code",
            headers.malformed_procedure),
    _header("slip_missing", "X05", "W", "MA_NOI_DI without GIAY_CHUYEN_TUYEN", headers.no_slip),
    _header("target_missing", "X03", "W",
            "an insured patient is transferred (MA_LOAI_RV 2, 5) and MA_NOI_DEN is blank",
            headers.no_target),
    _header("in_two_places", "V01", "W",
            "a stay of a person who lies in another facility at that time", headers.in_two_places),
)  # fmt: skip

_REQUIRED = {
    "XML4": ("TEN_CHI_SO",),
    "XML5": ("DIEN_BIEN_LS", "THOI_DIEM_DBLS", "NGUOI_THUC_HIEN"),
    "XML6": ("NOI_XN_KD", "MA_PHAC_DO_DIEU_TRI", "GIAI_DOAN_LAM_SANG"),
    "XML7": ("PP_DIEUTRI", "TEN_BS", "MA_KHOA_RV"),
    "XML8": ("QT_BENHLY", "TOMTAT_KQ"),
    "XML9": ("NGUOI_DO_DE", "NOI_SINH_CON", "TINH_TRANG_CON"),
    "XML10": ("DON_VI", "SO_CT"),
    "XML11": ("DON_VI", "SO_SERI"),
    "XML13": ("DAU_HIEU_LS", "HUONG_DIEU_TRI", "PHUONGTIEN_VC"),
    "XML14": ("SO_GIAYHEN_KL",),
    "XML15": ("PHANLOAI_LAO_TS", "PHACDO_DTRI_LAO"),
}
_TABLE_KINDS = (
    *(
        _table(f"{table.lower()}_field_missing", "K01", "E/W",
               f"a required element of {table} is blank", tables.row_text(table, fields, ("",)))
        for table, fields in _REQUIRED.items()
    ),
    _table("unit_of_result_too_long", "K02", "W", "DON_VI_DO has more than 50 letters",
           tables.too_long("XML4", "DON_VI_DO", 50)),
    _table("doctor_too_long", "K02", "W", "XML7.TEN_BS has more than 255 letters",
           tables.too_long("XML7", "TEN_BS", 255)),
    _table("care_type_without_zero", "K03", "E", "MA_LOAI_KCB without its leading zero",
           tables.care_type_without_zero),
    _table("discharge_paper_of_another_day", "D05", "W", "XML7.NGAY_CT is not the day of discharge",
           tables.discharge_paper_of_another_day),
    _table("leave_from_another_day", "D05", "W", "XML11.TU_NGAY is not the day of the visit",
           tables.leave_from_another_day),
    _table("appointment_in_the_past", "D05", "W", "XML14.NGAY_HEN_KL <= NGAY_RA",
           tables.appointment_in_the_past),
    _table("slip_before_arrival", "D05", "W", "XML14.NGAY_CT < NGAY_VAO",
           tables.slip_before_arrival),
    _table("discharge_paper_missing", "X01", "E", "type 03, 04 or 09 without XML7",
           tables.stay_without_discharge_paper),
    _table("summary_missing", "X02", "W", "type 03, 04 or 06 without XML8",
           tables.stay_without_summary),
    _table("course_missing", "X02", "W", "type 02, 03, 04, 05, 06, 08 or 09 without XML5",
           tables.missing("XML5", only_care=WITH_COURSE)),
    _table("slip_without_transfer", "X03", "E", "XML13 with MA_LOAI_RV other than 2 and 5",
           tables.slip_without_transfer),
    _table("transfer_without_slip", "X03", "W", "MA_LOAI_RV 2 or 5 without XML13",
           tables.missing("XML13")),
    _table("appointment_slip_missing", "X04", "W", "NGAY_TAI_KHAM without XML14",
           tables.missing("XML14")),
    _table("appointment_without_date", "X04", "W", "XML14 without NGAY_TAI_KHAM",
           tables.header_blank_beside("XML14", "NGAY_TAI_KHAM")),
    _table("birth_paper_missing", "X06", "W", "CAN_NANG_CON without XML9", tables.missing("XML9")),
    _table("birth_without_weight", "X06", "W", "XML9 without CAN_NANG_CON",
           tables.header_blank_beside("XML9", "CAN_NANG_CON")),
    _table("result_without_date", "X07", "W", "XML4: GIA_TRI without NGAY_KQ",
           tables.result_without_date),
    _table("result_without_service", "X07", "W", "XML4.MA_DICH_VU is in no line of XML3",
           tables.result_without_service),
    _table("referral_copy_differs", "X08", "E", "XML13 repeats an element of XML1 differently",
           tables.differing_copy("XML13", ("HO_TEN", "NGAY_SINH", "NGAY_VAO"))),
    _table("appointment_copy_differs", "X08", "E", "XML14 repeats an element of XML1 differently",
           tables.differing_copy("XML14", ("HO_TEN", "NGAY_SINH", "NGAY_VAO"))),
    _table("hiv_copy_differs", "X08", "E", "XML6 repeats an element of XML1 differently",
           tables.differing_copy("XML6", ("NGAY_SINH", "SO_CCCD", "GIOI_TINH"))),
    _table("tuberculosis_copy_differs", "X08", "E", "XML15 repeats an element of XML1 differently",
           tables.differing_copy("XML15", ("HO_TEN", "MA_BN", "SO_CCCD"))),
)  # fmt: skip

_PART_KINDS = (
    _part("no_header", "F03", "E", "no XML1 in the HOSO", parts.no_header),
    _part("two_headers", "F03", "E", "two XML1 in the HOSO", parts.two_headers),
    _part("no_table_name", "F03", "E", "a FILEHOSO without LOAIHOSO", parts.no_table_name),
    _part("no_content", "F03", "E", "NOIDUNGFILE is empty", parts.no_content),
    _part("broken_base64", "F03", "E", "NOIDUNGFILE cannot be decoded", parts.broken_base64),
    _part("broken_table", "F03", "E", "NOIDUNGFILE is not well-formed XML", parts.broken_table),
    _part("other_dossier_in_other_table", "F04", "E",
          "a table beside XML1-XML3 names another MA_LK", parts.other_table_dossier_id),
    _part("unknown_table", "F07", "I", "a table XML16, which no text describes",
          parts.unknown_table),
)  # fmt: skip

_CHECK_IN_KINDS = (
    Kind("no_check_in", "check-in", "V03", "W", "no XML0 for the visit, which is no emergency"),
    Kind("check_in_at_another_time", "check-in", "V03", "W", "NGAY_VAO of XML0 a day earlier"),
)

DOSSIER_KINDS: tuple[Kind, ...] = (
    *_kinds_of_lines("XML2"),
    *_kinds_of_lines("XML3"),
    *_LINE_KINDS,
    *_HEADER_KINDS,
    *_TABLE_KINDS,
    *_PART_KINDS,
    *_CHECK_IN_KINDS,
)
FILE_KINDS: tuple[Kind, ...] = (
    Kind("declared_too_many", "file", "F02", "E", "SOLUONGHOSO > number of HOSO",
         refuses_file=True),
    Kind("declared_too_few", "file", "F02", "W", "SOLUONGHOSO < number of HOSO"),
    Kind("declared_not_a_number", "file", "F02", "W", "SOLUONGHOSO is no number"),
    Kind("truncated", "file", "F01", "E", "the file ends before the envelope does",
         refuses_file=True),
    Kind("html_page", "file", "F01", "E", "an HTML error page instead of the file",
         refuses_file=True),
)  # fmt: skip
KINDS = DOSSIER_KINDS + FILE_KINDS
