"""M04: a key names one row."""

from expectations.marts.facts import DOSSIER, FACTS
from expectations.marts.scope import TOUCHED_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source


def _unique(mart: str, keys: str, touched: str, scope_keys: str) -> Rows:
    return Rows(
        table_sql=f"'{mart}'",
        sql=f"""
select count(*) as row_count
from batch
cross join intermediate.{touched}
join candidate.{mart} using ({scope_keys})
group by {keys}""",
        checks=(Check(keys, "row_count = 1", f"'{keys} is not unique in {mart}'"),),
    )


_MONTH = "facility_key, month_start_date"
_APPOINTMENT_MONTH = "facility_key, appointment_month_start_date"
_ITEM_MONTH = f"{_MONTH}, item_key"
_MORBIDITY_MONTH = f"{_MONTH}, age_group, sex_code"

RULE = Rule(
    id="M04",
    sentence_vi="Mỗi khóa chỉ ứng với một dòng.",
    sentence_en="A key names one row.",
    source=Source("DESIGN, release gate: deterministic keys", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        *(_unique(fact.mart, fact.columns, fact.scope, DOSSIER) for fact in FACTS),
        _unique("rpt_facility_months", _MONTH, "int_claims__touched_facility_months", _MONTH),
        _unique(
            "rpt_appointment_months",
            f"{_APPOINTMENT_MONTH}, is_hiv_related",
            "int_claims__touched_appointment_months",
            _APPOINTMENT_MONTH,
        ),
        _unique(
            "rpt_item_months",
            f"{_ITEM_MONTH}, cost_group_code, is_hiv_related",
            "int_claims__touched_item_months",
            _ITEM_MONTH,
        ),
        _unique(
            "rpt_morbidity_months",
            f"{_MORBIDITY_MONTH}, chapter_code, is_hiv_related",
            "int_claims__touched_morbidity_months",
            _MORBIDITY_MONTH,
        ),
        _unique("dim_persons", "person_key", "int_claims__touched_persons", "person_key"),
        _unique("dim_items", "item_key", "int_claims__touched_items", "item_key"),
        _unique("dim_diagnoses", "diagnosis_key", "int_claims__touched_diagnoses", "diagnosis_key"),
        _unique("dim_facilities", "facility_key", "int_claims__touched_facilities", "facility_key"),
        _unique("dim_dates", "date_key", "int_claims__touched_dates", "date_key"),
    ),
    scope=TOUCHED_SCOPE,
)
