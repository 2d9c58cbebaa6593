"""Breaches in XML1, after the totals; the tables that repeat the header repeat them."""

from __future__ import annotations

from health_warehouse.synthetic.breaches_of_lines import amount
from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.geography import communes
from health_warehouse.synthetic.kinds import Breach, Case, Place
from health_warehouse.synthetic.layouts import money
from health_warehouse.synthetic.lines import header_totals
from health_warehouse.synthetic.moments import DAY, stamp
from health_warehouse.synthetic.province import NEW_CARE_FROM
from health_warehouse.synthetic.streams import one_of


def _at(field: str) -> Place:
    return Place("XML1", "", field)


def header_amount(name: str) -> Breach:
    def apply(case: Case) -> Place | None:
        dossier = case.dossier
        if not dossier.lines:
            return None  # self-pay without lines: nothing that the totals must agree with
        totals = header_totals(dossier.drugs, dossier.services)
        if name == "T_BHTT" and totals["T_NGUONKHAC"]:
            return None  # the texts contradict each other here: no hard rule (§3.2)
        wrong = totals[name] + amount(case.draw)
        dossier.header[name] = money(wrong, dossier.facility.vendor.layout.numbers)
        return _at(name)

    return apply


def header_text(names: tuple[str, ...], texts: tuple[str, ...]) -> Breach:
    """Write one of the texts into one of the elements."""

    def apply(case: Case) -> Place | None:
        if names[0].startswith("T_") and not case.dossier.lines:
            return None
        name = one_of(case.draw, names)
        case.dossier.header[name] = one_of(case.draw, texts)
        return _at(name)

    return apply


def header_amount_missing(names: tuple[str, ...]) -> Breach:
    """Blank a total; a visit without insurance may leave what concerns the insurance blank."""

    def apply(case: Case) -> Place | None:
        if not case.dossier.cover.is_insured:
            return None
        return header_text(names, ("",))(case)

    return apply


def treatment_days(case: Case) -> Place | None:
    if case.dossier.care not in ("01", "02", "03", "04", "06", "07", "09"):
        return None
    header = case.dossier.header
    header["SO_NGAY_DTRI"] = str(int(header["SO_NGAY_DTRI"]) + one_of(case.draw, (1, 2, 5)))
    return _at("SO_NGAY_DTRI")


# ---------- dates


def discharge_before_arrival(case: Case) -> Place | None:
    header = case.dossier.header
    year = int(header["NGAY_VAO"][:4])
    header["NGAY_RA"] = f"{year - 1}{header['NGAY_RA'][4:]}".replace("0229", "0228")
    return _at("NGAY_RA")


def discharge_a_minute_early(case: Case) -> Place | None:
    header = case.dossier.header
    arrived = header["NGAY_VAO"]
    if arrived[10:] == "00" or header["NGAY_VAO_NOI_TRU"]:
        return None
    header["NGAY_RA"] = f"{arrived[:10]}{int(arrived[10:]) - 1:02d}"
    return _at("NGAY_RA")


def admission_before_arrival(case: Case) -> Place | None:
    header = case.dossier.header
    if not header["NGAY_VAO_NOI_TRU"]:
        return None
    header["NGAY_VAO_NOI_TRU"] = f"{header['NGAY_VAO'][:8]}0001"
    return _at("NGAY_VAO_NOI_TRU")


def admission_after_discharge(case: Case) -> Place | None:
    header = case.dossier.header
    if not header["NGAY_VAO_NOI_TRU"]:
        return None
    header["NGAY_VAO_NOI_TRU"] = f"{header['NGAY_RA'][:8]}2358"
    return _at("NGAY_VAO_NOI_TRU")


def paid_before_arrival(case: Case) -> Place | None:
    if not case.dossier.header["NGAY_TTOAN"]:
        return None
    case.dossier.header["NGAY_TTOAN"] = stamp(case.dossier.stay.arrived - 2 * DAY)
    return _at("NGAY_TTOAN")


def birth_after_arrival(case: Case) -> Place | None:
    header = case.dossier.header
    header["NGAY_SINH"] = f"{int(header['NGAY_VAO'][:4]) + 1}03150000"
    return _at("NGAY_SINH")


def newborn_birth(time: str) -> Breach:
    """The birth of a child of some days with another text for its time."""

    def apply(case: Case) -> Place | None:
        header = case.dossier.header
        if not header["MA_THE_BHYT"].startswith("TE1PP"):
            return None
        header["NGAY_SINH"] = header["NGAY_SINH"][:8] + time
        return _at("NGAY_SINH")

    return apply


# ---------- the person


def wrong_sex(case: Case) -> Place | None:
    """A sex that is no code; not where the diagnosis is for one sex only."""
    if case.dossier.disease.sex or case.dossier.disease.code.startswith("O"):
        return None
    case.dossier.header["GIOI_TINH"] = one_of(case.draw, ("4", "M", "0", "Nam"))
    return _at("GIOI_TINH")


