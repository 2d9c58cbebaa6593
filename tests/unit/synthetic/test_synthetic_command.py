"""`warehouse synth` as a person calls it."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from health_warehouse.commands import synth
from health_warehouse.errors import ConfigurationError


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)  # keeps `synth` a sub-command, as in the real application
    synth.register(app)
    return app


def _arguments(out: Path, *more: str) -> list[str]:
    sizes = ["--facilities", "2", "--days", "2", "--dossiers", "20", "--seed", "7"]
    return ["synth", str(out), *sizes, *more]


def test_province_is_written_and_told(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, _arguments(tmp_path, "--start", "2025-03-03"))
    assert result.exit_code == 0, result.output
    assert list(tmp_path.glob("96001/96001_20250303_1.xml"))
    assert "labels.csv" in result.stdout


def test_dry_run_names_the_facilities_and_writes_nothing(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, _arguments(tmp_path / "new", "--dry-run"))
    assert result.exit_code == 0
    assert "95002" in result.stdout
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("wrong", [("--defects", "1.5"), ("--facilities", "0")])
def test_impossible_numbers_are_usage_errors(
    app: typer.Typer, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    assert CliRunner().invoke(app, _arguments(tmp_path, *wrong)).exit_code == 2


def test_folder_of_another_province_is_an_error_that_says_what_to_do(
    app: typer.Typer, tmp_path: Path
) -> None:
    CliRunner().invoke(app, _arguments(tmp_path))
    result = CliRunner().invoke(app, _arguments(tmp_path, "--defects", "0.5"))
    assert isinstance(result.exception, ConfigurationError)
    assert "choose an empty folder" in str(result.exception)


def test_lists_of_the_other_feeds_come_with_claims_when_asked_for(
    app: typer.Typer, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, _arguments(tmp_path, "--lists"))
    assert result.exit_code == 0, result.output
    assert list(tmp_path.glob("workforce/nhan_luc_96001_*"))
    assert (tmp_path / "truth.json").exists()
    assert "facility_registry 3" in result.stdout


def test_a_published_world_has_its_own_size(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, _arguments(tmp_path, "--world", "dien_bien", "--dry-run"))
    assert result.exit_code == 0
    assert "11001" in result.stdout


def test_an_unknown_world_is_an_error_that_names_the_known(
    app: typer.Typer, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, _arguments(tmp_path, "--world", "ha_noi"))
    assert isinstance(result.exception, ConfigurationError)
    assert "dien_bien" in str(result.exception)
