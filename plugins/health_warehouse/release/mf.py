"""MetricFlow's own command, `mf`, without its question to PyPI whether there is a newer version.

The package that asks unpickles a file of the common temporary folder as soon as it is imported, and
anybody may have put that there. So it is not imported. `python -m health_warehouse.release.mf`
takes what `mf` takes.
"""

from __future__ import annotations

import sys
from types import ModuleType


class _Unasked:
    """In place of update_checker.UpdateChecker: nothing newer is known of."""

    def check(self, *_: object) -> None:
        return None


def main() -> None:
    """Run the command of this process's arguments; ends the process."""
    stand_in = ModuleType("update_checker")
    stand_in.UpdateChecker = _Unasked  # type: ignore[attr-defined]
    sys.modules["update_checker"] = stand_in
    from dbt_metricflow.cli.main import cli

    cli(prog_name="mf")


if __name__ == "__main__":
    main()
