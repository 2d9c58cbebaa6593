"""F11: a facility that sends claims is in the registry of facilities, once one has been accepted.

One finding for each facility, at the first dossier of its first file, as F10.
"""

from expectations.rules.fragments import quoted_code
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

RULE = Rule(
    id="F11",
    sentence_vi="Cơ sở gửi hồ sơ (MACSKCB) có trong danh mục cơ sở y tế đã nhận.",
    sentence_en="The facility that sends claims (MACSKCB) is in the registry of facilities.",
    source=Source("QĐ 384/QĐ-BYT 2019: codes of facilities", "M"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    scope=Scope.OTHERS,
    owner="operations",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql="""
select
    first.file_id,
    first.position,
    null::integer as line,
    known.facility_id,
    raw.canonical_code(known.facility_id) in (
        select raw.canonical_code(registered.facility_code)
        from feeds.facility_registry as registered
    ) as is_registered
from ops.facilities as known
cross join lateral (
    select file.file_id, version.position
    from ops.files as file
    join lateral (
        select min(held.position) as position from ops.dossier_versions as held
        where held.file_id = file.file_id
    ) as version on version.position is not null
    where
        file.facility_id = known.facility_id
        and file.kind = 'claims' and file.status = 'loaded' and file.judged_at is not null
        and file.dossier_count > 0
        and not exists (
            select from ops.files as again
            where again.read_again_of = file.file_id and again.judged_at is not null
        )
    order by file.received_at, file.sha256 collate "C"
    limit 1
) as first
where exists (select from feeds.facility_registry)""",
            checks=(
                Check(
                    field="MACSKCB",
                    holds="is_registered",
                    reason="'the registry of facilities does not know ' || "
                    f"{quoted_code('facility_id')}",
                ),
            ),
        ),
    ),
)
