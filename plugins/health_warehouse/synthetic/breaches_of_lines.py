"""Breaches on cost lines: one change each, before the header is summed up.

The tolerance of the standard is 0.01 đồng a line; a wrong amount is off by 1,000 đồng and more.
What hangs on the changed value is carried along, so that exactly one rule is broken.
"""

from __future__ import annotations

from collections.abc import Callable

from health_warehouse.synthetic.covers import SMALL_BILL
from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.formulary import BEDS
from health_warehouse.synthetic.kinds import Breach, Case, Place
from health_warehouse.synthetic.layouts import money
from health_warehouse.synthetic.lines import Line
from health_warehouse.synthetic.moments import DAY, stamp
from health_warehouse.synthetic.pricing import OTHER_SOURCES
from health_warehouse.synthetic.streams import Draw, one_of, whole

Choice = Callable[[Line], bool]


def amount(draw: Draw) -> int:
    """A difference nobody can take for rounding: 1,000 to 90,000 đồng, in hundredths."""
    return whole(draw, 1_000, 90_000) * 100


def lines_of(dossier: Dossier, table: str) -> list[Line]:
    return dossier.drugs if table == "XML2" else dossier.services


def place_of(line: Line, field: str) -> Place:
    return Place(line.table, line.texts["STT"], field)


def chosen(case: Case, table: str, fits: Choice) -> Line | None:
    """One of the lines that fit."""
    found = [line for line in lines_of(case.dossier, table) if fits(line)]
    return one_of(case.draw, found) if found else None


def any_line(_line: Line) -> bool:
    return True


def in_group(*groups: str) -> Choice:
    """Lines of these MA_NHOM."""
    return lambda line: line.group in groups


def written(table: str, field: str, texts: tuple[str, ...], fits: Choice = any_line) -> Breach:
    """Write another text into an element of a line."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, fits)
        if line is None:
            return None
        line.changed[field] = one_of(case.draw, texts)
        return place_of(line, field)

    return apply


def one_of_fields(table: str, fields: tuple[str, ...], text: str) -> Breach:
    """Write `text` into one of several elements of a line."""

    def apply(case: Case) -> Place | None:
        field = one_of(case.draw, fields)
        return written(table, field, (text,))(case)

    return apply


# ---------- arithmetic (L01)


def billed_wrong(table: str) -> Breach:
    """THANH_TIEN_BV off, and with it the patient's own part, so that the payers still add up."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, any_line)
        if line is None:
            return None
        more = amount(case.draw)
        line.alter(billed=line.amounts.billed + more, own=line.amounts.own + more)
        return place_of(line, "THANH_TIEN_BV")

    return apply


def own_part_wrong(table: str) -> Breach:
    """T_BNTT off: the payers no longer add up."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, any_line)
        if line is None:
            return None
        line.alter(own=line.amounts.own + amount(case.draw))
        return place_of(line, "T_BNTT")

    return apply


def _is_shared_with_fund(line: Line) -> bool:
    """The fund pays at least 2,000 đồng, nobody else a part, and no ceiling may have cut it."""
    is_capped = line.field("T_TRANTT") != ""
    return line.amounts.fund >= 200_000 and not line.amounts.other and not is_capped


def in_scope(table: str) -> Breach:
    """Halve what is inside the scope, and split it among the payers as if it were right."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, _is_shared_with_fund)
        if line is None:
            return None
        half = line.amounts.in_scope // 2
        fund = (half * line.benefit + 500) // 1000
        line.alter(in_scope=half, fund=fund, copayment=half - fund, own=line.amounts.billed - half)
        return place_of(line, "THANH_TIEN_BH")

    return apply


def fund_share(table: str) -> Breach:
    """Move money from the fund's part to the co-payment."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, _is_shared_with_fund)
        if line is None:
            return None
        moved = line.amounts.fund // 2
        line.alter(fund=line.amounts.fund - moved, copayment=line.amounts.copayment + moved)
        return place_of(line, "T_BHTT")

    return apply


def other_sources(table: str) -> Breach:
    """One of the four sources says more than their sum."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, any_line)
        if line is None:
            return None
        source = one_of(case.draw, OTHER_SOURCES)
        wrong = line.amounts.other + amount(case.draw)
        line.changed[source] = money(wrong, line.offer.layout.numbers)
        return place_of(line, "T_NGUONKHAC")

    return apply


