"""A value told without giving it away, in the words that the rules in SQL use."""

from __future__ import annotations

import re


def described(value: str) -> str:
    """`12 characters: letters, digits`, or `blank`: what can be told of any value."""
    text = value.strip()
    if not text:
        return "blank"
    # only so much is looked at: a value may have millions of characters
    head = text[:1000]
    kinds = (
        ("letters", head.lower() != head.upper()),
        ("digits", re.search(r"[0-9]", head)),
        ("spaces", re.search(r"\s", head)),
        ("signs", re.search(r"[^\w\s]", head)),
        ("other characters", head.lower() == head.upper() and re.search(r"(?![0-9])\w", head)),
    )
    return f"{len(text)} characters: {', '.join(kind for kind, found in kinds if found)}"


def quoted_code(value: str) -> str:
    """The value itself when it can only be the code of a facility, else its description."""
    text = value.strip()
    return text if re.fullmatch(r"[0-9]{1,5}", text) else described(text)
