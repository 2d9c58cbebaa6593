from __future__ import annotations

import re
from typing import Any


def code_of(model: dict[str, Any]) -> str:
    """The SQL of a model without comments."""
    return re.sub(r"--.*", "", model["raw_code"])
