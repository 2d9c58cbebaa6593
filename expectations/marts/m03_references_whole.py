"""M03: every key that a fact names is in its dimension."""

from expectations.marts.scope import TOUCHED_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source

_ENCOUNTERS = "candidate.fct_encounters"
_LINES = "candidate.fct_claim_lines"
_CHANGED = "intermediate.int_claims__changed_dossiers"
_CHANGED_KEYS = "(facility_key, encounter_key)"


def _facts_to(fact: str, columns: str, mart: str, to_columns: str, scope: str, keys: str) -> Rows:
    """Each fact in scope names a row of `mart`."""
    pairs = zip(columns.split(", "), to_columns.split(", "), strict=True)
    on = " and ".join(f"named.{to} = fact.{column}" for column, to in pairs)
    first = to_columns.split(", ")[0]
    return Rows(
        table_sql=f"'{fact}'",
        sql=f"""
select named.{first} is not null as is_there
from batch
cross join {scope}
join {fact} as fact using {keys}
left join {mart} as named on {on}""",
        checks=(Check(columns, "is_there", f"'{columns} is not in {mart}'"),),
    )


def _members(touched: str, key: str, mart: str, fact: str, column: str) -> Rows:
    """A member that the build touched and dropped is named by no fact, changed or not."""
    return Rows(
        table_sql=f"'{mart}'",
        sql=f"""
select
    exists (select from {mart} as member where member.{key} = touched.{key}) as is_there,
    exists (select from {fact} as fact where fact.{column} = touched.{key}) as is_named
from batch
cross join {touched} as touched""",
        checks=(Check(key, "is_there or not is_named", f"'{key} is named but not in {mart}'"),),
    )


def _encounter(column: str, mart: str, key: str) -> Rows:
    return _facts_to(_ENCOUNTERS, column, f"candidate.{mart}", key, _CHANGED, _CHANGED_KEYS)


RULE = Rule(
    id="M03",
    sentence_vi="Mọi khóa mà một sự kiện nêu đều có trong bảng chiều của nó.",
    sentence_en="Every key that a fact or report names is in the table that it points to.",
    source=Source("DESIGN, release gate: referential integrity", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        _encounter("facility_key", "dim_facilities", "facility_key"),
        _encounter("person_key", "dim_persons", "person_key"),
        _encounter("main_diagnosis_key", "dim_diagnoses", "diagnosis_key"),
        _encounter("arrival_date", "dim_dates", "date_key"),
        _encounter("discharge_date", "dim_dates", "date_key"),
        _facts_to(_LINES, "item_key", "candidate.dim_items", "item_key", _CHANGED, _CHANGED_KEYS),
        _facts_to(
            _LINES,
            "facility_key, encounter_key",
            _ENCOUNTERS,
            "facility_key, encounter_key",
            _CHANGED,
            _CHANGED_KEYS,
        ),
        _facts_to(
            "candidate.rpt_facility_months",
            "facility_key",
            "candidate.dim_facilities",
            "facility_key",
            "intermediate.int_claims__touched_facility_months",
            "(facility_key, month_start_date)",
        ),
        _members(
            "intermediate.int_claims__touched_persons",
            "person_key",
            "candidate.dim_persons",
            "intermediate.int_claims__current_versions",
            "person_key",
        ),
        _members(
            "intermediate.int_claims__touched_items",
            "item_key",
            "candidate.dim_items",
            _LINES,
            "item_key",
        ),
        _members(
            "intermediate.int_claims__touched_diagnoses",
            "diagnosis_key",
            "candidate.dim_diagnoses",
            _ENCOUNTERS,
            "main_diagnosis_key",
        ),
        _members(
            "intermediate.int_claims__touched_facilities",
            "facility_key",
            "candidate.dim_facilities",
            _ENCOUNTERS,
            "facility_key",
        ),
    ),
    scope=TOUCHED_SCOPE,
)
