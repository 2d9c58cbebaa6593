"""Airflow's configuration, as a pure function from settings, secrets and port to variables.

Each line that hardens or departs from a default says why. Checked against Airflow 3.3.2.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL

from health_warehouse import loopback
from health_warehouse.child_environment import Child, settings_for
from health_warehouse.services.secret_files import ADMIN, AirflowSecrets, login_file
from health_warehouse.settings import DAGS_DIR, PROJECT_DIR, Settings


def airflow_home(settings: Settings) -> Path:
    return settings.state / "airflow"


def url(port: int) -> str:
    return f"http://{loopback.ADDRESS}:{port}"


def environment(
    settings: Settings,
    secrets: AirflowSecrets,
    metadata: URL,
    port: int,
    child: Child = Child.TASKS,
) -> dict[str, str]:
    """Every variable that a process of Airflow gets from us; tasks inherit those of the scheduler.

    `metadata` is the URL of Airflow's own database, `port` that of its API and UI.
    """
    sections = {
        "CORE": _core(settings, secrets, port),
        "DATABASE": _database(metadata),
        "LOGGING": _logging(settings),
        "API": _api(secrets, port),
        "API_AUTH": {"JWT_SECRET": secrets.jwt_secret, "JWT_ISSUER": "health-warehouse"},
        "SCHEDULER": {
            # A killed supervisor is noticed by its silence; 300 s would hold up a minute's feed.
            "TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            "CATCHUP_BY_DEFAULT": "False",
        },
        "DAG_PROCESSOR": {
            # Default 300 s: a new DAG file would stay unseen for five minutes.
            "REFRESH_INTERVAL": "10",
            "PARSING_PROCESSES": "1",
            "MIN_FILE_PROCESS_INTERVAL": "30",
        },
        "TRIGGERER": {"CAPACITY": "100"},
    }
    variables = {
        f"AIRFLOW__{section}__{option}": value
        for section, options in sections.items()
        for option, value in options.items()
    }
    return variables | _process(settings) | settings_for(child, settings)


def _core(settings: Settings, secrets: AirflowSecrets, port: int) -> dict[str, str]:
    return {
        "EXECUTOR": "LocalExecutor",
        # Default 32, and each waiting worker is a process of 140 MB.
        "PARALLELISM": str(settings.airflow_parallelism),
        "MAX_ACTIVE_TASKS_PER_DAG": str(settings.airflow_parallelism),
        "DAGS_FOLDER": str(DAGS_DIR),
        "PLUGINS_FOLDER": str(PROJECT_DIR / "plugins"),
        "LOAD_EXAMPLES": "False",
        "DAGS_ARE_PAUSED_AT_CREATION": "False",
        "FERNET_KEY": secrets.fernet_key,
        # The simple manager is for one machine: it answers on loopback only, and its password file
        # is written by us, 0600, before Airflow would write it 0644.
        "AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin",
        "SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(login_file(settings)),
        "TEST_CONNECTION": "Disabled",
        "HIDE_SENSITIVE_VAR_CONN_FIELDS": "True",
        "EXECUTION_API_SERVER_URL": f"{url(port)}/execution/",
        "HOSTNAME_CALLABLE": "socket.gethostname",  # the default asks the name server
        "DAGBAG_IMPORT_TIMEOUT": "60",
        "DAEMON_UMASK": "0o077",
    }


def _database(metadata: URL) -> dict[str, str]:
    return {
        "SQL_ALCHEMY_CONN": _render(metadata, "postgresql+psycopg2"),
        "SQL_ALCHEMY_CONN_ASYNC": _render(metadata, "postgresql+asyncpg"),
        "SQL_ALCHEMY_POOL_SIZE": "5",
    }


def _logging(settings: Settings) -> dict[str, str]:
    folder = settings.logs_dir / "airflow"
    return {
        "BASE_LOG_FOLDER": str(folder),
        "DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(folder / "dag_processor"),
        "LOGGING_LEVEL": "INFO",
        # Its import tells some 60 times which of its own functions it does not document.
        "NAMESPACE_LEVELS": "great_expectations=WARNING",
        "COLORED_CONSOLE_LOG": "False",
        # Task logs quote names of files and facilities: for the owner only (default 0775, 0664).
        "FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
        "FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
    }


def _api(secrets: AirflowSecrets, port: int) -> dict[str, str]:
    return {
        "HOST": loopback.ADDRESS,  # default 0.0.0.0
        "PORT": str(port),
        "BASE_URL": url(port),
        "WORKERS": "1",
        "SECRET_KEY": secrets.secret_key,
        "EXPOSE_CONFIG": "False",
        "EXPOSE_STACKTRACE": "False",
        "INSTANCE_NAME": "Health data warehouse",
    }


def _process(settings: Settings) -> dict[str, str]:
    return {
        "AIRFLOW_HOME": str(airflow_home(settings)),
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        # Nothing calls out.
        "DO_NOT_TRACK": "1",
        "SCARF_ANALYTICS": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "GX_ANALYTICS_ENABLED": "false",
        "ASTRONOMER_COSMOS_TELEMETRY": "false",
    }


def _render(metadata: URL, driver: str) -> str:
    return metadata.set(drivername=driver).render_as_string(hide_password=False)
