"""M09: whatever tells of a closed class is for the audience of that class.

The codes are those of the one dated list (dbt_project/seeds/ref_closed_codes.csv). They are looked
for in what was sent, as canonical codes, and not by the patterns that the models use.
"""

from expectations.marts.declared import affected_keys
from expectations.marts.facts import DOSSIER, ENCOUNTERS, FACTS, Fact
from expectations.marts.scope import AFFECTED_SCOPE, DOSSIERS
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

_CLOSED = Check("audience", "audience <> 'open'", "'a dossier is open that ' || told_by")
# The day of care of a dossier; of one without a readable day every row of the list holds.
_LISTED = """
    join staging.ref_closed_codes as listed
        on listed.kind = '{kind}' and {tells}
        and (listed.valid_from is null or care_date is null or listed.valid_from <= care_date)
        and (listed.valid_to is null or care_date is null or listed.valid_to > care_date)"""
_BY_CODE = "starts_with(replace(code.sent, '.', ''), replace(listed.code, '.', ''))"
_BY_OBJECT = "trim(sent.ma_doituong_kcb) = listed.code"
_IN_NAME = "strpos(lower({name}), listed.code) > 0"
_ALL_WORDS = (
    "sent.ten_dich_vu is not null and not exists ("
    "select from unnest(string_to_array(listed.code, ' + ')) as word"
    " where strpos(lower(sent.ten_dich_vu), word) = 0)"
)


def _told(told_by: str, table: str, kind: str, tells: str, codes: str = "") -> str:
    return f"""
    select {DOSSIER}, '{told_by}' as told_by
    from cared
    join raw.claims_{table} as sent using (file_id, position)
    {codes}{_LISTED.format(kind=kind, tells=tells)}"""


def _codes(columns: str) -> str:
    return f"cross join unnest(raw.canonical_icd_list({columns})) as code (sent)"


_TOLD = " union all ".join(
    (
        _told(
            "names a closed diagnosis",
            "xml1",
            "icd",
            _BY_CODE,
            _codes(
                "concat_ws(';', sent.ma_benh_chinh, sent.ma_benh_kt, sent.ma_benh_yhct)",
            ),
        ),
        _told(
            "has a service for a closed diagnosis", "xml3", "icd", _BY_CODE, _codes("sent.ma_benh")
        ),
        _told("is of a closed object", "xml1", "object", _BY_OBJECT),
        _told(
            "has a drug of a closed class",
            "xml2",
            "drug",
            _IN_NAME.format(name="concat_ws(' ', sent.ten_thuoc, sent.ham_luong)"),
        ),
        _told("has a service of a closed class", "xml3", "service", _ALL_WORDS),
    )
)

_LISTS = Rows(
    table_sql=f"'{ENCOUNTERS}'",
    sql=f"""
with {DOSSIERS},
cared as materialized (
    select
        dossiers.*, coalesce(raw.parse_date(ngay_ra), raw.parse_date(ngay_vao)) as care_date
    from dossiers join raw.claims_xml1 using (file_id, position)
),
told as ({_TOLD})
select {DOSSIER}, told_by, audience
from told join candidate.{ENCOUNTERS} using ({DOSSIER})""",
    checks=(_CLOSED,),
)

_RECORDS = Rows(
    table_sql=f"'{ENCOUNTERS}'",
    sql=f"""
with {DOSSIERS},
told as (
    select {DOSSIER}, 'has a record of HIV care' as told_by
    from dossiers join raw.claims_xml6 using (file_id, position)
    union all
    select {DOSSIER}, 'has a record of tuberculosis with HIV'
    from dossiers join raw.claims_xml15 as sent using (file_id, position)
    where trim(phanloai_lao_hiv) = '1'
        or raw.parse_date(ngaykd_hiv) is not null or raw.parse_date(bddt_arv) is not null
)
select {DOSSIER}, told_by, audience
from told join candidate.{ENCOUNTERS} using ({DOSSIER})""",
    checks=(_CLOSED,),
)


def _told_at_check_in(told_by: str, kind: str, tells: str) -> str:
    return f"""
    select {DOSSIER}, audience, '{told_by}' as told_by
    from sent{_LISTED.format(kind=kind, tells=tells)}"""


# Check-ins that changed since the build are left to the next one.
_CHECK_INS = Rows(
    table_sql="'fct_waiting_times'",
    sql=f"""
with later as materialized (
    select changes.document_key
    from batch
    join ops.document_changes as changes on changes.change_id > batch.to_change_id
    where changes.feed = 'check_ins'
),
sent as materialized (
    select {DOSSIER}, waited.audience,
        raw.parse_date(xml0.ngay_vao) as care_date,
        xml0.ten_thuoc, xml0.ten_dich_vu, xml0.ma_doituong_kcb
    from batch
    cross join {affected_keys("fct_waiting_times")} as affected
    join candidate.fct_waiting_times as waited using ({DOSSIER})
    join ops.document_versions as version
        on version.feed = 'check_ins' and version.refers_to_key = waited.encounter_key
    join ops.current_documents as counting
        on counting.feed = 'check_ins'
        and (counting.file_id, counting.position) = (version.file_id, version.position)
    join raw.check_ins as xml0
        on (xml0.file_id, xml0.position) = (version.file_id, version.position)
    where version.document_key not in (select document_key from later)
)
select {DOSSIER}, told_by, audience
from (
    {_told_at_check_in("had a closed drug", "drug", _IN_NAME.format(name="sent.ten_thuoc"))}
    union all
    {_told_at_check_in("had a closed service", "service", _ALL_WORDS)}
    union all
    {_told_at_check_in("is of a closed object", "object", _BY_OBJECT)}
) as told""",
    checks=(Check("audience", "audience <> 'open'", "'a check-in is open that ' || told_by"),),
)


def _inherited(fact: Fact) -> Rows:
    """A row for others than its encounter would tell that there is one to hide, or what it is."""
    same = "fact_audience = encounter_audience"
    return Rows(
        table_sql=f"'{fact.mart}'",
        sql=f"""
select
    fact.facility_key, fact.encounter_key,
    fact.audience as fact_audience, encounter.audience as encounter_audience
from batch
cross join intermediate.{fact.scope}
join candidate.{ENCOUNTERS} as encounter using ({DOSSIER})
join candidate.{fact.mart} as fact using ({DOSSIER})""",
        checks=(
            Check(
                "audience",
                f"{same} or encounter_audience = 'open'"
                if fact.closes_rows or fact.is_twice
                else same,
                "'the row is not for the audience of its encounter'",
            ),
        ),
    )


RULE = Rule(
    id="M09",
    sentence_vi="Mọi hồ sơ cho biết người bệnh thuộc nhóm kín (trước hết là HIV) đều nằm trong kho "
    "kín, để chỉ người được phép mới xem được.",
    sentence_en="Every dossier that tells of a closed class, HIV first, is in the closed store, so "
    "that only its readers see it.",
    source=Source("Luật 64/2006/QH11 on HIV: confidentiality; QĐ 4750/QĐ-BYT XML6", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        _LISTS,
        _RECORDS,
        _CHECK_INS,
        *(_inherited(fact) for fact in FACTS if fact.mart != ENCOUNTERS),
    ),
    scope=Scope.RELEASE,
    coverage=AFFECTED_SCOPE,
    tells_closed=True,
)
