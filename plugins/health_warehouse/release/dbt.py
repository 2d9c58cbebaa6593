"""dbt in this process: where the project is, what it is given, what it answers.

Nothing is written into the project: dbt works in a folder of STATE/dbt/work. It writes its manifest
in place, so a dbt that is killed leaves half of one there; what others read is STATE/dbt/target,
where the manifest of a dbt that came to its end is put whole. What dbt says goes to this module's
logger, and so into the log of the task that runs it. Telemetry is off.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any

import yaml
from pydantic import SecretStr

from health_warehouse.database import connections
from health_warehouse.database.connections import role_url, session_name
from health_warehouse.errors import BuildFailed
from health_warehouse.marts.contracts import AUDIENCE
from health_warehouse.marts.manifest import SCOPE_SCHEMA, own_scope
from health_warehouse.release.dbt_sessions import sessions_kept
from health_warehouse.settings import PROJECT_DIR, Settings

log = logging.getLogger(__name__)

DBT_PROJECT_DIR = PROJECT_DIR / "dbt_project"
_MIGRATIONS_DIR = Path(connections.__file__).parent / "migrations"
_LEVELS = {"info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
_LASTING = ("replaced_by_key", "refilled", "view", "seed")
EXPOSURES = "exposures.yml"  # says who reads the marts, and nothing of what they hold
_HASHED_SUFFIXES = {".sql", ".yml", ".csv"}
# From here on Postgres quotes values of a row, which may hold quotes and ends of lines themselves.
_VALUES_BEGIN = re.compile(r"^\s*(DETAIL|CONTEXT|HINT|LINE \d+):[\s\S]*", re.MULTILINE)
_OBJECT = re.compile(
    r"\b(relation|constraint|column|table|index|schema|role|type|function|sequence|model)"
    r' "([a-z_][a-z0-9_.]{0,62})"'
)
_QUOTED = re.compile(r'"[\s\S]*"')
_QUOTED_AT_END = re.compile(r': "[^"\n]*"')
_OF_DATABASE = "Database Error"
_OLD_AFTER_SECONDS = 24 * 3600


@dataclass(frozen=True)
class NodeRun:
    """What dbt did with one model, seed or test. `row_count` is None when it wrote no rows."""

    name: str
    kind: str
    layer: str
    status: str
    seconds: float
    row_count: int | None
    message: str | None

    @property
    def is_failed(self) -> bool:
        return self.status in ("error", "fail", "runtime error")


def parse(settings: Settings, *options: str) -> Any:
    """Parse the project and keep its manifest for those who read it; returns what `invoke` takes.

    Raises BuildFailed when the project does not parse.
    """
    manifest = _run(settings, ["parse", *options])
    keep_manifest(settings)
    _drop_old_work(settings)
    return manifest


def invoke(
    settings: Settings,
    arguments: Sequence[str],
    build_id: int = 0,
    *,
    is_increment: bool = False,
    parsed: Any = None,
    progress: Callable[[str], None] | None = None,
) -> list[NodeRun]:
    """Run one dbt command, e.g. `["build", "--select", "…"]`; returns what it did, in order.

    `is_increment`: over what changed since the release, also in a full build.
    `parsed` by `parse`, else dbt does it; artifacts are not written, for they are slow to write.
    `progress` is told each model and test as it begins: "12 of 40: test unique_…".

    A failed node is in the answer, not an exception. Raises BuildFailed when dbt itself could not
    work (a project that does not parse, no connection).
    """
    command = [*arguments, "--no-write-json"]
    result = _run(settings, command, build_id, parsed, progress, is_increment=is_increment)
    return [_node_run(one) for one in getattr(result, "results", ())]


def document(settings: Settings, role: str) -> Path:
    """Have dbt describe what readers see, by a reader's login; returns the folder of its files.

    Raises BuildFailed when dbt could not do it.
    """
    folder = _folder(settings) / "docs"
    target = ["--target", "readers"]
    parse_anew = ["parse", "--no-partial-parse", *target]
    parsed = _run(settings, parse_anew, role=role, target_path=folder)
    _leave_out_audience(folder / "manifest.json")
    command = ["docs", "generate", "--static", "--no-compile", *target]
    catalog = _run(settings, command, parsed=parsed, role=role, target_path=folder)
    if catalog.errors:
        raise BuildFailed(f"dbt docs: {scrub(catalog.errors[0])}")
    return folder


def _leave_out_audience(manifest_path: Path) -> None:
    """The column that only the candidate has: readers would look for it in vain."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    for node in manifest["nodes"].values():
        if node["config"].get("meta", {}).get("closed"):
            node["columns"].pop(AUDIENCE, None)
    manifest_path.write_text(json.dumps(manifest), encoding="utf-8")


