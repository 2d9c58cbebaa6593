"""check_files around the rules: whole batches, states, one effect, no value of a patient."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from claim_files import claim_file, hoso, lines, part, write
from expectations import registry
from expectations.rules.rule import Rule
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import BatchIncomplete, CheckError
from health_warehouse.landing import judging as landing
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.judging import check_files
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import TABLES
from quality_deliveries import NO_CARD, Dossier, deliver, findings

L01 = next(rule for rule in registry.LANDING if rule.id == "L01")
BAD_DRUG = {"so_luong": "11"}


def _deliver(settings: Settings, dossiers: list[Dossier], **options: object) -> int:
    with engine(settings, "loader").begin() as connection:
        return deliver(connection, dossiers, **options)  # type: ignore[arg-type]


def _scalar(settings: Settings, statement: str) -> object:
    with engine(settings, OWNER).connect() as connection:
        return connection.execute(text(statement)).scalar_one_or_none()


def _rows(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    with engine(settings, OWNER).connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_bad_dossier_is_quarantined_and_the_others_of_its_file_count(settings: Settings) -> None:
    good, bad = Dossier(header={"ma_lk": "LK-1"}), Dossier(drugs=[BAD_DRUG])
    file_id = _deliver(settings, [good, replace(bad, header={"ngay_ra": ""})])
    report = check_files(settings, [file_id])
    assert (report.refused_files, report.quarantined_dossiers) == (0, 1)
    verdicts = "select position, verdict from ops.dossier_versions order by position"
    assert _rows(settings, verdicts) == [(1, "accepted"), (2, "quarantined")]
    assert _rows(settings, "select file_id, position from ops.current_dossiers") == [(file_id, 1)]
    assert _scalar(settings, "select judged_at is not null from ops.files") is True


@pytest.mark.parametrize("named", [["A1", "A1"], ["A1", "A2"]])
def test_a_dossier_without_a_readable_xml1_has_one_name_in_all_findings(
    settings: Settings, tmp_path: Path, named: list[str]
) -> None:
    drugs = part("XML2", lines("XML2", [{"MA_LK": ma_lk, "MA_THUOC": "40.1"} for ma_lk in named]))
    sent = claim_file([hoso(part("XML1", "<TONG_HOP>"), drugs), hoso(drugs)])
    write(tmp_path / "sent", "claims.xml", sent)
    ingest(settings, list_new(settings, [str(tmp_path / "sent")]))
    found = {(row["rule_id"], row["position"], row["dossier_id"]) for row in findings(settings)}
    name = "A1" if len(set(named)) == 1 else ""
    assert {dossier_id for _, _, dossier_id in found} == {name}
    by_whom = {("F03", 1), ("F03", 2), ("F04", 1), ("F04", 2)}
    assert by_whom <= {(rule_id, position) for rule_id, position, _ in found}


def test_a_file_with_fewer_dossiers_than_declared_is_refused_whole(settings: Settings) -> None:
    file_id = _deliver(settings, [Dossier()], declared_count=2)
    report = check_files(settings, [file_id])
    assert (report.refused_files, report.quarantined_dossiers) == (1, 1)
    assert _rows(settings, "select status, rule_id, reason from ops.files") == [
        ("refused", "F02", "SOLUONGHOSO is 2, the file has 1 HOSO")
    ]
    assert _scalar(settings, "select count(*) from ops.current_dossiers") == 0


def test_a_flagged_file_is_kept(settings: Settings) -> None:
    second = Dossier(header={"ma_lk": "LK-2", **NO_CARD}, drugs=[], services=[])
    file_id = _deliver(settings, [Dossier(), second], declared_count=1)
    report = check_files(settings, [file_id])
    assert [row["severity"] for row in findings(settings)] == ["flag_line"]
    assert report.refused_files == 0
    assert report.quarantined_dossiers == 0


def test_results_have_four_states_and_counts(settings: Settings) -> None:
    withdrawal = Dossier(header={"ma_doituong_kcb": "8"}, drugs=[], services=[])
    check_files(settings, [_deliver(settings, [withdrawal])])
    states = dict(_rows(settings, "select rule_id, state from ops.rule_results"))
    assert states["F02"] == "passed"
    assert {states[rule] for rule in ("D01", "L01", "L02")} == {"not_applicable"}


@pytest.mark.parametrize(
    "loss",
    [
        "delete from raw.claims_xml1; delete from raw.claims_xml2; delete from raw.claims_xml3",
        "delete from raw.claims_xml2 where line > 5",
        "delete from raw.claims_xml1 where position = 2",
        "delete from ops.dossier_versions where position = 2",
    ],
    ids=["empty", "half of the lines", "a header", "a version"],
)
def test_a_batch_that_is_not_whole_is_not_judged(settings: Settings, loss: str) -> None:
    file_id = _deliver(settings, [Dossier(drugs=[{}] * 10), Dossier(header={"ma_lk": "LK-2"})])
    with engine(settings, OWNER).begin() as connection:
        for statement in loss.split(";"):
            connection.execute(text(statement))
    with pytest.raises(BatchIncomplete, match="the parser counted"):
        check_files(settings, [file_id])
    assert _scalar(settings, "select judged_at from ops.files") is None
    assert findings(settings) == []
    assert _rows(settings, "select rule_id, state from ops.rule_results") == [("B01", "failed")]
    assert _rows(settings, "select state, file_id from ops.incidents limit 1") == [
        ("open", file_id)
    ]


def test_an_unknown_file_is_not_judged(settings: Settings) -> None:
    with pytest.raises(BatchIncomplete):
        check_files(settings, [4711])


def _broken(rule: Rule) -> Rule:
    rows = replace(rule.rows[0], sql=f"{rule.rows[0].sql} and ho_ten::integer = 1")
    return replace(rule, id="L99", rows=(rows,))


def test_a_rule_that_cannot_be_judged_stops_the_batch_and_is_said_once(settings: Settings) -> None:
    d01 = next(rule for rule in registry.LANDING if rule.id == "D01")
    file_id = _deliver(
        settings, [Dossier(header={"ho_ten": "Nguyễn Văn Canary"}, drugs=[BAD_DRUG])]
    )
    for _ in range(2):
        with pytest.raises(CheckError, match="L99") as caught:
            check_files(settings, [file_id], [*registry.LANDING, _broken(d01)])
        assert "Canary" not in str(caught.value)
    assert _scalar(settings, "select judged_at from ops.files") is None
    assert findings(settings) == []
    assert _rows(settings, "select distinct state from ops.rule_results where rule_id = 'L99'") == [
        ("error",)
    ]
    incidents = "select rule_id, state, occurrence_count from ops.incidents"
    assert _rows(settings, incidents) == [("L99", "open", 2)]
    assert not _rows(settings, "select from ops.incidents as i where i::text like '%Canary%'")

    check_files(settings, [file_id])
    assert _rows(settings, incidents) == [("L99", "resolved", 2)]


def test_a_declaration_removed_is_judged_by_nobody(settings: Settings) -> None:
    file_id = _deliver(settings, [Dossier(drugs=[BAD_DRUG])])
    remaining = [rule for rule in registry.LANDING if rule is not L01]
    report = check_files(settings, [file_id], remaining)
    assert "L01" not in {outcome.rule.id for outcome in report.outcomes}
    assert report.quarantined_dossiers == 0
    assert findings(settings) == []


def test_judging_again_or_twice_at_once_has_one_effect(settings: Settings) -> None:
    file_ids = [
        _deliver(
            settings,
            [Dossier(drugs=[BAD_DRUG, {**BAD_DRUG, "ma_thuoc": "40.2"}])],
            name=f"{number}.xml",
        )
        for number in range(3)
    ]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: check_files(settings, file_ids), range(4)))
    assert sorted(len(report.file_ids) for report in reports) == [0, 0, 0, 3]
    assert check_files(settings, file_ids).file_ids == ()
    assert len(findings(settings)) == 3 * 2 * 2  # files, lines, fields
    assert _scalar(settings, "select count(*) from ops.check_runs") == 1


def test_a_crash_before_the_commit_leaves_nothing_and_the_next_run_judges(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = _deliver(settings, [Dossier(drugs=[BAD_DRUG])])

    def crash(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(landing, "settle_documents", crash)
        with pytest.raises(KeyboardInterrupt):
            check_files(settings, [file_id])
    assert findings(settings) == []
    assert _scalar(settings, "select count(*) from ops.rule_results") == 0
    assert check_files(settings, [file_id]).quarantined_dossiers == 1


# Every field that a rule speaks of gets something a person can be known by. None of it may be in
# ops or in a stored reason.
CANARIES = {
    "name": "Nguyễn Thị Canary",
    "citizen": "079201012345",
    "old_citizen": "381234567",
    "insurance": "9621234567",
    "phone": "0912345678",
    "card": "DN4960123456789",
}
# Kinds of service that rules tell apart: test, operation, device, transport, examination, bed.
_GROUPS = ("1", "8", "10", "12", "13", "15")


def _fields_of_rules() -> dict[str, list[str]]:
    """Columns that rules speak of, by the table they are in."""
    found: dict[str, set[str]] = {}
    for rule in registry.LANDING:
        for rows in rule.rows:
            table = rows.table_sql.strip("'")
            columns = {f.column for f in TABLES[table].fields} if table in TABLES else set()
            found.setdefault(table, set()).update({c.field.lower() for c in rows.checks} & columns)
    return {table: sorted(columns) for table, columns in found.items() if columns}


def _spoilt_dossiers(value: str) -> Iterator[Dossier]:
    """One value wrong per row, every field of every table and kind of line in its turn."""
    fields = _fields_of_rules()
    for name in fields.pop("XML1"):
        for care_type in ("01", "03"):
            yield Dossier(header={"ma_loai_kcb": care_type, name: value})
    drugs = [{name: value} for name in fields.pop("XML2")]
    services = [{"ma_nhom": group, name: value} for name in fields.pop("XML3") for group in _GROUPS]
    tables = {table: [{name: value} for name in names] for table, names in fields.items()}
    yield Dossier(drugs=drugs, services=services, tables=tables, others=[("XML16", [value])])
    yield Dossier(drugs=[{"ma_lk": value}])


def test_no_value_of_a_patient_is_stored(settings: Settings) -> None:
    dossiers = [dossier for value in CANARIES.values() for dossier in _spoilt_dossiers(value)]
    check_files(settings, [_deliver(settings, dossiers)])
    stored = "\n".join(
        str(row)
        for table in ("quarantine.findings", "ops.rule_results", "ops.incidents", "ops.files")
        for row in _rows(settings, f"select to_jsonb(t) - 'dossier_id' from {table} as t")
    )
    spoken_of = {(row["table_name"], row["field"].lower()) for row in findings(settings)}
    assert len(spoken_of) > 200
    for kind, value in CANARIES.items():
        assert value not in stored, kind


@pytest.mark.parametrize("count", [1, 21, 201, 100_000])
def test_every_failing_line_is_found_however_many(settings: Settings, count: int) -> None:
    """The oracle: which lines were spoilt is known from how they were made."""
    lines_each = 50
    total = max(count, 400)
    with engine(settings, "loader").begin() as connection:
        file_id = deliver(
            connection,
            [
                Dossier(
                    header={"ma_lk": f"LK-{number}"},
                    drugs=[
                        {"ma_lk": f"LK-{number}", "thanh_tien_bv": "15001" if spoilt else "15000"}
                        for line in range(lines_each)
                        for spoilt in [number * lines_each + line < count]
                    ],
                    services=[],
                )
                for number in range(total // lines_each)
            ],
        )
    report = check_files(settings, [file_id], [L01])
    (outcome,) = (outcome for outcome in report.outcomes if outcome.rule is L01)
    expected = {(n // lines_each + 1, n % lines_each + 1) for n in range(count)}
    found = {(row["position"], row["line"]) for row in findings(settings)}
    assert found == expected
    assert outcome.failed_count == count
    assert outcome.checked_count == total
    assert report.quarantined_dossiers == len({position for position, _ in expected})
