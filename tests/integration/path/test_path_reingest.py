"""After the parser is mended, files are read again: the increment gives what a full build gives."""

from __future__ import annotations

from typing import Any

import pytest
from deliveries import read_province
from marts_content import marts_content
from path_work import release, run

from health_warehouse.landing.claims import raw_rows
from health_warehouse.landing.ledger import entries
from health_warehouse.landing.reingest import reingest
from health_warehouse.landing.scope import Scope
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options

_CODE = 2  # place of MA_THUOC in a row of XML2
_WRONG = "40.49999"


@pytest.mark.timeout(900)
def test_an_increment_after_reading_again_gives_what_a_full_build_gives(
    released: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = released.state / "sent"
    generate(folder, Options(facilities=2, days=2, dossiers=25, seed=8, defects=0.0))
    for file in read_province(folder):
        file.put(released.state / "inbox")
    with monkeypatch.context() as patch:
        _misread(patch)
        run(released)
    misread = marts_content(released)
    assert any(_WRONG in row for row in misread["marts.dim_items"])
    ledger = entries(released)

    facilities = sorted({str(entry["facility"]) for entry in ledger if entry["facility"]})
    for facility_id in facilities:
        assert reingest(released, Scope(facility_id)).changed_dossiers > 5
    release(released)
    mended = marts_content(released)
    assert not any(_WRONG in row for row in mended["marts.dim_items"]), (
        "a member that nobody names goes"
    )
    assert entries(released) == ledger

    rebuilt = build(released, full=True)
    audit(released, rebuilt.build_id)
    publish(released, rebuilt.build_id)
    assert marts_content(released) == mended


def _misread(patch: pytest.MonkeyPatch) -> None:
    """Every first drug of a dossier is read under a code that is in no file."""
    add = raw_rows.RawWriter.add

    def add_wrong(self: Any, dossier: Any, *more: Any) -> None:
        for row in dossier.tables.get("XML2", [])[:1]:
            row[_CODE] = _WRONG
        add(self, dossier, *more)

    patch.setattr(raw_rows.RawWriter, "add", add_wrong)
