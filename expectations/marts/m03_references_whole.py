"""M03: every key that a fact names is in its dimension."""

from expectations.marts.facts import REFERENCES, Reference
from expectations.marts.scope import TOUCHED_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source


def _named(reference: Reference) -> Rows:
    """Each row in scope names a row of the other mart, or none."""
    columns, to_columns = reference.columns.split(", "), reference.to_columns.split(", ")
    pairs = zip(columns, to_columns, strict=True)
    on = " and ".join(f"named.{to} = fact.{column}" for column, to in pairs)
    return Rows(
        table_sql=f"'{reference.mart}'",
        sql=f"""
select named.{to_columns[0]} is not null as is_there
from batch
cross join intermediate.{reference.scope}
join candidate.{reference.mart} as fact using ({reference.scope_columns})
left join candidate.{reference.to} as named on {on}
where fact.{columns[-1]} is not null""",
        checks=(
            Check(
                reference.columns,
                "is_there",
                f"'{reference.columns} is not in {reference.to}'",
            ),
        ),
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


RULE = Rule(
    id="M03",
    sentence_vi="Mọi khóa mà một sự kiện nêu đều có trong bảng chiều của nó.",
    sentence_en="Every key that a fact or report names is in the table that it points to.",
    source=Source("DESIGN, release gate: referential integrity", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        *map(_named, REFERENCES),
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
            "candidate.fct_claim_lines",
            "item_key",
        ),
        _members(
            "intermediate.int_claims__touched_diagnoses",
            "diagnosis_key",
            "candidate.dim_diagnoses",
            "candidate.bridge_encounters_diagnoses",
            "diagnosis_key",
        ),
        _members(
            "intermediate.int_claims__touched_facilities",
            "facility_key",
            "candidate.dim_facilities",
            "candidate.fct_encounters",
            "facility_key",
        ),
    ),
    scope=TOUCHED_SCOPE,
)
