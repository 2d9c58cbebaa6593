"""All hostile and broken files."""

from __future__ import annotations

import bombs
import broken_dossiers
import odd_values
import refused_files
from hostile_case import Case

CASES: list[Case] = [
    *refused_files.CASES,
    *broken_dossiers.CASES,
    *odd_values.CASES,
    *bombs.CASES,
]
