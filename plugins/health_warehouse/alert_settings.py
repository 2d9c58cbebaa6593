"""Settings of alerts: who is told, how, and of what; part of `settings.Settings`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class AlertSettings(BaseModel):
    """The fields `alert_…`."""

    alert_name: str = Field(
        default="Health data warehouse",
        pattern=r"^[^\x00-\x1f]{1,80}$",
        description="How alerts call this warehouse.",
    )
    alert_to: str = Field(
        default="", description="Mail addresses to alert, with commas between. Unset: no mail."
    )
    alert_from: str = Field(default="", description="The mail address that alerts come from.")
    alert_smtp_host: str = Field(default="", description="The mail server that sends alerts.")
    alert_smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    alert_smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How it is spoken to: starttls (usually port 587), tls (465), or none (25).",
    )
    alert_smtp_user: str = Field(default="", description="Login of the mail server, if it asks.")
    alert_smtp_password: SecretStr | None = Field(default=None, description="Its password.")
    alert_webhook_url: SecretStr | None = Field(
        default=None, description="Where alerts are posted as JSON. Unset: nowhere."
    )
    alert_webhook_secret: SecretStr | None = Field(
        default=None,
        description="Signs what is posted: any text, or whsec_ and base64 (standardwebhooks.com).",
    )
    alert_heartbeat_url: SecretStr | None = Field(
        default=None,
        description="Asked every minute while alerts work: an outside monitor that alerts when "
        "nobody asks any more.",
    )
    alert_airflow_url: str = Field(
        default="",
        description="Address of the Airflow UI in alerts. Unset: that on this machine.",
    )
    alert_runbook_url: str = Field(
        default="", description="Where docs/runbooks can be read by a browser, for the same links."
    )
    alert_quiet_seconds: int = Field(
        default=300,
        ge=0,
        description="A cause that has not failed for so long has recovered. One that fails again "
        "before is one more failure of the same alert.",
    )
    alert_silence_seconds: int = Field(
        default=90,
        ge=15,
        description="A scheduler without a heartbeat for so long is told as silent.",
    )
    alert_facility_regular_days: int = Field(
        default=4, ge=2, description="A facility that sent claims on so many days used to send."
    )
    alert_facility_patience: float = Field(
        default=2.0, ge=1, description="It stopped when it is silent for so many of its usual gaps."
    )
    alert_facility_patience_days: int = Field(
        default=3, ge=0, description="But never before so many days without a file."
    )
    alert_facilities_not_expected: str = Field(
        default="", description="Facilities (MACSKCB) that may stop, with commas between."
    )
    alert_spike_share: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="Share of the dossiers that a facility sent in a day whose quarantine is told, "
        "if it is three times that of its days before.",
    )
    alert_spike_dossiers: int = Field(
        default=5, ge=1, description="And at least so many dossiers of that day."
    )
    alert_digest_hour: int = Field(
        default=7,
        ge=0,
        le=23,
        description="The hour, local time, of the daily message about what needs no haste: notices "
        "of releases, refused files, quarantined dossiers. Nothing to say, no message.",
    )
    alert_language: Literal["both", "vi", "en"] = Field(
        default="both", description="The language of mails: Vietnamese and English, or one of them."
    )
