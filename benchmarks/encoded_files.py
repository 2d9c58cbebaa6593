"""Files for loaders that know one way of writing: what is in the envelope is base64."""

from __future__ import annotations

from pathlib import Path

from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options


def encoded_files(folder: Path, dossiers: int) -> list[Path]:
    """Those of a small province of so many dossiers, written into `folder`."""
    generate(folder, Options(facilities=2, days=2, dossiers=dossiers, seed=1))
    return [path for path in sorted(folder.rglob("*.xml")) if _is_encoded(path)]


def _is_encoded(path: Path) -> bool:
    return b"<NOIDUNGFILE>P" in path.read_bytes()[:100_000]  # "<" begins base64 with P
