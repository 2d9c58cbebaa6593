"""The Dockerfile, by hadolint and by rules of our own. The message of each failure is the fix."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from compose_file import SERVICES
from parsed_dags import PROJECT

TEXT = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
LINES = [
    line
    for line in TEXT.replace("\\\n", " ").splitlines()
    if line.strip() and not line.startswith("#")
]
STAGES = {"debian", "environment", "warehouse"}


def test_hadolint_finds_nothing() -> None:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [program, "--no-color", PROJECT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_base_and_it_is_pinned() -> None:
    bases = [line.split()[1] for line in LINES if line.startswith("FROM ")]
    assert {base for base in bases if base not in STAGES} == {"debian:12.12-slim"}
    assert f'image.base.name="docker.io/library/{bases[0]}"' in TEXT


def test_the_image_ends_as_a_user_that_is_not_root() -> None:
    users = [line.split()[1] for line in LINES if line.startswith("USER ")]
    assert users
    assert users[-1] == SERVICES["worker"]["user"] == "10001:10001"


def test_nothing_is_fetched_by_the_build_but_packages() -> None:
    fetched = [line for line in LINES if re.search(r"^ADD |\b(curl|wget|git clone)\b", line)]
    assert not fetched, f"put it into a lock with a hash, or COPY it: {fetched}"
    installs = [line for line in LINES if re.search(r"\bpip install\b", line)]
    assert installs
    for line in installs:
        assert "--require-hashes" in line or "--no-deps" in line, f"without hashes: {line}"


def test_no_secret_goes_into_the_image() -> None:
    named = [line for line in LINES if re.search(r"(ENV|ARG) .*(PASSWORD|SECRET|TOKEN|KEY)", line)]
    assert not named, f"secrets come when it runs: {named}"
    copied = [line for line in LINES if re.match(r"COPY (?!--from)", line)]
    assert not [line for line in copied if re.match(r"COPY \.", line)], "copy by name, not all"


def test_only_what_is_copied_goes_to_the_builder() -> None:
    lines = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*", "exclude everything first"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        source
        for line in LINES
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }
    assert copied, "there is something to compare"
    assert {source for source in copied if not source.startswith("requirements/")} | {
        "requirements"
    } == let_in
    assert all((PROJECT / source).exists() for source in copied)


def test_the_versions_are_those_of_the_project() -> None:
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', project, flags=re.MULTILINE)
    assert version
    assert f'image.version="{version[1]}"' in TEXT
    ours = {one["image"] for one in SERVICES.values() if one.get("build")}
    assert ours == {f"health-warehouse:{version[1]}"}


def test_scripts_of_the_containers_stop_at_the_first_error() -> None:
    scripts = sorted((PROJECT / "deploy").rglob("*.sh"))
    assert len(scripts) == 2
    for script in scripts:
        assert "set -euo pipefail" in script.read_text(encoding="utf-8")
        assert script.stat().st_mode & 0o111, f"chmod +x {script.name}"
        subprocess.run(["bash", "-n", script], check=True)
