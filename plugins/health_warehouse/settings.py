"""The only reader of the environment.

Every setting is an environment variable with the prefix `WAREHOUSE_`, or a line of the file
`warehouse.env` in the state folder. `.env.example` lists them all; a test compares the two.
"""

from __future__ import annotations

import os
import stat
import sys
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from health_warehouse.alert_settings import AlertSettings
from health_warehouse.errors import ConfigurationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PROJECT_DIR = Path(__file__).resolve().parents[2]
DAGS_DIR = PROJECT_DIR / "dags"
DEFAULT_STATE = PROJECT_DIR / ".warehouse"
PREFIX = "WAREHOUSE_"
SETTINGS_FILE = "warehouse.env"
"""Its name in the state folder. It may hold passwords, so its mode is 0600."""


class Settings(AlertSettings, BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    state: Path = Field(
        default=DEFAULT_STATE,
        description="The one folder that holds environment, database, archive, secrets and logs.",
    )
    dsn: SecretStr | None = Field(
        default=None,
        description="A Postgres (16-18) of your own, as postgresql://user:password@host:port/name. "
        "Needs CREATEROLE and CREATE on the database, no superuser. Unset: the embedded server.",
    )
    dsn_conn_id: str = Field(
        default="",
        description="The Airflow connection that stands for WAREHOUSE_DSN where that is unset, in "
        "the tasks of an Airflow of your own (docs/operations/secrets.md).",
    )
    role_prefix: str = Field(
        default="",
        pattern=r"^[a-z0-9_]{0,20}$",
        description="Put before the role names, when several warehouses share one server.",
    )
    postgres_version: Literal["16", "18"] = Field(
        default="18", description="Which embedded server to start (16.14 or 18.4)."
    )
    postgres_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port of the embedded server; 0 picks a free one once.",
    )
    airflow_port: int = Field(
        default=0, ge=0, le=65535, description="Port of the Airflow UI; 0 picks a free one once."
    )
    airflow_parallelism: int = Field(
        default=3, ge=1, le=64, description="How many tasks the scheduler runs at once."
    )
    airflow_dsn: SecretStr | None = Field(
        default=None,
        description="Postgres of Airflow's own metadata. Unset: a database on the embedded server.",
    )
    inbox: str = Field(
        default="",
        description="Where senders leave files: a folder as file:///path, "
        "sftp://user@host:port/path, s3://bucket/prefix or another URL of fsspec. "
        "Unset: STATE/inbox.",
    )
    archive: str = Field(
        default="", description="Where bytes are kept, as a URL of fsspec. Unset: STATE/archive."
    )
    inbox_quiet_seconds: float = Field(
        default=5.0, ge=0, description="A file modified more recently than this is still growing."
    )
    inbox_conn_id: str = Field(
        default="",
        description="The Airflow connection with the credentials of an inbox at sftp:// or s3://. "
        "Read by the tasks of Airflow; the command line takes WAREHOUSE_INBOX_CONNECTION.",
    )
    inbox_connection: SecretStr | None = Field(
        default=None,
        description="The same credentials, in one line of JSON as Airflow writes a connection: "
        '{"login": "...", "password": "...", "extra": {"host_key": "ssh-ed25519 AAAA..."}}.',
    )
    feeds: Path | None = Field(
        default=None,
        description="A folder with contracts of feeds of your own, and with what is other in ours "
        "(docs/feeds.md). Unset: our feeds as they are.",
    )
    holidays: Path | None = Field(
        default=None,
        description="A CSV with the columns day (2027-02-05) and kind (off or work), and others: "
        "days off and days worked that are other than in our table (docs/calendar.md).",
    )
    late_delivery_seconds: float = Field(
        default=0.0,
        ge=0,
        description="A version of a dossier that loses to one that was listed before it, by more "
        "than this, is a finding (V07): the sender's clock may stand in the past.",
    )
    full_build_rows: int = Field(
        default=1_000_000,
        ge=0,
        description="A full build of more lines than this waits for the hours below, unless a "
        "person asks for it.",
    )
    full_build_hours: str = Field(
        default="",
        pattern=r"^(([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-4]))?$",
        description="Hours of the day, local time, in which such a build may begin: 22-5. Unset: "
        "any hour.",
    )
    hold_release_for: str = Field(
        default="",
        pattern=r"^(M[0-9]{2}(, ?M[0-9]{2})*)?$",
        description="Rules of the gate that are only noted with a release, and hold it here: "
        "M07, M08, M10 (docs/rules.md). Unset: none of them does.",
    )
    silent_holder_seconds: float = Field(
        default=300.0,
        ge=1,
        description="A process that others wait for and that has shown no sign of life for so long "
        "(stopped, hung, cut off) loses its session of the database, and its locks with it.",
    )
    reader_connections: int = Field(
        default=20,
        ge=1,
        description="How many connections one login of a reader may have at once.",
    )
    person_key: SecretStr | None = Field(
        default=None,
        description="Key of the person hash, 64 hex digits. Unset: STATE/secrets/person_key.",
    )
    person_key_variable: str = Field(
        default="",
        description="The Airflow variable that stands for WAREHOUSE_PERSON_KEY where that is "
        "unset, in the tasks of an Airflow of your own.",
    )
    max_file_bytes: int = Field(default=2 * 1024**3, gt=0, description="A larger file is refused.")
    max_dossier_bytes: int = Field(
        default=32 * 1024**2,
        gt=0,
        description="A dossier (HOSO) larger than this refuses its file.",
    )
    max_bundle_members: int = Field(
        default=10_000, gt=0, description="A .zip that holds more files is refused."
    )
    max_bundle_bytes: int = Field(
        default=4 * 1024**3,
        gt=0,
        description="A .zip whose claim files together are larger, unpacked, is refused.",
    )
    max_compression_ratio: int = Field(
        default=100,
        ge=2,
        description="A file packed tighter than this, to 1, is refused; the first 10 MiB are free.",
    )
    keep_archive_days: int = Field(
        default=0,
        ge=0,
        description="How long the archive keeps a file after loading, once none of its dossiers "
        "counts any more; in days, 0 = for ever. Files are legal records: mind the law first.",
    )
    keep_superseded_days: int = Field(
        default=0,
        ge=0,
        description="How long raw keeps the rows of a dossier version after a newer one replaced "
        "it; in days, 0 = for ever. The archive still has them.",
    )
    keep_replaced_days: int = Field(
        default=400,
        ge=0,
        description="How long a release can be rolled back or compared with; in days, 0 = for "
        "ever. The current one always can be rolled back.",
    )
    keep_check_results_days: int = Field(
        default=400, ge=0, description="How long results of rules are kept; in days, 0 = for ever."
    )
    keep_incident_days: int = Field(
        default=400,
        ge=0,
        description="How long incidents are kept after they are resolved; in days, 0 = for ever.",
    )
    keep_alert_days: int = Field(
        default=400,
        ge=0,
        description="How long alerts are kept after they are over; in days, 0 = for ever. The last "
        "of each cause always is.",
    )
    keep_log_days: int = Field(
        default=30, ge=0, description="How long logs of tasks are kept; in days, 0 = for ever."
    )
    keep_airflow_days: int = Field(
        default=90,
        ge=0,
        description="How long Airflow remembers runs and tasks; in days, 0 = for ever.",
    )
    diagnosis_names_file: Path | None = Field(
        default=None,
        description="A CSV in UTF-8 with the columns code and name_vi: names of diagnoses in "
        "Vietnamese, read by `warehouse migrate`. Unset: marts show the English ones, marked so.",
    )

    def model_post_init(self, _context: Any) -> None:
        self.state = self.state.expanduser().absolute()
        self.feeds = self.feeds.expanduser().absolute() if self.feeds else None
        self.holidays = self.holidays.expanduser().absolute() if self.holidays else None
        self.inbox = self.inbox or (self.state / "inbox").as_uri()
        self.archive = self.archive or (self.state / "archive").as_uri()

    @property
    def late_delivery_tolerance(self) -> timedelta:
        return timedelta(seconds=self.late_delivery_seconds)

    @property
    def secrets_dir(self) -> Path:
        return self.state / "secrets"

    @property
    def logs_dir(self) -> Path:
        return self.state / "logs"

    def as_environment(self) -> dict[str, str]:
        """The variables that give another process these same settings."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            f"WAREHOUSE_{name.upper()}": (
                value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            )
            for name, value in values.items()
            if value is not None
        }


def names_in_environment() -> list[str]:
    """Variables that begin as ours do, whether or not they are settings; sorted."""
    return sorted(name for name in os.environ if name.upper().startswith(PREFIX))


def inherited_environment() -> dict[str, str]:
    """The variables of this machine and person: all but warehouse and Airflow settings.

    Those come from `Settings` alone, so that a variable of another Airflow cannot slip in. What of
    these a process of ours gets: `child_environment.py`.
    """
    ours = ("WAREHOUSE_", "AIRFLOW_", "_AIRFLOW_")  # the last: what a task of Airflow is told
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    programs = str(Path(sys.executable).parent)
    return kept | {"PATH": f"{programs}:{kept.get('PATH', os.defpath)}"}


def state_folder() -> Path:
    """The folder of all state, as the environment names it."""
    return Path(os.environ.get("WAREHOUSE_STATE", DEFAULT_STATE)).expanduser()


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Read the environment once per process. Tests build `Settings(...)` themselves.

    Raises ConfigurationError that names each wrong setting, and shows its value unless secret.
    """
    state = state_folder()
    _require_folder(state)
    file = state / SETTINGS_FILE
    try:
        return Settings(_env_file=file)  # type: ignore[call-arg]
    except ValidationError as error:
        wrong = "; ".join(_told(one) for one in error.errors())
        raise ConfigurationError(
            f"{wrong}: correct or unset it, in the environment or in {file}"
        ) from None


def _require_folder(state: Path) -> None:
    try:
        if stat.S_ISDIR(state.stat().st_mode):
            return
        reason = "it is not a folder"
    except FileNotFoundError:  # `warehouse up` makes it
        return
    except OSError as error:
        reason = str(error.strerror)
    raise ConfigurationError(
        f"WAREHOUSE_STATE is {state}, which cannot be used ({reason}): name a folder of yours"
    )


def _told(wrong: ErrorDetails) -> str:
    field = str(wrong["loc"][0])
    is_secret = SecretStr in get_args(Settings.model_fields[field].annotation)
    value = "" if is_secret else f" is {wrong['input']!r}"
    return f"WAREHOUSE_{field.upper()}{value}: {wrong['msg']}"
