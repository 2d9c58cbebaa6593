"""Files that loaded and of which dossiers are quarantined: how many, and by which rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.privacy.shown import shown
from health_warehouse.settings import Settings

_RULES_NAMED = 5
_FILES = text(
    """
    select
        f.file_id, f.facility_id, f.received_at, f.sha256,
        count(*) as dossiers,
        count(*) filter (where v.verdict = 'quarantined') as quarantined
    from ops.files as f
    inner join ops.dossier_versions as v using (file_id)
    where f.file_id = any(:file_ids) and f.status = 'loaded'
    group by f.file_id
    having bool_or(v.verdict = 'quarantined')
    order by f.file_id
    """
)
_RULES = text(
    """
    select file_id, rule_id, count(distinct position) as dossiers
    from quarantine.findings
    where file_id = any(:file_ids) and severity = 'quarantine_dossier'
    group by file_id, rule_id
    order by file_id, dossiers desc, rule_id
    """
)


@dataclass(frozen=True, slots=True)
class QuarantinedFile:
    """`quarantined` of `dossiers` of the file; `rules` with the dossiers that break each, most
    first: a dossier may break several. `delivery` is how the file is shown."""

    delivery: str
    dossiers: int
    quarantined: int
    rules: dict[str, int]

    def __str__(self) -> str:
        named = [f"{rule} {count}" for rule, count in self.rules.items()][:_RULES_NAMED]
        more = len(self.rules) - len(named)
        rules = ", ".join(named) + (f" and {more} more rules" if more else "")
        return f"{self.delivery}: {self.quarantined} of {self.dossiers} dossiers quarantined" + (
            f" ({rules})" if rules else ""
        )


def quarantined_files(settings: Settings, file_ids: Sequence[int]) -> list[QuarantinedFile]:
    """Those of `file_ids` that have a quarantined dossier, by id."""
    values = {"file_ids": list(file_ids)}
    with engine(settings, "loader").connect() as connection:
        files = connection.execute(_FILES, values).all()
        rules: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for row in connection.execute(_RULES, values):
            rules[row.file_id][row.rule_id] = row.dossiers
    return [
        QuarantinedFile(
            shown(file.facility_id, file.received_at, file.sha256),
            file.dossiers,
            file.quarantined,
            rules[file.file_id],
        )
        for file in files
    ]
