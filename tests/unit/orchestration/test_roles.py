"""Who may do what in Airflow's UI. That FAB enforces it is shown by tests/deployment."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from health_warehouse.cli import app
from health_warehouse.errors import ConfigurationError
from health_warehouse.orchestration.roles import (
    APPROVER,
    OPERATOR,
    VIEWER,
    DagTags,
    make_roles,
    permissions,
)
from parsed_dags import parse

UPKEEP = DagTags("maintain_warehouse", frozenset({"impact/upkeep"}))
RELEASE = DagTags("build_release", frozenset({"impact/readers", "layer/marts"}))


def test_viewer_changes_nothing_but_the_own_login() -> None:
    changes = {pair for pair in permissions([UPKEEP, RELEASE])[VIEWER] if _is_change(pair)}
    assert changes == {("can_edit", "My Password"), ("can_edit", "My Profile")}


def test_operator_and_approver_share_no_dag() -> None:
    found = permissions([UPKEEP, RELEASE])
    dags = {role: {p for p in found[role] if p[1].startswith("DAG:")} for role in found}
    assert dags == {
        VIEWER: set(),
        OPERATOR: {("can_edit", "DAG:maintain_warehouse")},
        APPROVER: {("can_edit", "DAG:build_release")},
    }


def test_nobody_but_admin_changes_every_dag_or_manages_logins() -> None:
    for role, pairs in permissions([UPKEEP, RELEASE]).items():
        assert ("can_edit", "DAGs") not in pairs, role
        assert not {p for p in pairs if p[1] in ("Users", "Roles", "Connections", "Variables")}


def test_only_an_approver_answers_approvals() -> None:
    found = permissions([UPKEEP, RELEASE])
    assert {role for role in found if ("can_edit", "HITL Detail") in found[role]} == {APPROVER}


def test_every_dag_of_the_project_is_somebodys() -> None:
    dags = [DagTags(dag.dag_id, frozenset(dag.tags)) for dag in parse().dags]
    found = permissions(dags)
    both = found[OPERATOR] | found[APPROVER]
    assert {f"DAG:{dag.dag_id}" for dag in dags} == {p[1] for p in both if p[1].startswith("DAG:")}
    assert ("can_edit", "DAG:build_release") in found[APPROVER]


def test_without_fab_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__AUTH_MANAGER", "somewhere.SimpleAuthManager")
    with pytest.raises(ConfigurationError, match="FAB"):
        make_roles([UPKEEP])


def test_first_admin_needs_a_password_that_is_not_guessed() -> None:
    tried = CliRunner().invoke(app, ["airflow-roles", "--first-admin", "admin"], input="short\n")
    assert tried.exit_code == 2
    assert "at least 12 characters" in tried.output


def _is_change(pair: tuple[str, str]) -> bool:
    return pair[0] not in ("can_read", "menu_access")
