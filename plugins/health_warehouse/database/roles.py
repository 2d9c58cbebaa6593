"""The roles of the warehouse, and the names they have on this server. Their rights: roles.yml."""

from __future__ import annotations

from health_warehouse.settings import Settings

ROLES = (
    "loader",
    "maintainer",
    "transformer",
    "publisher",
    "bi_reader",
    "hiv_reader",
    "facility_reader",
    "facility_hiv_reader",
    "report_reader",
    "ops_reader",
    "vault_reader",
    "alert_sender",
)


def role_name(settings: Settings, role: str) -> str:
    """Name of `role` on the server: prefix and role. Raises ValueError on an unknown role."""
    if role not in ROLES:
        raise ValueError(f"unknown role {role!r}; one of {', '.join(ROLES)}")
    return settings.role_prefix + role
