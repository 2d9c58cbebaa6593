"""`warehouse readers` and `warehouse scopes`: a login gets its rows and loses them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from health_warehouse import settings as settings_module
from health_warehouse.cli import app
from health_warehouse.database.connections import engine, forget_reader_password
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

# The department's own readers, who see the whole province from the start.
OWN = [("bi_reader", None, None), ("hiv_reader", None, None), ("report_reader", None, None)]


@pytest.fixture(autouse=True)
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands work in the warehouse of the test."""
    settings_module.get_settings.cache_clear()
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    yield
    CliRunner().invoke(app, ["readers", "drop", "hospital"])
    settings_module.get_settings.cache_clear()


def ran(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def held() -> list[tuple[str, str | None, str | None]]:
    return [
        (one["role_name"], one["facility_id"], one["province_code"])
        for one in ran("scopes", "list")
    ]


def test_in_a_new_warehouse_the_departments_readers_see_everything() -> None:
    assert held() == OWN
    # logins are of the server, and so may be another test's
    own = [one for one in ran("readers", "list") if one["is_built_in"]]
    assert [(one["name"], one["sees_hiv"]) for one in own] == [
        ("bi_reader", False),
        ("facility_hiv_reader", True),
        ("facility_reader", False),
        ("hiv_reader", True),
        ("report_reader", False),
    ]


def test_a_hospital_gets_its_login_and_its_scopes_and_loses_them(settings: Settings) -> None:
    made = ran("readers", "create", "hospital")
    assert made["dsn"].startswith("postgresql://hospital:")
    with engine(settings, "hospital").connect() as connection:
        found = connection.exec_driver_sql(
            "select current_user::text, current_setting('default_transaction_isolation')"
        ).one()
    assert tuple(found) == ("hospital", "repeatable read")
    ran("scopes", "grant", "hospital", "--facility", "96001", "--facility", "96002", "--by", "Lan")
    ran("scopes", "grant", "hospital", "--province", "96", "--reason", "agreement")
    ran("scopes", "revoke", "hospital", "--facility", "96002", "--by", "Minh")
    assert set(held()) - set(OWN) == {
        ("hospital", "96001", None),
        ("hospital", None, "96"),
    }
    ended = [one for one in ran("scopes", "list", "hospital", "--ended") if one["revoked_by"]]
    assert [(one["facility_id"], one["revoked_by"]) for one in ended] == [("96002", "Minh")]
    ran("readers", "drop", "hospital", "--by", "Minh")
    assert held() == OWN
    with pytest.raises(ConfigurationError, match="there is no role hospital"):
        engine(settings, "hospital")


@pytest.mark.parametrize("name", ["Hospital", "1st", "loader", "a", "x; drop role y"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    done = CliRunner().invoke(app, ["readers", "create", name])
    assert isinstance(done.exception, ConfigurationError)
    assert "cannot be the name of a reader" in str(done.exception)


def test_a_list_that_goes_through_a_pipe_cuts_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran("readers", "create", "hospital")
    reason = "agreement 12/2026 with the provincial general hospital and its three branches"
    ran("scopes", "grant", "hospital", "--facility", "96001", "--by", "Lan", "--reason", reason)
    (row,) = CliRunner().invoke(app, ["scopes", "list", "hospital"]).stdout.splitlines()[1:]
    assert row.startswith("hospital  facility 96001  ")
    assert row.endswith(reason)


def test_a_scope_must_be_said() -> None:
    done = CliRunner().invoke(app, ["scopes", "grant", "bi_reader"])
    assert done.exit_code == 2
    assert "--all" in done.output


def test_the_built_in_reader_sees_all_or_nothing_and_is_not_dropped() -> None:
    ran("scopes", "revoke", "bi_reader", "--all")
    assert held() == OWN[1:]
    for refused in (["scopes", "grant", "bi_reader", "--province", "96"],
                    ["readers", "drop", "bi_reader"]):  # fmt: skip
        done = CliRunner().invoke(app, refused)
        assert isinstance(done.exception, ConfigurationError)
    assert held() == OWN[1:]


def test_a_rotated_login_keeps_its_scopes_and_loses_its_old_password_and_sessions() -> None:
    old = ran("readers", "create", "hospital")["dsn"]
    ran("scopes", "grant", "hospital", "--facility", "96001")
    before, known = ran("scopes", "list"), ran("readers", "list")
    with psycopg.connect(old) as session:
        assert session.execute("select current_user::text").fetchone() == ("hospital",)
        new = ran("readers", "rotate", "hospital")["dsn"]
        with pytest.raises(psycopg.OperationalError):
            session.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(old)
    assert ran("dsn", "--role", "hospital")["dsn"] == new
    with psycopg.connect(new) as session:
        assert session.execute("select current_user::text").fetchone() == ("hospital",)
    assert (ran("scopes", "list"), ran("readers", "list")) == (before, known)


def test_a_login_that_we_did_not_make_is_not_rotated(settings: Settings) -> None:
    built_in = CliRunner().invoke(app, ["readers", "rotate", "bi_reader"])
    assert "a role of the warehouse itself" in str(built_in.exception)
    ran("readers", "create", "hospital")
    forget_reader_password(settings, "hospital")
    foreign = CliRunner().invoke(app, ["readers", "rotate", "hospital"])
    assert "who made it changes its password" in str(foreign.exception)
