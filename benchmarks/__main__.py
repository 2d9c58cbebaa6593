"""Print the table of `benchmarks/README.md`. Machines are noisy: read the ratios, not the seconds.

`python -m benchmarks [DOSSIERS]`, by default 10,000 on a Postgres of its own in a temporary folder.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import floor
from health_warehouse.database.migrate import migrate
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import unjudged_file_ids
from health_warehouse.landing.load import load
from health_warehouse.privacy.person_key import load_person_key
from health_warehouse.services import postgres, state
from health_warehouse.services.secret_files import airflow_secrets
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(settings: Settings, folder: Path, dossiers: int) -> list[tuple[str, str, str]]:
    """Rows of the table: measure, seconds, ratio."""
    province = folder / "province"
    options = Options(facilities=10, days=20, dossiers=dossiers, seed=1)
    province.mkdir()
    generating = timed(lambda: generate(province, options))
    files = sorted(path for path in province.glob("*/*") if path.is_file())
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    key = load_person_key(settings)

    def load_all() -> None:
        for delivery in list_new(settings, [str(province)]):
            load(settings, key, delivery, store(settings, delivery))

    loading = timed(load_all)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parsing = timed(lambda: floor.parse_only(files))

    from health_warehouse.quality.landing import check_files

    check_files(settings, [])  # imports Great Expectations, which is not measured
    checking = timed(lambda: check_files(settings, unjudged_file_ids(settings)))
    floor.dump_raw(settings, folder)
    floor.empty_raw(settings)
    copying = timed(lambda: floor.copy_only(settings, folder))
    least = parsing + copying
    return [
        (f"generate {dossiers} dossiers", f"{generating:.1f}", f"{dossiers / generating:,.0f} /s"),
        (f"parse only, {len(files)} files, {megabytes:.0f} MB", f"{parsing:.1f}", ""),
        ("bare COPY of the same rows", f"{copying:.1f}", ""),
        ("archive and load", f"{loading:.1f}", f"{loading / least:.2f} × parse + COPY"),
        ("landing checks", f"{checking:.1f}", f"{checking / loading:.2f} × load"),
        ("peak memory of the loader", "", f"{peak:.0f} MB"),
    ]


def main() -> None:
    dossiers = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="warehouse-bench-") as name:
        folder = Path(name)
        settings = Settings(state=folder / "state", inbox_quiet_seconds=0)
        state.prepare(settings)
        postgres.start(settings, airflow_secrets(settings), lambda _line: None)
        try:
            migrate(settings)
            rows = measure(settings, folder, dossiers)
        finally:
            postgres.server(settings).stop()
    table = Table("measure", "seconds", "ratio", title=f"{os.cpu_count()} cores")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
