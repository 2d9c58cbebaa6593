"""The roles of persons in Airflow, for the auth manager FAB: viewer, operator, approver, admin.

| Role | May |
|---|---|
| viewer | see DAGs, runs, logs and assets |
| operator | and run, clear and pause every DAG but those that change what readers see |
| approver | and run, clear and pause the DAGs that change what readers see; answer approvals |
| admin | all of it, and manage logins, connections, variables and pools |

Operator and approver are two hands on purpose: who mends a delivery need not be who lets figures
out. A person may hold both. Which DAGs are whose is read from their tag `impact/readers`.

FAB lets nobody change a DAG by one permission alone: a run is started by whoever may create `DAG
Runs` and edit `DAG:<dag_id>`, a task cleared by whoever may edit `Task Instances`, `DAG Runs` and
`DAG:<dag_id>`. So the sets below give the general ones, and the DAG decides.

FAB keeps roles of its own beside these (Public, Viewer, User, Op, Admin); nobody needs them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from health_warehouse.errors import ConfigurationError
from health_warehouse.orchestration.tags import Tag

if TYPE_CHECKING:
    from pathlib import Path

Permission = tuple[str, str]  # action and resource, as FAB names them

VIEWER, OPERATOR, APPROVER, ADMIN = "viewer", "operator", "approver", "admin"

_READ: frozenset[Permission] = frozenset(
    ("can_read", resource)
    for resource in (
        "DAGs", "DAG Dependencies", "DAG Code", "DAG Runs", "DAG Versions", "DAG Warnings",
        "Assets", "Asset Aliases", "Backfills", "Cluster Activity", "HITL Detail", "ImportError",
        "Jobs", "My Password", "My Profile", "Pools", "Task Instances", "Task Logs", "Website",
        "XComs",
    )
)  # fmt: skip
_MENUS: frozenset[Permission] = frozenset(
    ("menu_access", resource)
    for resource in (
        "Browse", "DAGs", "DAG Dependencies", "DAG Runs", "Assets", "Cluster Activity",
        "Documentation", "Docs", "Jobs", "Task Instances",
    )
)  # fmt: skip
_OWN_LOGIN: frozenset[Permission] = frozenset(
    {("can_edit", "My Password"), ("can_edit", "My Profile")}
)
_RUN: frozenset[Permission] = frozenset(
    {
        ("can_create", "DAG Runs"),
        ("can_edit", "DAG Runs"),
        ("can_create", "Task Instances"),
        ("can_edit", "Task Instances"),
    }
)
_APPROVE: frozenset[Permission] = frozenset(
    {("can_edit", "HITL Detail"), ("menu_access", "HITL Detail")}
)


@dataclass(frozen=True)
class DagTags:
    """A DAG as far as roles care."""

    dag_id: str
    tags: frozenset[str]

    @property
    def changes_what_readers_see(self) -> bool:
        return Tag.IMPACT_READERS.value in self.tags


def permissions(dags: Iterable[DagTags]) -> dict[str, frozenset[Permission]]:
    """What viewer, operator and approver may do, given the DAGs; pure."""
    see = _READ | _MENUS | _OWN_LOGIN
    known = list(dags)
    release = {_edit(dag) for dag in known if dag.changes_what_readers_see}
    other = {_edit(dag) for dag in known if not dag.changes_what_readers_see}
    return {
        VIEWER: see,
        OPERATOR: see | _RUN | other,
        APPROVER: see | _RUN | _APPROVE | release,
    }


def _edit(dag: DagTags) -> Permission:
    return ("can_edit", f"DAG:{dag.dag_id}")


def read_dags(folder: Path) -> list[DagTags]:
    """The DAGs of the files in `folder`. Raises ConfigurationError when one does not load."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(folder)
    if bag.import_errors or not bag.dags:
        raise ConfigurationError(f"DAG files in {folder} do not load: {dict(bag.import_errors)}")
    return [DagTags(dag_id, frozenset(dag.tags)) for dag_id, dag in sorted(bag.dags.items())]


def make_roles(dags: Iterable[DagTags]) -> dict[str, int]:
    """Make Airflow's four roles exactly what they should be; returns changes per role.

    Logins keep their roles. Permissions that somebody added to one of the four by hand go, so that
    the page above stays true; a role of another name is left alone. Safe to call at any time.
    Raises ConfigurationError when Airflow's auth manager is not FAB.
    """
    wanted = permissions(dags)
    with _fab() as builder:
        security = builder.sm
        built_in = security.find_role("Admin")  # FAB gives it all that there is, at each start
        wanted[ADMIN] = frozenset(map(_pair, built_in.permissions))
        return {name: _make(security, name, wanted[name]) for name in wanted}


def make_first_admin(login: str, password: str) -> bool:
    """Make a login with the role admin, unless one has that role already; True when made.

    Raises ConfigurationError when FAB refuses, for example because the login is taken.
    """
    with _fab() as builder:
        security = builder.sm
        role = security.find_role(ADMIN)
        if role is None:
            raise ConfigurationError("there is no role admin yet: make the roles first")
        if any(role in user.roles for user in security.get_all_users()):
            return False
        # FAB wants names and an address that no other login has; nothing is sent to it.
        made = security.add_user(
            login, "First", "Admin", f"{login}@localhost", role, password=password
        )
        if not made:
            raise ConfigurationError(f"Airflow refused the login {login}; is the name taken?")
        return True


def _make(security: Any, name: str, wanted: frozenset[Permission]) -> int:
    role = security.add_role(name)
    held = {_pair(permission): permission for permission in role.permissions}
    for action, resource in sorted(wanted - held.keys()):
        security.add_permission_to_role(role, security.create_permission(action, resource))
    surplus = held.keys() - wanted
    for pair in surplus:
        security.remove_permission_from_role(role, held[pair])
    return len(wanted - held.keys()) + len(surplus)


def _pair(permission: Any) -> Permission:
    return (permission.action.name, permission.resource.name)


def _fab() -> Any:
    """FAB's way into its own tables, as its command line takes it."""
    from airflow.configuration import conf

    manager = conf.get("core", "auth_manager")
    if not manager.endswith(".FabAuthManager"):
        raise ConfigurationError(
            f"roles are of the auth manager FAB, and this Airflow has {manager}; "
            "see docs/operations/containers.md"
        )
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    return get_application_builder()