def fresh_manifest(settings: Settings) -> dict[str, Any]:
    """What dbt makes of the project as it lies here; what others read stays as it is.

    Raises BuildFailed when the project does not parse.
    """
    _run(settings, ["parse"])
    text = (work_folder(settings) / "manifest.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def keep_manifest(settings: Settings) -> None:
    """Put the manifest just written where readers look, in one step that survives a crash."""
    kept = _kept_manifest(settings)
    kept.parent.mkdir(exist_ok=True)
    with NamedTemporaryFile(dir=kept.parent, prefix=".manifest-", delete=False) as copy:
        copy.write((work_folder(settings) / "manifest.json").read_bytes())
        copy.flush()
        os.fsync(copy.fileno())
    Path(copy.name).replace(kept)


def kept_manifest(settings: Settings) -> dict[str, Any]:
    """What the newest build read. Raises FileNotFoundError before dbt's first run."""
    return dict(json.loads(_kept_manifest(settings).read_text(encoding="utf-8")))


def variables() -> dict[str, Any]:
    """Those of dbt_project.yml, which no manifest holds."""
    path = DBT_PROJECT_DIR / "dbt_project.yml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")).get("vars") or {})


def project_manifest() -> dict[str, Any]:
    """What dbt makes of the project as it lies here. Needs no database and no warehouse."""
    with TemporaryDirectory() as state:
        nowhere = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")
        settings = Settings(state=Path(state), dsn=nowhere)
        connections.store_secrets(settings, {"transformer": "none"})
        parse(settings)
        return kept_manifest(settings)


def project_files() -> dict[str, str]:
    """All files that decide what a mart holds, with a hash of each: models, macros, seeds, and
    functions of the database. By paths such as `dbt_project/models/marts/core/dim_dates.sql`."""
    return {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for folder in (DBT_PROJECT_DIR, _MIGRATIONS_DIR)
        for path in sorted(folder.rglob("*"))
        if path.suffix in _HASHED_SUFFIXES and path.name != EXPOSURES
    }


def lasting_relations(settings: Settings) -> list[str] | None:
    """`schema.name` of all that an incremental build changes in part, or not at all (views, seeds).

    None before dbt's first run.
    """
    if not _kept_manifest(settings).exists():
        return None
    return sorted(
        name
        for node in _made_nodes(settings)
        if node["config"]["materialized"] in _LASTING
        for name in _relations_of(node)
    )


def present_relations(settings: Settings) -> set[str]:
    """`schema.name` of all that a full build makes; nothing before dbt's first run."""
    if not _kept_manifest(settings).exists():
        return set()
    return {name for node in _made_nodes(settings) for name in _relations_of(node)}


def _made_nodes(settings: Settings) -> list[dict[str, Any]]:
    nodes = kept_manifest(settings)["nodes"].values()
    return [one for one in nodes if one["resource_type"] in ("model", "seed")]


def _relations_of(node: Mapping[str, Any]) -> list[str]:
    """The relation of a model, and those of its affected and differing keys that it notes."""
    publish = (node["config"].get("meta") or {}).get("publish") or {"scope": None}
    name = node["alias"]
    own = [] if "scope" in publish else [f"{SCOPE_SCHEMA}.{own_scope(name)}"]
    if "compared" in publish:
        own.append(f"{SCOPE_SCHEMA}.{name}__differing")
    return [f"{node['schema']}.{name}", *own]


