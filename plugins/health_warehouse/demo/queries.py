"""Three of the project's questions, which a demonstration asks as a BI tool would."""

from __future__ import annotations

from health_warehouse.release.questions import Question, question

_ASKED = ("money_billed_and_asked", "stations_with_a_doctor", "insurance_coverage")


def asked() -> list[Question]:
    """The three that need claims and lists."""
    return [question(name) for name in _ASKED]
