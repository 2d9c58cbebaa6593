from pathlib import Path

import pytest
from pydantic import SecretStr

from health_warehouse.alert_settings import AlertSettings
from health_warehouse.settings import PROJECT_DIR, Settings, get_settings, inherited_environment

EXAMPLE = PROJECT_DIR / ".env.example"


def _example() -> dict[str, str]:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assignments = (line.removeprefix("#") for line in lines if line.startswith("#WAREHOUSE_"))
    return dict(line.split("=", 1) for line in assignments)


def test_example_names_every_setting_in_order() -> None:
    names = sorted(Settings.model_fields, key=lambda name: name in AlertSettings.model_fields)
    expected = [f"WAREHOUSE_{name.upper()}" for name in names]
    assert list(_example()) == expected, f"bring {EXAMPLE.name} in step with settings.py"


def test_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in _example():
        monkeypatch.delenv(name, raising=False)
    defaults = Settings(state=tmp_path)
    for name, shown in _example().items():
        if name == "WAREHOUSE_STATE":
            continue
        if shown:
            monkeypatch.setenv(name, shown)
    assert Settings(state=tmp_path) == defaults


def test_every_setting_is_explained_in_the_example() -> None:
    text = " ".join(EXAMPLE.read_text(encoding="utf-8").replace("# ", "").split())
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no description"
        assert " ".join(field.description.split()) in text, f"{name}: see settings.py"


def test_settings_survive_the_way_through_an_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(
        state=tmp_path, dsn=SecretStr("postgresql://o:p@h/d"), role_prefix="x_", max_file_bytes=5
    )
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


def test_variables_of_another_airflow_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_HOME", "/elsewhere")
    monkeypatch.setenv("WAREHOUSE_DSN", "postgresql://elsewhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    inherited = inherited_environment()
    assert not [name for name in inherited if name.startswith(("AIRFLOW", "WAREHOUSE"))]
    assert inherited["HTTPS_PROXY"] == "http://proxy"


def test_a_file_in_the_state_folder_gives_settings_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "warehouse.env").write_text(
        "WAREHOUSE_ROLE_PREFIX=file_\nWAREHOUSE_POSTGRES_PORT=5000\n"
    )
    monkeypatch.setenv("WAREHOUSE_STATE", str(tmp_path))
    monkeypatch.setenv("WAREHOUSE_POSTGRES_PORT", "6000")
    get_settings.cache_clear()
    try:
        settings = get_settings()
    finally:
        get_settings.cache_clear()
    assert (settings.role_prefix, settings.postgres_port) == ("file_", 6000)
