"""Which further tables a dossier sends (standard §1.2), made from its header and lines."""

from __future__ import annotations

from functools import cache

from health_warehouse.synthetic import diagnoses, papers, programmes, results, slips
from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.layouts import Layout
from health_warehouse.synthetic.rows import Form, Row
from health_warehouse.synthetic.stays import INPATIENT

_SUMMARISED = ("03", "04", "06")


def attach(dossier: Dossier) -> None:
    """Fill `dossier.tables` in. Last of all: they repeat what the header says."""
    header, care, tables = dossier.header, dossier.care, dossier.tables
    tables.clear()
    if dossier.is_bare:
        return
    if dossier.is_summary_only:
        tables["XML8"] = _rows(dossier, "XML8", papers.record_summary(dossier))
        return
    tests = results.results(dossier)
    if tests:
        tables["XML4"] = tests
    if care in results.WITH_COURSE:
        tables["XML5"] = results.course(dossier)
    _attach_papers(dossier)
    if header["MA_LOAI_RV"] in ("2", "5"):
        tables["XML13"] = _rows(dossier, "XML13", slips.referral_slip(dossier))
    if header["NGAY_TAI_KHAM"]:
        tables["XML14"] = _rows(dossier, "XML14", slips.appointment_slip(dossier))
    if header["MA_BENH_CHINH"] in diagnoses.HIV:
        tables["XML6"] = _rows(dossier, "XML6", programmes.hiv_treatment(dossier))
    if header["MA_BENH_CHINH"] in diagnoses.TUBERCULOSIS:
        tables["XML15"] = _rows(dossier, "XML15", programmes.tuberculosis_treatment(dossier))


def _attach_papers(dossier: Dossier) -> None:
    """Discharge, summary, birth, leave."""
    header, care, tables = dossier.header, dossier.care, dossier.tables
    if care in INPATIENT and header["MA_LOAI_RV"] != "3":
        tables["XML7"] = _rows(dossier, "XML7", *papers.discharge_papers(dossier))
    if care in _SUMMARISED or dossier.facility.summarises_all:
        tables["XML8"] = _rows(dossier, "XML8", papers.record_summary(dossier))
    if header["CAN_NANG_CON"]:
        tables["XML9"] = _rows(dossier, "XML9", *papers.births(dossier))
    _attach_leave(dossier)


def _rows(dossier: Dossier, table: str, *values: dict[str, str]) -> list[Row]:
    form = _form(table, dossier.facility.vendor.layout)
    return [Row(form, texts) for texts in values]


@cache
def _form(table: str, layout: Layout) -> Form:
    """A form with nothing filled in."""
    return Form(table, layout)


def _attach_leave(dossier: Dossier) -> None:
    """Leave from work, for some of those who are employed and insured."""
    if not (dossier.who.is_employed and dossier.cover.is_insured) or dossier.care != "01":
        return
    if dossier.header["MA_LOAI_RV"] != "1":
        return
    if dossier.header["MA_BENH_CHINH"].startswith(("O", "Z34")):
        dossier.tables["XML10"] = _rows(dossier, "XML10", papers.pregnancy_leave(dossier))
    elif dossier.lot % 4 == 0:
        dossier.tables["XML11"] = _rows(dossier, "XML11", papers.sick_leave(dossier))
