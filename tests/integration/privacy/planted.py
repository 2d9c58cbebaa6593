"""Values of patients and secrets, planted everywhere they may come in; then the whole path runs,
failures included."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from told_outside import hold_and_recover

from claim_files import claim_file, hoso, part, write, zipped
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import TABLES
from special_dossiers import special_dossiers
from standard_dossiers import FACILITY, StandardDossier

KEY = "c0ffee" + "5a" * 29
WORD = "Kanari"
_LOOKING_BACK = (
    ["releases"],
    ["alerts", "list", "--all"],
    ["alerts", "check"],
    ["maintain", "--dry-run"],
    ["maintain"],
    ["doctor"],
)


@dataclass
class Planted:
    """A warehouse after the whole path, what it said, and what may be nowhere."""

    settings: Settings
    said: str
    failures: list[str]
    told: list[str]
    """Mails and webhook requests."""
    canaries: set[str] = field(default_factory=set)


def plant(dossiers: list[StandardDossier]) -> set[str]:
    """Mark every personal text of the dossiers; numbers stay, for rules read them.

    The same text of a dossier is marked alike, so that tables still agree with each other.
    """
    canaries: set[str] = set()
    for number, made in enumerate(dossiers):
        marks: dict[str, str] = {}
        for table, rows in made.tables.items():
            personal = {f.name for f in TABLES[table].fields if f.is_personal}
            for row in rows:
                for name in personal & row.keys():
                    value = row[name] or ""
                    if re.fullmatch(r"[A-Z]{0,2}[0-9;A-Z]{9,}", value):
                        canaries |= {one for one in value.split(";") if len(one) > 9}
                    elif name.startswith("NGAY") or re.fullmatch(r"[0-9A-Z/.-]*", value):
                        continue
                    else:
                        mark = marks.setdefault(value, f"{WORD} {number:02d}{len(marks):03d}")
                        row[name] = f"{value} {mark}"
    assert len(canaries) > 20
    return canaries


def broken_files() -> dict[str, bytes]:
    """Every way to fail, with a canary at the place where it fails."""
    header = "<TONG_HOP><MA_LK>{}</MA_LK><HO_TEN>{} gãy</HO_TEN>{}</TONG_HOP>"

    def dossier(name: str, extra: str = "") -> str:
        return hoso(part("XML1", header.format(name, WORD, extra)))

    wrong_values = "".join(
        f"<{field}>{WORD} {field}</{field}>"
        for field in ("SO_CCCD", "MA_THE_BHYT", "NGAY_SINH", "DIEN_THOAI", "DIA_CHI", "MA_BN")
    )
    not_base64 = f"<FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>{WORD}!</NOIDUNGFILE></FILEHOSO>"
    return {
        "wrong_values.xml": claim_file([dossier("W1", wrong_values)]),
        "too_long.xml": claim_file([dossier("W2", f"<DIA_CHI>{(WORD + ' ') * 900}</DIA_CHI>")]),
        "twice.xml": claim_file([dossier("W3", f"<HO_TEN>{WORD} hai</HO_TEN>")]),
        "in_attributes.xml": claim_file([dossier("W4", f'<DIA_CHI v="{WORD}"/>')]),
        "unknown_element.xml": claim_file([dossier("W5", f"<TEN_LA>{WORD}</TEN_LA>")]),
        "unknown_table.xml": claim_file(
            [hoso(part("XML1", header.format("W6", WORD, "")), part("XML17", f"<X>{WORD}</X>"))]
        ),
        "not_base64.xml": claim_file([hoso(not_base64)]),
        "not_well_formed.xml": claim_file([hoso(part("XML1", f"<TONG_HOP><HO_TEN>{WORD}</HO>"))]),
        "cut.xml": claim_file([dossier("W7")])[:-90],
        "error_page.xml": f"<html><body>Lỗi: {WORD} 096199887766</body></html>".encode(),
        "no_xml.xml": f"{WORD};DN4969988776655".encode(),
    }


def forbid(settings: Settings, table: str, column: str) -> Callable[[], None]:
    """Make Postgres refuse a row of `table`, and quote it whole; returns what lifts it."""
    place = sql.Identifier(*table.split("."))
    condition = sql.SQL("alter table {} add constraint forbidden check ({} not like {}) not valid")
    lift = sql.SQL("alter table {} drop constraint forbidden").format(place)

    def run(statement: sql.Composed) -> None:
        with engine(settings, OWNER).begin() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, psycopg.Connection)
            raw.execute(statement)

    run(condition.format(place, sql.Identifier(column), sql.Literal(f"{WORD} SQL%")))
    return lambda: run(lift)


def told_by_terminal(arguments: list[str], settings: Settings) -> str:
    """What a command prints, errors included, as `warehouse` itself would."""
    from health_warehouse import cli
    from health_warehouse.settings import get_settings

    get_settings.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.as_environment().items():
            patch.setenv(name, value)
        patch.setattr("sys.argv", ["warehouse", *arguments])
        errors = io.StringIO()
        patch.setattr("sys.stderr", errors)
        patch.setattr("sys.stdout", errors)
        try:
            cli.main()
        except SystemExit:
            pass
        finally:
            get_settings.cache_clear()
    return errors.getvalue()


def run_path(settings: Settings, folder: Path) -> Planted:
    dossiers = list(special_dossiers(1))
    canaries = plant(dossiers)
    sent = folder / "sent" / f"{WORD} thư mục"
    good = claim_file([made.xml() for made in dossiers], FACILITY, "20260901")
    write(sent, f"{WORD} DN4969988776655.xml", good)
    again = f"{WORD} trong zip/{WORD} 096199887766.xml"
    write(sent, f"{WORD}.zip", zipped((again, good), (f"{WORD} gãy.xml", b"<no claim file>")))
    write(sent, f"{WORD} hỏng.zip", b"no zip")
    write(sent, f"{WORD}.xml.gz", gzip.compress(good))
    for name, content in broken_files().items():
        write(sent, f"{WORD} {name}", content)
    said = told_by_terminal(["ingest", "claims", str(folder / "sent"), "--dry-run"], settings)
    ingest(settings, list_new(settings, [str(folder / "sent")]))
    said += "".join(
        told_by_terminal([*command, *form], settings)
        for command in (["ledger"], ["quarantine"], ["scopes", "list"])
        for form in ((), ("--json",))
    )
    failures = []
    late = folder / "late"
    name = f"<HO_TEN>{WORD} SQL</HO_TEN>"
    refused = claim_file([hoso(part("XML1", f"<TONG_HOP><MA_LK>L1</MA_LK>{name}</TONG_HOP>"))])
    write(late, f"{WORD} late.xml", refused)
    for table, column in (
        ("raw.claims_xml1", "ho_ten"),  # a COPY that fails
        ("vault.person_identifiers", "value"),  # an INSERT … SELECT that fails
    ):
        lift = forbid(settings, table, column)
        failures.append(told_by_terminal(["ingest", "claims", str(late)], settings))
        lift()
    built = build(settings)
    told = hold_and_recover(settings, built.build_id)
    publish(settings, built.build_id)
    said += "".join(told_by_terminal([*command, "--json"], settings) for command in _LOOKING_BACK)
    return Planted(settings, said, failures, told, canaries)
