"""deploy/helm, read as data: it says the same as docker-compose.yml, and holds no secret.

The chart's own schema is on no package registry, so the keys below are those of its page of
parameters (1.22.0), written down here: a misspelt key is a key that is not among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from compose_file import SERVICES, interpolated
from parsed_dags import PROJECT

TEXT = (PROJECT / "deploy/helm/values.yaml").read_text(encoding="utf-8")
VALUES: dict[str, Any] = yaml.safe_load(TEXT)
ALERTS: dict[str, Any] = yaml.safe_load(
    (PROJECT / "deploy/helm/alerts.yaml").read_text(encoding="utf-8")
)
GUIDE = (PROJECT / "docs/operations/containers.md").read_text(encoding="utf-8")
TOP_KEYS = {
    "airflowVersion", "defaultAirflowRepository", "defaultAirflowTag", "images", "uid", "gid",
    "airflowHome", "securityContexts", "executor", "allowPodLaunching", "postgresql", "data",
    "redis", "fernetKeySecretName", "apiSecretKeySecretName", "jwtSecretName", "env", "volumes",
    "volumeMounts", "logs", "dags", "scheduler", "dagProcessor", "triggerer", "apiServer",
    "workers", "migrateDatabaseJob", "createUserJob", "statsd", "flower", "pgbouncer", "ingress",
    "networkPolicies",
}  # fmt: skip
COMPONENT_KEYS = {
    "enabled", "replicas", "args", "livenessProbe", "startupProbe", "logGroomerSidecar",
    "waitForMigrations", "persistence", "resources", "env", "extraVolumes", "extraVolumeMounts",
    "terminationGracePeriodSeconds",
}  # fmt: skip
PROBE_KEYS = {"enabled", "command", "timeoutSeconds", "periodSeconds", "failureThreshold"}
COMPONENTS: dict[str, dict[str, Any]] = {
    "scheduler": VALUES["scheduler"],
    "dag-processor": VALUES["dagProcessor"],
    "triggerer": VALUES["triggerer"],
    "api-server": VALUES["apiServer"],
    "worker": VALUES["workers"]["celery"],
    "migrate": VALUES["migrateDatabaseJob"],
}

every_component = pytest.mark.parametrize("name", COMPONENTS)


def test_keys_are_known() -> None:
    assert VALUES.keys() <= TOP_KEYS
    for name, component in COMPONENTS.items():
        assert component.keys() <= COMPONENT_KEYS, name
        for probe in ("livenessProbe", "startupProbe"):
            assert component.get(probe, {}).keys() <= PROBE_KEYS, name


def test_image_and_executor_are_those_of_compose() -> None:
    version = SERVICES["worker"]["image"].rpartition(":")[2]
    assert VALUES["defaultAirflowTag"] == version
    assert _alerts()["image"] == f"{VALUES['defaultAirflowRepository']}:{version}"
    assert f"apache-airflow=={VALUES['airflowVersion']} " in _lock()
    redis = VALUES["images"]["redis"]
    assert f"{redis['repository']}:{redis['tag']}" == SERVICES["redis"]["image"]
    assert VALUES["executor"] == SERVICES["worker"]["environment"]["AIRFLOW__CORE__EXECUTOR"]
    assert f"{VALUES['uid']}:{VALUES['gid']}" == SERVICES["worker"]["user"]


@every_component
def test_a_component_runs_what_compose_runs(name: str) -> None:
    assert COMPONENTS[name]["args"] == SERVICES[name]["command"]
    limits = COMPONENTS[name]["resources"]
    assert {"cpu", "memory"} <= limits["requests"].keys()
    assert "memory" in limits["limits"]


@pytest.mark.parametrize("name", ["dag-processor", "triggerer", "worker"])
def test_a_component_is_asked_for_its_health_as_by_compose(name: str) -> None:
    asked = [interpolated(word, {}) for word in SERVICES[name]["healthcheck"]["test"][1:]]
    assert COMPONENTS[name]["livenessProbe"]["command"] == asked


def test_variables_have_the_values_of_compose() -> None:
    in_compose = {
        variable: interpolated(value, {})
        for name in ("api-server", "worker")
        for variable, value in SERVICES[name]["environment"].items()
        if ":?" not in value
    }
    variables = {one["name"]: one["value"] for one in VALUES["env"]}
    assert {name: in_compose.get(name) for name in variables} == variables


def test_secrets_are_named_and_not_written() -> None:
    assert not re.search(r"(?i)(password|pass|secret|key|dsn|connection): *\S", _without_names())
    named = set(_secret_names(VALUES)) | set(_secret_names(ALERTS))
    assert len(named) > 8
    missing = {name for name in named if f"create secret generic {name} " not in GUIDE}
    assert not missing, f"docs/operations/containers.md: say how to make {missing}"


def test_claims_are_named_in_the_guide() -> None:
    claims = set(re.findall(r"claimName: ([\w-]+)", TEXT))
    assert claims == {"warehouse-state", "warehouse-logs"}
    assert all(f"name: {claim}" in GUIDE for claim in claims)


def test_no_container_has_more_rights_than_it_needs() -> None:
    pod, container = VALUES["securityContexts"]["pod"], VALUES["securityContexts"]["containers"]
    assert pod["runAsNonRoot"] is True
    assert container == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert ALERTS["spec"]["template"]["spec"]["securityContext"] == pod
    assert _alerts()["securityContext"] == container


def test_alert_sender_is_that_of_compose() -> None:
    assert _alerts()["args"] == SERVICES["alerts"]["command"]
    probe = _alerts()["livenessProbe"]["exec"]["command"]
    # Compose shows health, Kubernetes restarts by it: not for messages that do not get through.
    assert probe == [*SERVICES["alerts"]["healthcheck"]["test"][1:], "--alive"]


def _alerts() -> dict[str, Any]:
    [container] = ALERTS["spec"]["template"]["spec"]["containers"]
    return dict(container)


def _lock() -> str:
    return (PROJECT / "requirements/containers.txt").read_text(encoding="utf-8")


def _without_names() -> str:
    """The text without the lines that name a Secret, or a variable that says no secret."""
    kept = [
        line.partition("#")[0]
        for line in TEXT.splitlines()
        if not re.search(r"SecretName: |secretKeyRef: |\{name: AIRFLOW__", line)
    ]
    return "\n".join(kept)


def _secret_names(node: Any) -> Iterator[str]:
    """Every Secret that a value names, by the ways of the chart and of Kubernetes."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key.endswith("SecretName"):
                yield value
            elif key in ("secretKeyRef", "secretRef"):
                yield value["name"]
            else:
                yield from _secret_names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _secret_names(value)
