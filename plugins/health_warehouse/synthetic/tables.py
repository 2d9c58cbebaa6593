"""The XML of one table, rendered by one string template per facility's dialect.

A template takes a dict with every element of the table, its text already escaped.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FIELDS_CSV = Path(__file__).parents[1] / "sources" / "claims" / "fields.csv"
_PAYERS = ("T_BNTT", "T_BNCCT", "T_BHTT")


@cache
def field_names(table: str) -> tuple[str, ...]:
    """Elements of XML1, XML2 or XML3 in the order of the standard."""
    with FIELDS_CSV.open(encoding="utf-8", newline="") as file:
        return tuple(row["field"] for row in csv.DictReader(file) if row["table"] == table)


@cache
def row_template(table: str, element: str, swaps_payers: bool) -> str:
    """`<ROW><A>%(A)s</A>…</ROW>` for a table of the standard."""
    names = list(field_names(table))
    if swaps_payers:
        places = iter(sorted(names.index(name) for name in _PAYERS))
        for name in reversed(_PAYERS):
            names[next(places)] = name
    return template(element, " ".join(names))


def template(element: str, names: str) -> str:
    """A template of `element` with the elements `names` (separated by blanks) inside."""
    body = "".join(f"<{name}>%({name})s</{name}>" for name in names.split())
    return f"<{element}>{body}</{element}>"


def blank(table: str) -> dict[str, str]:
    """Every element of the table, empty."""
    return dict.fromkeys(field_names(table), "")


def header(row: dict[str, str], swaps_payers: bool) -> str:
    """XML1: one row, no list."""
    return row_template("XML1", "TONG_HOP", swaps_payers) % row


def drugs(rows: list[dict[str, str]], swaps_payers: bool) -> str:
    """XML2."""
    row = row_template("XML2", "CHI_TIET_THUOC", swaps_payers)
    body = "".join([row % values for values in rows])
    return (
        f"<CHITIEU_CHITIET_THUOC><DSACH_CHI_TIET_THUOC>{body}</DSACH_CHI_TIET_THUOC>"
        "</CHITIEU_CHITIET_THUOC>"
    )


def services(rows: list[dict[str, str]], swaps_payers: bool) -> str:
    """XML3."""
    row = row_template("XML3", "CHI_TIET_DVKT", swaps_payers)
    body = "".join([row % values for values in rows])
    return (
        f"<CHITIEU_CHITIET_DVKT_VTYT><DSACH_CHI_TIET_DVKT>{body}</DSACH_CHI_TIET_DVKT>"
        "</CHITIEU_CHITIET_DVKT_VTYT>"
    )
