"""The table of defect kinds in docs/synthetic.md, written from the code.

python -m health_warehouse.synthetic.kinds_page docs/synthetic.md
"""

from __future__ import annotations

import sys
from pathlib import Path

from health_warehouse.synthetic.defects import KINDS

_BEGIN, _END = "<!-- kinds: begin -->\n", "<!-- kinds: end -->\n"


def kinds_table() -> str:
    """One row per kind of defect, as Markdown."""
    rows = [
        f"| `{kind.name}` | {kind.breach} | {kind.expected_rule} | {kind.severity} |\n"
        for kind in sorted(KINDS, key=lambda kind: kind.expected_rule)
    ]
    head = "| Kind | What is broken | Rule | Severity |\n|---|---|---|---|\n"
    return head + "".join(rows)


def with_kinds_table(page: str) -> str:
    """The page with its table brought up to date. Raises ValueError without the two markers."""
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    return before + _BEGIN + kinds_table() + _END + after


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_kinds_table(path.read_text("utf-8")), "utf-8")