def scrub(message: str) -> str:
    """The message without the values of rows that Postgres quotes; objects are named, bare."""
    kept = _VALUES_BEGIN.sub("", message)
    if _OF_DATABASE in message:
        kept = _QUOTED.sub('"…"', _OBJECT.sub(r"\1 \2", kept))
    return _QUOTED_AT_END.sub(': "…"', kept).strip()


def _tell(event: Any) -> None:
    level = str(event.info.level)
    if level in _LEVELS:
        log.log(_LEVELS[level], "%s", scrub(str(event.info.msg)))


def _run(
    settings: Settings,
    arguments: Sequence[str],
    build_id: int = 0,
    parsed: Any = None,
    progress: Callable[[str], None] | None = None,
    *,
    role: str = "transformer",
    target_path: Path | None = None,
    is_increment: bool = False,
) -> Any:
    from dbt.cli.main import dbtRunner

    callbacks = [_tell, *([_telling_starts(progress)] if progress else [])]
    options = _options(settings, target_path or work_folder(settings))
    with _environment(settings, role, build_id, is_increment), sessions_kept(session_name(role)):
        answer = dbtRunner(parsed, callbacks).invoke([*arguments, *options])
    if answer.result is None:
        raise BuildFailed(f"dbt {arguments[0]}: {scrub(str(answer.exception))}")
    return answer.result


def _telling_starts(progress: Callable[[str], None]) -> Callable[[Any], None]:
    def tell(event: Any) -> None:
        if event.info.name == "LogStartLine":
            progress(f"{event.data.index} of {event.data.total}: {event.data.description}")

    return tell


def _node_run(result: Any) -> NodeRun:
    written = (result.adapter_response or {}).get("rows_affected", -1)  # -1: no table was written
    message = result.message
    return NodeRun(
        name=str(result.node.name),
        kind=str(result.node.resource_type),
        layer=_layer(result.node.fqn),
        status=str(result.status),
        seconds=float(result.execution_time),
        row_count=written if written >= 0 else None,
        message=scrub(message) if message else None,
    )


def _layer(fqn: Sequence[str]) -> str:
    """Of `[project, folder, …, name]`; a seed has no folder, and what reads it is staging."""
    return fqn[1] if len(fqn) > 2 else "staging"


def _folder(settings: Settings) -> Path:
    return settings.state / "dbt"


def work_folder(settings: Settings) -> Path:
    """dbt's own folder for the project as it is now, whose parse it keeps there.

    dbt takes a file of properties for unchanged when its time is: a clone, a copy or an image of
    another version may have the same. So each content of the project has a folder of its own.
    """
    content = hashlib.sha256(repr(project_files()).encode()).hexdigest()
    return _folder(settings) / "work" / content[:16]


def _drop_old_work(settings: Settings) -> None:
    """What other versions left; a task of one that still runs keeps what it wrote today."""
    now = time.time()
    for path in (_folder(settings) / "work").iterdir():
        if path != work_folder(settings) and now - path.stat().st_mtime > _OLD_AFTER_SECONDS:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def _kept_manifest(settings: Settings) -> Path:
    return _folder(settings) / "target" / "manifest.json"


def _options(settings: Settings, target_path: Path) -> list[str]:
    folder = _folder(settings)
    return [
        *("--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)),
        *("--target-path", str(target_path), "--log-path", str(folder)),
        *("--log-level", "none", "--log-level-file", "none"),
    ]


@contextmanager
def _environment(
    settings: Settings, role: str, build_id: int, is_increment: bool
) -> Iterator[None]:
    """What profiles.yml and macros/build.sql read, for as long as dbt runs."""
    url = role_url(settings, role)
    values = {
        "WAREHOUSE_DBT_HOST": url.host or "127.0.0.1",
        "WAREHOUSE_DBT_PORT": str(url.port or 5432),
        "WAREHOUSE_DBT_DATABASE": url.database or "",
        "WAREHOUSE_DBT_USER": url.username or "",
        "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": str(url.password or ""),
        "WAREHOUSE_DBT_BUILD_ID": str(build_id),
        "WAREHOUSE_DBT_IS_INCREMENT": str(int(is_increment)),
        "WAREHOUSE_DBT_SSLMODE": str(url.query.get("sslmode", "prefer")),
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
