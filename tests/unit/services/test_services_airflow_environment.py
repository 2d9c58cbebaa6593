from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr
from sqlalchemy import make_url

from health_warehouse.services.airflow_environment import environment
from health_warehouse.services.secret_files import AirflowSecrets
from health_warehouse.settings import Settings

SECRETS = AirflowSecrets("fernet", "jwt", "secret", "metadata-password", "admin-password")


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    settings = Settings(state=tmp_path, airflow_parallelism=5)
    metadata = make_url("postgresql://airflow:p%40ss@127.0.0.1:5/airflow")
    return environment(settings, SECRETS, metadata, 8123)


def test_configuration_is_hardened(variables: dict[str, str]) -> None:
    expected = {
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__EXPOSE_CONFIG": "False",
        "AIRFLOW__API__EXPOSE_STACKTRACE": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__TEST_CONNECTION": "Disabled",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__FERNET_KEY": SECRETS.fernet_key,
        "AIRFLOW__API_AUTH__JWT_SECRET": SECRETS.jwt_secret,
        "AIRFLOW__API__SECRET_KEY": SECRETS.secret_key,
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
    }
    assert {name: variables.get(name) for name in expected} == expected


def test_tasks_get_no_password_of_the_mail_server(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, alert_smtp_password=SecretStr("hush"))
    metadata = make_url("postgresql://airflow@127.0.0.1:5/airflow")
    assert "hush" not in environment(settings, SECRETS, metadata, 8123).values()


def test_nothing_calls_out(variables: dict[str, str]) -> None:
    assert variables["DO_NOT_TRACK"] == "1"
    assert variables["SCARF_ANALYTICS"] == "false"
    assert variables["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert variables["GX_ANALYTICS_ENABLED"] == "false"


def test_everything_that_airflow_writes_lies_in_the_state_folder(
    variables: dict[str, str], tmp_path: Path
) -> None:
    for name in (
        "AIRFLOW_HOME",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER",
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE",
    ):
        assert Path(variables[name]).is_relative_to(tmp_path), name


def test_port_and_parallelism_come_from_us(variables: dict[str, str]) -> None:
    assert variables["AIRFLOW__API__PORT"] == "8123"
    assert (
        variables["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"
    )
    assert variables["AIRFLOW__CORE__PARALLELISM"] == "5"


def test_metadata_password_is_written_so_that_both_drivers_read_it(
    variables: dict[str, str],
) -> None:
    for option, driver in (("CONN", "psycopg2"), ("CONN_ASYNC", "asyncpg")):
        url = make_url(variables[f"AIRFLOW__DATABASE__SQL_ALCHEMY_{option}"])
        assert (url.drivername, url.password) == (f"postgresql+{driver}", "p@ss")


def test_tasks_see_the_settings_of_the_warehouse(
    variables: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        if name.startswith("WAREHOUSE_"):
            monkeypatch.setenv(name, value)
    assert Settings() == Settings(state=tmp_path, airflow_parallelism=5)


def test_every_option_exists_in_this_airflow(variables: dict[str, str]) -> None:
    """A misspelt option is ignored by Airflow without a word."""
    package = find_spec("airflow")
    assert package is not None
    [folder] = package.submodule_search_locations or []
    sections = yaml.safe_load(Path(folder, "config_templates", "config.yml").read_text())
    ours = {name.removeprefix("AIRFLOW__") for name in variables if name.startswith("AIRFLOW__")}
    known = {
        f"{section}__{option}".upper()
        for section, description in sections.items()
        for option in description["options"]
    }
    assert ours
    assert ours <= known
