"""M09: whatever tells of HIV is flagged, so that row security can keep it to its readers.

The codes are written out again here on purpose.
"""

from expectations.marts.facts import DOSSIER, ENCOUNTERS, FACTS, Fact
from expectations.marts.scope import TOUCHED_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source

_CODES = Rows(
    table_sql="'bridge_encounters_diagnoses'",
    sql=f"""
select diagnosis.is_hiv_related
from batch
cross join intermediate.int_claims__changed_dossiers
join candidate.bridge_encounters_diagnoses as diagnosis using ({DOSSIER})
where diagnosis.diagnosis_code ~* '(^|[^a-z])(b *2[01234]|z *21)'""",
    checks=(Check("is_hiv_related", "is_hiv_related", "'a code of HIV is not flagged'"),),
)

_RECORDS = Rows(
    table_sql=f"'{ENCOUNTERS}'",
    sql=f"""
select encounter.is_hiv_related
from batch
cross join intermediate.int_claims__changed_dossiers
join candidate.fct_hiv_treatments using ({DOSSIER})
join candidate.{ENCOUNTERS} as encounter using ({DOSSIER})""",
    checks=(Check("is_hiv_related", "is_hiv_related", "'an encounter of XML6 is not flagged'"),),
)

_SERVICES = Rows(
    table_sql="'fct_claim_lines'",
    sql="""
select line.is_hiv_related
from batch
cross join intermediate.int_claims__changed_dossiers as changed
join raw.claims_xml3 as sent using (file_id, position)
join candidate.fct_claim_lines as line
    on line.facility_key = changed.facility_key and line.encounter_key = changed.encounter_key
    and line.table_code = 'XML3' and line.line_number = sent.line
where sent.ma_benh ~* '(^|[^a-z])(b *2[01234]|z *21)'""",
    checks=(Check("is_hiv_related", "is_hiv_related", "'a service for HIV is not flagged'"),),
)


def _inherited(fact: Fact) -> Rows:
    """A row that is seen while its encounter is hidden would tell that there is one to hide."""
    return Rows(
        table_sql=f"'{fact.mart}'",
        sql=f"""
select fact.is_hiv_related
from batch
cross join intermediate.{fact.scope}
join candidate.{ENCOUNTERS} as encounter using ({DOSSIER})
join candidate.{fact.mart} as fact using ({DOSSIER})
where encounter.is_hiv_related""",
        checks=(
            Check("is_hiv_related", "is_hiv_related", "'the encounter is flagged, its row is not'"),
        ),
    )


RULE = Rule(
    id="M09",
    sentence_vi="Mọi dòng cho biết người bệnh nhiễm HIV đều được đánh dấu, để chỉ người được phép "
    "mới xem được.",
    sentence_en="Every row that tells that a patient lives with HIV is flagged, so that only its "
    "readers see it.",
    source=Source("QĐ 4750/QĐ-BYT XML6; Luật 64/2006/QH11 on HIV: confidentiality", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        _CODES,
        _RECORDS,
        _SERVICES,
        *(_inherited(fact) for fact in FACTS if fact.mart != ENCOUNTERS),
    ),
    scope=TOUCHED_SCOPE,
)
