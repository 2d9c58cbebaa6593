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
    breaches_of_parts as parts,
)
from health_warehouse.synthetic import (
    breaches_of_persons as persons,
)
from health_warehouse.synthetic import (
    breaches_of_stays as stays,
)
from health_warehouse.synthetic import (
    breaches_of_tables as tables,
)
from health_warehouse.synthetic import (
    breaches_of_times as times,
)
from health_warehouse.synthetic.defects_of_lines import LINE_KINDS, NO_NUMBER
from health_warehouse.synthetic.kinds import Breach, Kind, Severity
from health_warehouse.synthetic.results import WITH_COURSE

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


def _header(name: str, rule: str, severity: Severity, breach: str, apply: Breach) -> Kind:
    return Kind(name, "header", rule, severity, breach, apply)


def _table(name: str, rule: str, severity: Severity, breach: str, apply: Breach) -> Kind:
    return Kind(name, "tables", rule, severity, breach, apply)


def _part(name: str, rule: str, severity: Severity, breach: str, apply: Breach) -> Kind:
    return Kind(name, "parts", rule, severity, breach, apply)


_HEADER_KINDS = (
    *(
        _header(f"header_{name.lower()}_wrong", "L02", "E",
                f"{name} is not what the lines add up to", headers.header_amount(name))
        for name in HEADER_AMOUNTS
    ),
    _header("header_not_a_number", "L02", "E", "a header amount is no number with a decimal point",
            headers.header_text(HEADER_AMOUNTS, NO_NUMBER)),
    # Where the sum is 0 the identity may stand, but the element is required all the same.
    _header("header_amount_missing", "K01;L02", "E/W",
            "a header amount of an insured visit is blank",
            headers.header_amount_missing(HEADER_AMOUNTS)),
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
    _header("main_with_an_impossible_ending", "I01", "W",
            "MA_BENH_CHINH ends in what ICD-10 does not have",
            headers.header_text(("MA_BENH_CHINH",), ("Q99.Z9", "J06.9A", "I10.X"))),
    _header("secondary_with_an_impossible_ending", "I02", "W",
            "a code of MA_BENH_KT ends in what ICD-10 does not have",
            headers.header_text(("MA_BENH_KT",), ("E11.Z9", "I10;J06.9A", "I10.X"))),
    _header("settled_too_early", "D07", "W", "NAM_QT, THANG_QT before the month of the visit",
            times.settled_too_early),
    _header("newborn_of_a_month", "D06", "E/W", "only the month of birth of a newborn is given",
            times.newborn_of_a_month),
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
            "MA_PTTT_QT and lines, none of MA_NHOM 8 or 18", headers.procedure_without_surgery),
    _header("malformed_procedure", "I03", "W", "MA_PTTT_QT is no ICD-9-CM code",
            headers.malformed_procedure),
    _header("slip_missing", "X05", "W", "MA_NOI_DI without GIAY_CHUYEN_TUYEN", headers.no_slip),
    _header("target_missing", "X03", "W",
            "an insured patient is transferred (MA_LOAI_RV 2, 5) and MA_NOI_DEN is blank",
            headers.no_target),
    _header("in_two_places", "V01", "W",
            "a stay of a person who lies in another facility at that time", persons.in_two_places),
    _header("sent_under_two_keys", "V04", "W",
            "a stay of a person who lies in this facility at that time, by another dossier",
            persons.sent_under_two_keys),
    _header("after_death", "V05", "W", "a visit of a person who died before", persons.after_death),
    _header("key_used_again", "V06", "E",
            "the MA_LK of an earlier visit of somebody else", persons.key_used_again),
)  # fmt: skip

_REQUIRED = {
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
    _table("xml4_field_missing", "K01", "E/W", "TEN_CHI_SO of a measured result is blank",
           tables.measured_without_name),
    _table("unit_of_result_too_long", "K02", "W", "DON_VI_DO has more than 50 letters",
           tables.too_long("XML4", "DON_VI_DO", 50)),
    _table("doctor_too_long", "K02", "W", "XML7.TEN_BS has more than 255 letters",
           tables.too_long("XML7", "TEN_BS", 255)),
    _table("care_type_without_zero", "K03", "E", "MA_LOAI_KCB without its leading zero",
           tables.care_type_without_zero),
    _table("result_without_time", "D01", "W", "XML4.NGAY_KQ is a day without its time",
           tables.day_alone("XML4", "NGAY_KQ")),
    _table("course_without_time", "D01", "W", "XML5.THOI_DIEM_DBLS is a day without its time",
           tables.day_alone("XML5", "THOI_DIEM_DBLS")),
    _table("leave_to_no_day", "D01", "W", "XML11.DEN_NGAY is no day of the calendar",
           tables.row_text("XML11", ("DEN_NGAY",), ("20261345", "20260230", "0"))),
    _table("treatment_from_no_day", "D01", "W", "XML15.NGAYBD_DTRI_LAO is no day of the calendar",
           tables.row_text("XML15", ("NGAYBD_DTRI_LAO",), ("20260431", "202608"))),
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
    _table("result_in_the_future", "D02", "W", "XML4.NGAY_KQ after the file is received",
           times.result_in_the_future),
    _table("imaging_without_conclusion", "X07", "W", "KET_LUAN of an imaging (MA_NHOM 2) is blank",
           times.imaging_without_conclusion),
    _table("discharge_paper_of_another_end", "X08", "W", "XML7.NGAY_RA is not that of XML1",
           times.paper_of_another_end),
    _table("born_in_kilograms", "P03", "W", "XML9.CAN_NANG_CON in kilograms",
           times.born_in_kilograms),
    _table("weights_in_kilograms", "P03", "W", "XML1.CAN_NANG_CON in kilograms",
           times.weights_in_kilograms),
    _table("born_on_no_day", "D06", "W", "XML9.NGAY_SINH_CON without its day",
           times.born_on_no_day),
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
    _part("no_content", "F03", "E", "NOIDUNGFILE of XML1 is empty", parts.no_content),
    _part("broken_base64", "F03", "E", "NOIDUNGFILE cannot be decoded", parts.broken_base64),
    _part("broken_table", "F03", "E", "NOIDUNGFILE is not well-formed XML", parts.broken_table),
    _part("other_dossier_in_other_table", "F04", "E",
          "a table beside XML1-XML3 names another MA_LK", parts.other_table_dossier_id),
    _part("unknown_table", "F07", "I", "a table XML16, which no text describes",
          parts.unknown_table),
)  # fmt: skip

_CHECK_IN_KINDS = (
    Kind(
        "no_check_in", "check-in", "V03", "W", "no XML0 for an insured visit, which is no emergency"
    ),
    Kind("check_in_at_another_time", "check-in", "V03", "W", "NGAY_VAO of XML0 a day earlier"),
)

DOSSIER_KINDS: tuple[Kind, ...] = (
    *LINE_KINDS,
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