def line_dossier_id(table: str, text: str | None) -> Breach:
    """Give a line the MA_LK of another dossier (or `text`)."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, any_line)
        if line is None:
            return None
        line.changed["MA_LK"] = another_id(case.dossier.dossier_id) if text is None else text
        return place_of(line, "MA_LK")

    return apply


def another_id(dossier_id: str) -> str:
    last = "1" if dossier_id[-1] == "0" else "0"
    return dossier_id[:-1] + last


# ---------- times (D02)


def order_before_arrival(case: Case) -> Place | None:
    line = chosen(case, one_of(case.draw, ("XML2", "XML3")), any_line)
    if line is None:
        return None
    line.changed["NGAY_YL"] = stamp(case.dossier.stay.arrived - whole(case.draw, 1, 5) * DAY)
    return place_of(line, "NGAY_YL")


def order_after_discharge(case: Case) -> Place | None:
    line = chosen(case, one_of(case.draw, ("XML2", "XML3")), any_line)
    if line is None:
        return None
    late = stamp(case.dossier.stay.ended + DAY)
    for field in ("NGAY_YL", "NGAY_TH_YL", "NGAY_KQ"):
        if line.field(field):
            line.changed[field] = late
    return place_of(line, "NGAY_YL")


def _day_earlier(text: str) -> str:
    """The day before, same time; in a month's first days its predecessor's 28th."""
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    if day > 1:
        return f"{text[:6]}{day - 1:02d}{text[8:]}"
    return f"{year}{month - 1:02d}28{text[8:]}" if month > 1 else f"{year - 1}1231{text[8:]}"


def earlier_than_order(table: str, field: str) -> Breach:
    """Put the execution, or the result, on the day before the order."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, lambda line: line.field(field) != "" and line.group not in BEDS)
        if line is None:
            return None
        line.changed[field] = _day_earlier(line.texts["NGAY_YL"])
        return place_of(line, field)

    return apply


# ---------- scope, rates, benefit (L03, L04, C04, C05)


def out_of_scope_but_paid(table: str) -> Breach:
    return written(table, "PHAM_VI", ("2",), lambda line: line.amounts.in_scope > 0)


def share(groups: tuple[str, ...], percents: tuple[int, ...]) -> Breach:
    """Another TYLE_TT_DV, with all amounts that follow from it."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, "XML3", in_group(*groups))
        if line is None:
            return None
        line.share = one_of(case.draw, percents)
        case.dossier.settle()
        return place_of(line, "TYLE_TT_DV")

    return apply


def odd_benefit(case: Case) -> Place | None:
    """A MUC_HUONG that no card and no route give."""
    line = chosen(case, one_of(case.draw, ("XML2", "XML3")), _is_shared_with_fund)
    if line is None:
        return None
    line.settle(one_of(case.draw, (730, 330, 660, 885)))
    return place_of(line, "MUC_HUONG")


def copayment_where_none_is_due(is_station: bool) -> Breach:
    """80 % at a commune station, or for a bill below 15 % of the base salary."""

    def apply(case: Case) -> Place | None:
        dossier = case.dossier
        cover, cards = dossier.cover, dossier.header["MA_THE_BHYT"]
        in_scope_total = sum(line.in_scope for line in dossier.lines)
        is_small = 0 < in_scope_total < SMALL_BILL and cover.route_percent == 100
        if cover.is_station != is_station or cards[2:3] != "4" or ";" in cards:
            return None
        if cover.is_exempt or not is_small:
            return None
        for line in dossier.lines:
            line.settle(800)
        return Place("XML1", "", "T_BNCCT")

    return apply


def copayment_of_exempt(case: Case) -> Place | None:
    """80 % from the day on which the year's co-payment has ended."""
    dossier = case.dossier
    is_listed = dossier.cover.object_code.startswith(("1.", "2"))
    if not (dossier.cover.is_exempt and is_listed and any(line.in_scope for line in dossier.lines)):
        return None
    for line in dossier.lines:
        line.settle(800)
    return Place("XML1", "", "T_BNCCT")


def fund_pays_for_uninsured(case: Case) -> Place | None:
    if case.dossier.cover.is_insured:
        return None
    line = chosen(case, "XML3", lambda line: line.offer.insurance_price > 0)
    if line is None:
        return None
    line.rate = 100
    line.settle(800)
    return place_of(line, "T_BHTT")
