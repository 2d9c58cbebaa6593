"""Every table of the standard, dossiers spread over several HOSO, and check-ins, into raw."""

from __future__ import annotations

from claim_files import check_in_file, claim_file, hoso, lines, paper, part, xml1
from health_warehouse.landing.ledger import entries
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES
from landing_steps import deliver, judge, load_all, query


def content(table: str, ma_lk: str = "A1", tag: str = "") -> str:
    """A table with every field of the standard filled with a text of its own."""
    values = {field.name: f"{table}.{field.name}{tag} ạ" for field in TABLES[table].fields}
    values["MA_LK"] = ma_lk
    return lines(table, [values]) if TABLES[table].has_lines else paper(table, values)


def test_every_field_of_every_table_arrives_in_its_column(settings: Settings) -> None:
    others = [name for name in TABLES if name != "XML1"]
    parts = [part(name, content(name), nested=n % 2 == 0) for n, name in enumerate(others)]
    deliver(settings, "all.xml", claim_file([hoso(part("XML1", xml1()), *parts)]))
    assert [r.outcome for r in load_all(settings)] == ["loaded"]
    for name in others:
        columns = [field.column for field in TABLES[name].fields]
        expected = [f"{name}.{field.name} ạ" for field in TABLES[name].fields]
        expected[columns.index("ma_lk")] = "A1"
        statement = f"select line, {', '.join(columns)} from raw.{TABLES[name].raw_table}"
        assert query(settings, statement) == [(1, *expected)], name
    assert query(settings, "select count(*) from raw.claims_other") == [(0,)]


def test_tables_that_the_standard_does_not_send_are_kept_as_sent(settings: Settings) -> None:
    extra = [part(name, f"<X><MA_LK>A1</MA_LK><Y>{name}</Y></X>") for name in ("XML12", "XML18")]
    deliver(settings, "one.xml", claim_file([hoso(part("XML1", xml1()), *extra)]))
    load_all(settings)
    assert query(settings, "select table_name, content from raw.claims_other order by 1") == [
        (name, f"<X><MA_LK>A1</MA_LK><Y>{name}</Y></X>") for name in ("XML12", "XML18")
    ]
    assert query(settings, "select verdict from ops.dossier_versions") == [(None,)]


def test_twins_and_a_spread_dossier_are_one_version(settings: Settings) -> None:
    header = part("XML1", xml1())
    drugs = part("XML2", lines("XML2", [{"MA_LK": "A1", "STT": "1", "SO_LUONG": "1"}]))
    twin = [part("XML9", content("XML9", tag=f" {n}")) for n in (1, 2)]
    other = part("XML17", "<X/>")
    hosos = [hoso(header, drugs, twin[0], other), hoso(header, twin[1]), hoso(header, other, drugs)]
    deliver(settings, "one.xml", claim_file(hosos))
    assert [(r.dossier_count, r.line_count) for r in load_all(settings)] == [(1, 1)]
    assert query(settings, "select position, line_count from ops.dossier_versions") == [(1, 1)]
    assert query(settings, "select position, line, so_con from raw.claims_xml9 order by line") == [
        (1, 1, "XML9.SO_CON 1 ạ"),
        (1, 2, "XML9.SO_CON 2 ạ"),
    ]
    assert query(settings, "select position, part from raw.claims_other") == [(1, 4)]
    assert query(settings, "select hoso_count, dossier_count, row_counts from ops.files") == [
        (3, 1, {"XML1": 1, "XML2": 1, "XML9": 2, "other": 1})
    ]


def test_lines_that_a_later_hoso_brings_are_counted(settings: Settings) -> None:
    header = part("XML1", xml1())
    rows = [{"MA_LK": "A1", "STT": str(n), "SO_LUONG": "1"} for n in (1, 2)]
    services = part("XML3", lines("XML3", rows))
    deliver(settings, "one.xml", claim_file([hoso(header), hoso(header, services)]))
    load_all(settings)
    assert query(settings, "select position, line_count from ops.dossier_versions") == [(1, 2)]


def check_in(ma_lk: str, **values: str) -> dict[str, str]:
    row = {field.name: f"{field.name} ạ" for field in CHECK_INS.fields}
    return {**row, "MA_LK": ma_lk, "MA_CSKCB": "96001", "MA_BN": f"BN-{ma_lk}", **values}


def test_check_ins_are_loaded_without_an_envelope(settings: Settings) -> None:
    deliver(settings, "checkin.xml", check_in_file([check_in("A1"), check_in("A2")]))
    assert [(r.outcome, r.line_count) for r in load_all(settings)] == [("loaded", 2)]
    assert query(settings, "select position, ma_lk, ly_do_vnt from raw.check_ins") == [
        (1, "A1", "LY_DO_VNT ạ"),
        (2, "A2", "LY_DO_VNT ạ"),
    ]
    assert query(settings, "select kind, facility_id, dossier_count from ops.files") == [
        ("check_ins", "96001", 2)
    ]
    assert query(settings, "select count(*) from vault.person_identifiers where kind = 'name'") == [
        (2,)  # neither names a card or a citizen id: the keys are local
    ]


def test_a_check_in_that_cannot_be_read_is_set_aside(settings: Settings) -> None:
    twice = check_in_file([check_in("A1"), check_in("A2")]).replace(
        b"<MA_LK>A2</MA_LK>", b"<MA_LK>A2</MA_LK><MA_LK>A3</MA_LK>"
    )
    deliver(settings, "checkin.xml", twice)
    load_all(settings)
    judge(settings)
    assert query(settings, "select ma_lk from raw.check_ins") == [("A1",)]
    assert query(
        settings,
        "select position, line, table_name, field, rule_id from quarantine.findings"
        " where rule_id = 'F03'",
    ) == [(2, 2, "XML0", "MA_LK", "F03")]
    assert query(settings, "select count(*) from quarantine.originals") == [(1,)]
    states = entries(settings)[0]["line_states"]
    assert (states["received"], states["loaded"], states["quarantined"]) == (2, 1, 1)


def test_a_broken_check_in_file_is_refused_whole(settings: Settings) -> None:
    deliver(settings, "checkin.xml", check_in_file([check_in("A1")])[:-30])
    assert [r.outcome for r in load_all(settings)] == ["refused"]
    assert query(settings, "select count(*) from raw.check_ins") == [(0,)]
    assert query(settings, "select rule_id from quarantine.findings") == [("F01",)]
