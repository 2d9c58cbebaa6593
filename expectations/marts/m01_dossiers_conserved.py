"""M01: every dossier with content is one encounter with all its lines; nothing else is there."""

from expectations.marts.scope import DOSSIERS, DOSSIERS_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source

_LINES_SENT = """
lines_sent as materialized (
    select facility_key, encounter_key, count(*) as line_count
    from (
        select dossiers.* from dossiers join raw.claims_xml2 using (file_id, position)
        union all
        select dossiers.* from dossiers join raw.claims_xml3 using (file_id, position)
    ) as line
    group by facility_key, encounter_key
)"""

_PER_DOSSIER = Rows(
    table_sql="'fct_encounters'",
    sql=f"""
with {DOSSIERS}, {_LINES_SENT},
lines_held as materialized (
    select line.facility_key, line.encounter_key, count(*) as line_count
    from dossiers
    join candidate.fct_claim_lines as line using (facility_key, encounter_key)
    group by line.facility_key, line.encounter_key
),
encounters_held as materialized (
    select encounter.facility_key, encounter.encounter_key, count(*) as encounter_count
    from dossiers
    join candidate.fct_encounters as encounter using (facility_key, encounter_key)
    group by encounter.facility_key, encounter.encounter_key
)
select
    (dossiers.file_id is not null)::integer as encounters_expected,
    coalesce(encounters_held.encounter_count, 0) as encounters_found,
    coalesce(lines_sent.line_count, 0) as lines_expected,
    coalesce(lines_held.line_count, 0) as lines_found
from dossiers
left join encounters_held using (facility_key, encounter_key)
left join lines_sent using (facility_key, encounter_key)
left join lines_held using (facility_key, encounter_key)""",
    checks=(
        Check("encounter_key", "encounters_found = encounters_expected", "'encounters differ'"),
        Check("claim_line_key", "lines_found = lines_expected", "'lines differ'"),
    ),
)

_IN_ALL = Rows(
    table_sql="'fct_encounters'",
    sql=f"""
with {DOSSIERS}, {_LINES_SENT}
select
    (select count(*) from dossiers where file_id is not null) as encounters_expected,
    (select count(*) from candidate.fct_encounters) as encounters_found,
    (select coalesce(sum(line_count), 0) from lines_sent) as lines_expected,
    (select count(*) from candidate.fct_claim_lines) as lines_found
from batch
where batch.is_full""",
    checks=(
        Check("encounter_key", "encounters_found = encounters_expected", "'encounters differ'"),
        Check("claim_line_key", "lines_found = lines_expected", "'lines differ'"),
    ),
)

RULE = Rule(
    id="M01",
    sentence_vi="Mỗi hồ sơ còn hiệu lực là đúng một lượt khám với đủ mọi dòng; "
    "không thừa lượt nào.",
    sentence_en="Every dossier with content is one encounter with all its lines; "
    "there are no others.",
    source=Source("DESIGN, ledger and conservation", "H"),
    category=Category.COMPLETENESS,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(_PER_DOSSIER, _IN_ALL),
    scope=DOSSIERS_SCOPE,
)