def commune_of_another_province(case: Case) -> Place | None:
    header = case.dossier.header
    if header["MATINH_CU_TRU"] != "96" or not _is_merged(case.dossier):
        return None
    others = [each for each in communes(True) if each.province != "96"]
    header["MAXA_CU_TRU"] = one_of(case.draw, others).code
    return _at("MAXA_CU_TRU")


def abolished_commune(case: Case) -> Place | None:
    """A code that was a commune of the province until 30/06/2025."""
    header = case.dossier.header
    if header["MATINH_CU_TRU"] != "96" or not _is_merged(case.dossier):
        return None
    valid = {each.code for each in communes(True)}
    gone = [each for each in communes(False) if each.code not in valid]
    header["MAXA_CU_TRU"] = one_of(case.draw, gone).code
    return _at("MAXA_CU_TRU")


def _is_merged(dossier: Dossier) -> bool:
    return dossier.stay.arrived // DAY >= NEW_CARE_FROM - 360


def too_long(name: str, size: int) -> Breach:
    """Repeat the text until it is longer than the larger of decree and portal allow."""

    def apply(case: Case) -> Place | None:
        text = case.dossier.header[name] or "x"
        case.dossier.header[name] = (f"{text} " * (size // len(text) + 1)).strip()
        return _at(name)

    return apply


# ---------- cards and eligibility


def has_one_card(case: Case) -> bool:
    cards = case.dossier.header["MA_THE_BHYT"]
    return len(cards) == 15 and not cards.startswith("TE1PP")


def unequal_lists(case: Case) -> Place | None:
    header = case.dossier.header
    if not header["MA_THE_BHYT"]:
        return None
    name = one_of(case.draw, ("MA_DKBD", "GT_THE_TU"))
    header[name] = f"{header[name]};{header[name].split(';')[0]}"
    return _at(name)


def malformed_card(case: Case) -> Place | None:
    if not has_one_card(case):
        return None
    header = case.dossier.header
    card = header["MA_THE_BHYT"]
    wrong = (
        card[:-1],
        card.lower(),
        f"{card[:2]}7{card[3:]}",
        f"1{card[1:]}",
        card[5:],
        f"{card}0",
    )
    header["MA_THE_BHYT"] = one_of(case.draw, wrong)
    return _at("MA_THE_BHYT")


def expired_card(case: Case) -> Place | None:
    if not has_one_card(case):
        return None
    case.dossier.header["GT_THE_DEN"] = stamp(case.dossier.stay.arrived - 30 * DAY)[:8]
    return _at("GT_THE_DEN")


def card_of_the_future(case: Case) -> Place | None:
    if not has_one_card(case):
        return None
    ended = case.dossier.stay.ended
    case.dossier.header["GT_THE_TU"] = stamp(ended + 10 * DAY)[:8]
    case.dossier.header["GT_THE_DEN"] = stamp(ended + 300 * DAY)[:8]
    return _at("GT_THE_TU")


# ---------- diagnoses and procedures


def several_main_diagnoses(case: Case) -> Place | None:
    header = case.dossier.header
    header["MA_BENH_CHINH"] = f"{header['MA_BENH_CHINH']};J00"
    return _at("MA_BENH_CHINH")


def many_secondary(case: Case) -> Place | None:
    """Thirteen valid codes."""
    case.dossier.header["MA_BENH_KT"] = (
        "I10;E11.9;E78.5;K29.7;M54.5;H10.9;K02.1;J00;J06.9;K21.9;L20.9;L50.9;R51"
    )
    return _at("MA_BENH_KT")


def secondary_of_the_other_sex(case: Case) -> Place | None:
    header = case.dossier.header
    if header["MA_THE_BHYT"].startswith("TE1PP"):
        return None
    code = "N40" if header["GIOI_TINH"] == "2" else one_of(case.draw, ("N83.2", "N92.0"))
    known = header["MA_BENH_KT"]
    header["MA_BENH_KT"] = f"{known};{code}" if known else code
    return _at("MA_BENH_KT")


def procedure_without_surgery(case: Case) -> Place | None:
    """Not where XML1 and XML8 are all that is sent: then no line could show the surgery."""
    lines = case.dossier.lines
    if not lines or any(line.group in ("8", "18") for line in lines):
        return None
    case.dossier.header["MA_PTTT_QT"] = one_of(case.draw, ("47.09", "79.32", "13.41"))
    return _at("MA_PTTT_QT")


def malformed_procedure(case: Case) -> Place | None:
    if not case.dossier.header["MA_PTTT_QT"]:
        return None
    case.dossier.header["MA_PTTT_QT"] = one_of(case.draw, ("ABC", "4709X", "47.0.9"))
    return _at("MA_PTTT_QT")


# ---------- referral


def no_slip(case: Case) -> Place | None:
    header = case.dossier.header
    if not header["MA_NOI_DI"]:
        return None
    header["GIAY_CHUYEN_TUYEN"] = ""
    return _at("GIAY_CHUYEN_TUYEN")


def no_target(case: Case) -> Place | None:
    """An insured patient is transferred, but nobody says where to."""
    header = case.dossier.header
    if not (header["MA_NOI_DEN"] and header["MA_THE_BHYT"]):
        return None
    header["MA_NOI_DEN"] = ""
    return _at("MA_NOI_DEN")
