"""Check of the person key: it is here, and is the one that patients were hashed with."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor.finding import Finding
from health_warehouse.privacy.known_key import REMEDY, wrong_key
from health_warehouse.settings import Settings


def person_key(settings: Settings) -> Iterator[Finding]:
    if settings.person_key is None and settings.person_key_variable:
        return  # only the tasks of Airflow can read it, and they compare it
    with engine(settings, OWNER).connect() as connection:
        wrong = wrong_key(connection, settings)
    if wrong is not None:
        what = wrong.removesuffix(f": {REMEDY}")
        yield Finding("person key", "error", f"{what}; nothing is loaded", REMEDY)
