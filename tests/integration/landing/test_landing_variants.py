"""Every form of the envelope through the warehouse: each loads, and raw holds the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from envelope_variants import FORMS, PLAIN, Form, write
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.ledger import entries
from health_warehouse.settings import Settings
from landing_steps import deliver, query

RECEIVED_AT = datetime(2026, 8, 6, 1, tzinfo=UTC)
# a facility for each form, for they all have the same dossier ids
FACILITIES = {form.name: f"96{number:03d}" for number, form in enumerate([PLAIN, *FORMS], 1)}
TABLES = ("claims_xml1", "claims_xml2", "claims_xml3", "claims_xml5", "claims_xml14")


@pytest.fixture(scope="module")
def loaded(module_settings: Settings) -> Settings:
    for form in (PLAIN, *FORMS):
        facility = FACILITIES[form.name]
        deliver(module_settings, f"{facility}.xml", write(form, facility), RECEIVED_AT)
    ingest(module_settings, list_new(module_settings))
    return module_settings


@pytest.fixture(scope="module")
def rows(loaded: Settings) -> dict[str, list[tuple[str, str]]]:
    """(table, row) of each facility; blank values and the facility itself are left out."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in FACILITIES.values()}
    for table in TABLES:
        for facility, row in query(
            loaded,
            "select v.facility_id, (select jsonb_object_agg(key, value order by key)::text"
            " from jsonb_each_text(to_jsonb(x) - 'file_id' - 'ma_cskcb' - '_person_key')"
            " where value <> '')"
            f" from raw.{table} as x join ops.dossier_versions as v using (file_id, position)"
            " order by 1, 2",
        ):
            found[facility].append((table, row))
    return found


def test_every_file_loads_whole(loaded: Settings) -> None:
    for entry in entries(loaded, with_names=True):
        assert (entry["dossiers"]["loaded"], entry["line_states"]["loaded"]) == (2, 4), entry


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_raw_holds_what_it_holds_of_the_plain_form(
    form: Form, rows: dict[str, list[tuple[str, str]]]
) -> None:
    plain = rows[FACILITIES[PLAIN.name]]
    assert len(plain) == 8
    assert rows[FACILITIES[form.name]] == plain


def test_ids_that_two_facilities_share_are_two_dossiers(loaded: Settings) -> None:
    shared = query(
        loaded,
        "select dossier_id, count(distinct facility_id) from ops.current_dossiers"
        " group by 1 order by 1",
    )
    assert shared == [("0026.01", len(FACILITIES)), ("26E0001", len(FACILITIES))]
