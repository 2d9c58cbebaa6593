"""What a kind of defect is, and what it is given to work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.envelope import Part
from health_warehouse.synthetic.formulary import Formulary
from health_warehouse.synthetic.recent import Recent
from health_warehouse.synthetic.streams import Draw

Severity = Literal["E", "W", "I", "E/W"]
"""As the catalogue of rules has it (standard §3.3): reject, flag, record; or reject or flag."""
Stage = Literal["lines", "header", "tables", "parts", "check-in", "file"]
"""When it is done: before the totals, before the copies, after them, on the XML, ..."""


class Place(NamedTuple):
    """Where in the dossier the defect sits; a blank says nothing more exact can be said."""

    table: str = ""
    line: str = ""
    """STT of the line, or number of the row where rows have no STT."""
    field: str = ""
    other: str = ""
    """`<facility>/<MA_LK>` of the second dossier of a defect that takes two."""


@dataclass
class Case:
    """A dossier about to be damaged."""

    dossier: Dossier
    draw: Draw
    received_at: int
    """When the file will be received, seconds since 1970 UTC."""
    is_first: bool
    """Whether this is the dossier's first version: only then its check-in is still to be sent."""
    recent: Recent
    prices: Formulary
    """Of the facility."""
    parts: list[Part] = field(default_factory=list)
    """Its tables as XML, at the stage `parts`."""


Breach = Callable[[Case], Place | None]
"""Changes the dossier; returns None, having changed nothing, when it offers no place."""


class Kind(NamedTuple):
    name: str
    stage: Stage
    expected_rule: str
    """Id in the catalogue of rules (standard §3.3); several by `;` when one of them is enough."""
    severity: Severity
    breach: str
    """What of the standard is broken."""
    apply: Breach | None = None
    """None for a whole file, and for check-ins, which are written apart."""
    refuses_file: bool = False
