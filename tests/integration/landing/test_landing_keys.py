"""However a sender spells MA_LK and its own code, a dossier is one, and has one key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from claim_files import FACILITY, check_in_file, claim_file, dossier, hoso, lines, part, xml1
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.judging import check_files
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, query
from oracle.keys import encounter_key, local_person_key

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
SPELLINGS = ("c0258", "C0258", " C0258\u00a0", "C02\u200b58", "Ｃ０２５８", "\ufeffC0258\u2060")


def test_every_spelling_is_a_version_of_one_dossier(settings: Settings) -> None:
    for hours, ma_lk in enumerate(SPELLINGS):
        content = claim_file(
            [dossier(ma_lk)], facility=f"{FACILITY}\u200b" if hours % 2 else FACILITY
        )
        deliver(settings, f"{hours}.xml", content, NOON + timedelta(hours=hours))
    load_all(settings)
    judge(settings)

    key = encounter_key(FACILITY, "C0258")
    assert query(
        settings,
        "select facility_id, dossier_id, encounter_key, file_name from ops.current_dossiers"
        " join ops.files using (facility_id, file_id)",
    ) == [(FACILITY, "C0258", key, f"{len(SPELLINGS) - 1}.xml")]
    assert query(settings, "select distinct encounter_key from ops.dossier_versions") == [(key,)]
    assert query(settings, "select distinct encounter_key from ops.dossier_changes") == [(key,)]
    assert query(settings, "select count(distinct ma_lk) from raw.claims_xml1") == [(6,)], "as sent"


def test_the_log_names_a_dossier_that_has_no_content_any_more(settings: Settings) -> None:
    deliver(settings, "first.xml", claim_file([dossier()]), NOON)
    withdrawal = claim_file([dossier(MA_DOITUONG_KCB="8")])
    for name, content in (("first.xml", None), ("gone.xml", withdrawal)):
        if content is not None:
            deliver(settings, name, content, NOON + timedelta(hours=1))
        load_all(settings)
        judge(settings)

    key = encounter_key(FACILITY, "A1")
    assert query(
        settings,
        "select encounter_key, new_file_id is null from ops.dossier_changes order by change_id",
    ) == [(key, False), (key, True)]


def test_a_person_has_another_local_key_at_every_facility(settings: Settings) -> None:
    for number, facility in enumerate((FACILITY, "96002")):
        body = [dossier(f"{facility}-{visit}", MA_CSKCB=facility) for visit in "AB"]
        deliver(settings, f"{number}.xml", claim_file(body, facility=facility))
    load_all(settings)

    ((person,),) = query(settings, "select distinct _person_key from raw.claims_xml1")
    assert isinstance(person, UUID)
    assert query(
        settings,
        "select distinct facility_id, local_person_key from ops.dossier_versions order by 1",
    ) == [(facility, local_person_key(facility, person)) for facility in (FACILITY, "96002")]


def test_tables_of_a_dossier_may_spell_its_id_as_they_like(settings: Settings) -> None:
    named = (*SPELLINGS, "C0259")
    rows = [{"MA_LK": ma_lk, "STT": "1", "SO_LUONG": "1"} for ma_lk in named]
    body = hoso(part("XML1", xml1("C0258")), part("XML2", lines("XML2", rows)))
    deliver(settings, "a.xml", claim_file([body]))
    load_all(settings)
    check_files(settings, [1])

    assert query(
        settings, "select line, dossier_id from quarantine.findings where rule_id = 'F04'"
    ) == [(len(SPELLINGS) + 1, "C0258")]


def test_findings_name_a_dossier_as_its_sender_does(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([dossier("c0258", NGAY_RA="")]))
    ingest(settings, list_new(settings))

    assert query(settings, "select distinct dossier_id from quarantine.findings") == [("c0258",)]


def test_an_id_of_nothing_that_is_seen_is_none(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([dossier("\u200b\u00a0")]))
    load_all(settings)

    assert query(settings, "select dossier_id, verdict from ops.dossier_versions") == [
        ("", "quarantined")
    ]
    assert ("F04",) in query(settings, "select rule_id from quarantine.findings")


@pytest.mark.parametrize("ma_lk", ["c0258", "C0258\u200b"])
def test_a_check_in_is_found_by_any_spelling(settings: Settings, ma_lk: str) -> None:
    check_in = {"MA_LK": ma_lk, "MA_CSKCB": FACILITY, "NGAY_VAO": "202608010800"}
    deliver(settings, "0.xml", check_in_file([check_in]), NOON)
    deliver(settings, "1.xml", claim_file([dossier("C0258")]), NOON)
    load_all(settings)
    judge(settings)
    build(settings)

    judged = "select checked_count, failed_count from ops.rule_results where rule_id = 'V03'"
    assert query(settings, judged) == [(1, 0)]
