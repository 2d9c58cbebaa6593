"""M03: every key that a mart names is in the mart that it leads to, for the same audience."""

from expectations.marts.declared import affected_keys, keys_of, references, rows_in_scope
from expectations.marts.scope import AFFECTED_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source
from health_warehouse.marts.contracts import ForeignKey, MartContract


def _named(mart: MartContract, key: ForeignKey, to: MartContract) -> Rows:
    """Each row in scope names a row of the other mart, or none.

    A closed row of a fact may belong to an open encounter; an open row names open rows only.
    """
    pairs = zip(key.columns, key.to_columns, strict=True)
    on = " and ".join(f"named.{to_column} = fact.{column}" for column, to_column in pairs)
    same = "named.audience = fact.audience"
    if to.division == "by_row":
        same = f"({same} or fact.audience <> 'open')"
    return Rows(
        table_sql=f"'{mart.mart}'",
        sql=f"""
select
    {keys_of(mart, "fact")}
    exists (select from candidate.{to.mart} as named where {on} and {same}) as is_there
from batch
{rows_in_scope(mart, "fact")}
where fact.{key.columns[-1]} is not null""",
        checks=(
            Check(
                ", ".join(key.columns),
                "is_there",
                f"'{', '.join(key.columns)} is not in {to.mart}'",
            ),
        ),
    )


_SAME = "fact.audience = audiences.audience"


def _members(key: str, mart: str, fact: str, column: str, *, by_range: bool = False) -> Rows:
    """An affected member that the build dropped is named by no fact, changed or not.

    `by_range`: the fact has an index on the column and the audience. Asked for a range in its order
    Postgres searches it, also where most rows name one member and a scan looks cheaper.
    """
    named = f"fact.{column} = affected.{key}"
    is_named = f"exists (select from {fact} as fact where {named} and {_SAME})"
    if by_range:
        is_named = (
            f"(select fact.audience from {fact} as fact where {named}"
            " and fact.audience >= audiences.audience order by fact.audience limit 1)"
            " is not distinct from audiences.audience"
        )
    return Rows(
        table_sql=f"'{mart}'",
        sql=f"""
select
    exists (
        select from candidate.{mart} as member
        where member.{key} = affected.{key} and member.audience = audiences.audience
    ) as is_there,
    {is_named} as is_named
from batch
cross join {affected_keys(mart)} as affected
cross join (select distinct audience from candidate.dim_dates) as audiences""",
        checks=(Check(key, "is_there or not is_named", f"'{key} is named but not in {mart}'"),),
    )


RULE = Rule(
    id="M03",
    sentence_vi="Mọi khóa mà một bảng nêu đều có trong bảng mà khóa dẫn tới, cho cùng đối tượng "
    "đọc.",
    sentence_en="Every key that a mart names is in the mart that it leads to, for the same "
    "audience.",
    source=Source("DESIGN, release gate: referential integrity", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        *(_named(*reference) for reference in references()),
        _members(
            "person_key",
            "dim_persons",
            "intermediate.int_claims__current_versions",
            "person_key",
        ),
        _members(
            "item_key",
            "dim_items",
            "candidate.fct_claim_lines",
            "item_key",
        ),
        _members(
            "diagnosis_key",
            "dim_diagnoses",
            "candidate.bridge_encounters_diagnoses",
            "diagnosis_key",
        ),
        _members(
            "practitioner_key",
            "dim_practitioners",
            "candidate.fct_claim_lines",
            "ordering_practitioner_key",
            by_range=True,
        ),
        _members(
            "facility_key",
            "dim_facilities",
            "candidate.fct_encounters",
            "facility_key",
        ),
    ),
    scope=Scope.RELEASE,
    coverage=AFFECTED_SCOPE,
)
