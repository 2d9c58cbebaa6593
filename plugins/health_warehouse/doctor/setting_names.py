"""Check of the names of settings: a mistyped one changes nothing, and nobody would know.

A warning and no error: other programs may have variables that begin as ours do. Lines and values
are never shown, for they may be secrets.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from dotenv.parser import parse_stream

from health_warehouse.doctor.finding import Finding
from health_warehouse.settings import PREFIX, SETTINGS_FILE, Settings, names_in_environment

# Of dbt, of the tests, of the compose file: read elsewhere than in `Settings`.
_OF_OTHERS = tuple(f"{PREFIX}{name}_" for name in ("DBT", "TEST", "OWNER"))


def setting_names(settings: Settings) -> Iterator[Finding]:
    """Names that begin as ours do and are none; in warehouse.env all that is no setting."""
    for name in names_in_environment():
        if not name.upper().startswith(_OF_OTHERS):
            yield from _name(name, "in the environment")
    path = settings.state / SETTINGS_FILE
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for binding in parse_stream(file):
            line = binding.original.line
            if binding.error or (binding.key is not None and binding.value is None):
                yield Finding(
                    "settings",
                    "warning",
                    f"line {line} of {path} is no NAME=value: it is passed over",
                    "correct the line, or put # before it",
                )
            elif binding.key is not None:
                yield from _name(binding.key, f"in line {line} of {path}")


def _name(name: str, where: str) -> Iterator[Finding]:
    known = {f"{PREFIX}{one.upper()}" for one in Settings.model_fields}
    if name.upper() in known:  # letters may be small
        return
    nearest = _nearest(name.upper(), known)
    yield Finding(
        "settings",
        "warning",
        f"{name} {where} is no setting: it does nothing",
        f"did you mean {nearest}?" if nearest else "unset it; .env.example lists all settings",
    )


def _nearest(name: str, known: set[str]) -> str | None:
    """The prefix makes no two names alike."""
    if not name.startswith(PREFIX):
        return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.8)), None)
    ends = [one.removeprefix(PREFIX) for one in known]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), ends, n=1)
    return f"{PREFIX}{near[0]}" if near else None
