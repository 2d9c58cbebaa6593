"""Findings: every failing row of a rule, with its keys and a reason without a patient's value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from expectations.rules import statements
from expectations.rules.rule import Rule
from health_warehouse.database.connections import engine
from health_warehouse.landing.scope import Scope
from health_warehouse.privacy.shown import first_names, hashes_of, shown
from health_warehouse.settings import Settings

# People know a dossier by its id as it was sent, which is in XML1.
# A dossier whose XML1 cannot be read has no id; the parser, which says so, named it by its other
# tables, and further findings go by the same name. Asked once, and only when there is such a one: a
# join might be made by nested loops, and a file can have thousands.
_NAMED_BY_PARSER = """\
select jsonb_object_agg(parsed.file_id || '/' || parsed.position, parsed.dossier_id)
from quarantine.findings as parsed
where parsed.file_id in (select batch.file_id from ({batch}) as batch)
    and parsed.position is not null and parsed.dossier_id <> ''"""
_INSERT = """\
insert into quarantine.findings (
    file_id, position, line, table_name, field, facility_id, dossier_id, rule_id, severity, reason
)
select
    found.file_id,
    found.position,
    found.line,
    found.table_name,
    found.field,
    coalesce(
        version.facility_id,
        (
            select min(sent.sender_id) from ops.document_versions as sent
            where sent.file_id = found.file_id and sent.position = found.position
                and sent.sender_id <> ''
        ),
        file.facility_id
    ),
    case
        when version.dossier_id = '' then coalesce(
            ({named}) ->> (found.file_id || '/' || found.position), ''
        )
        else (
            select btrim(header.ma_lk) from raw.claims_xml1 as header
            where header.file_id = found.file_id and header.position = found.position
        )
    end,
    :rule_id,
    :severity,
    found.reason
from ({findings}) as found
join ops.files as file on file.file_id = found.file_id
left join ops.dossier_versions as version
    on version.file_id = found.file_id and version.position = found.position
order by found.file_id, found.position, found.table_name, found.line, found.field"""


_ENTRIES = text(
    """
    select
        finding.file_id, file.facility_id as sender, file.received_at, file.sha256,
        finding.facility_id as facility, finding.dossier_id as dossier, finding.position,
        finding.table_name as table, finding.line, finding.field, finding.rule_id as rule,
        finding.severity, finding.reason, sheet.sheet,
        coalesce(sheet.columns ->> finding.field, '')
        || (finding.position - sheet.first_position + sheet.first_row) as cell
    from quarantine.all_findings as finding
    inner join ops.files as file using (file_id)
    left join lateral (
        select place.sheet, place.first_position, place.first_row, place.columns
        from ops.delivery_sheets as place
        where place.file_id = finding.file_id and place.first_position <= finding.position
        order by place.first_position desc
        limit 1
    ) as sheet on true
    where
        (cast(:rule_ids as text[]) is null or finding.rule_id = any(:rule_ids))
        and (cast(:hashes as text[]) is null or exists (
            select from unnest(cast(:hashes as text[])) as wanted (beginning)
            where starts_with(file.sha256, beginning)
        ))
        and (
            cast(:facility_id as text) is null
            or coalesce(finding.facility_id, file.facility_id) = :facility_id
        )
        and (
            cast(:first as date) is null
            or file.received_at >= cast(:first as timestamp) at time zone 'Asia/Ho_Chi_Minh'
        )
        and (
            cast(:last as date) is null
            or file.received_at
            < (cast(:last as timestamp) + interval '1 day') at time zone 'Asia/Ho_Chi_Minh'
        )
    order by finding.part, finding.finding_id
    """
)


def insert_findings(connection: Connection, rule: Rule, batch_sql: str) -> int:
    """Store every finding of `rule` in the batch; returns how many."""
    statement = _INSERT.replace("{named}", _NAMED_BY_PARSER.replace("{batch}", batch_sql))
    statement = statement.replace("{findings}", statements.findings(rule, batch_sql))
    result = connection.execute(
        text(statement), {"rule_id": rule.id, "severity": rule.severity.value}
    )
    return int(result.rowcount)


def entries(
    settings: Settings,
    file: str | None = None,
    rule_id: str | None = None,
    *,
    scope: Scope | None = None,
    rule_ids: Sequence[str] = (),
    with_names: bool = False,
) -> list[dict[str, Any]]:
    """What `warehouse quarantine --json` shows, in the order found, those that show beside
    other deliveries last; all filters are optional.

    `position` counts the HOSO of the file: a dossier that could not be read may have no id. `sheet`
    (its number) and `cell`, or a row alone, say where in a list it is.
    `file` is a delivery as it is shown, a hash, or a name under which the bytes were received;
    `rule_id` the whole id, `rule_ids` several. `scope`: of a facility, and by the local day of
    receipt. `with_names` adds `file`, the name at the earliest receipt.
    """
    hashes = None if file is None else hashes_of(settings, file)
    wanted = [*rule_ids, *([rule_id] if rule_id is not None else [])]
    nothing = {"facility_id": None, "first": None, "last": None}
    values = {
        "rule_ids": wanted or None,
        "hashes": hashes,
        **(scope.values() if scope else nothing),
    }
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.execute(_ENTRIES, values).mappings()
        found = [dict(row) for row in rows]
    names = first_names(settings) if with_names else {}
    return [_entry(row, names) for row in found]


def _entry(row: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    delivery = shown(row.pop("sender"), row.pop("received_at"), row.pop("sha256"))
    name = names.get(row.pop("file_id"))
    return {"delivery": delivery, **({"file": name} if name is not None else {}), **row}
