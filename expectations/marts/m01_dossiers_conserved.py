"""M01: every dossier with content has in each fact the rows that were sent; there are no others."""

from expectations.marts.facts import DOSSIER, ENCOUNTERS, FACTS, Fact
from expectations.marts.scope import DOSSIERS, DOSSIERS_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source


def _sent(fact: Fact) -> str:
    return "\nunion all\n".join(
        f"select '{fact.mart}' as mart, {DOSSIER} from ({select}) as listed" for select in fact.sent
    )


def _held(fact: Fact) -> str:
    """Rows of all audiences: what is there twice, for two audiences, counts once."""
    rows = f"count(distinct ({fact.columns}))" if fact.is_twice else "count(*)"
    return f"""
select
    '{fact.mart}' as mart, {DOSSIER}, {rows} as row_count,
    count(*) filter (where audience = 'open') as open_count
from dossiers join candidate.{fact.mart} using ({DOSSIER})
group by {DOSSIER}"""


def _all_held(fact: Fact) -> str:
    rows = f"count(distinct ({fact.columns}))" if fact.is_twice else "count(*)"
    return f"""
select '{fact.mart}' as mart, (select {rows} from candidate.{fact.mart}) as rows_held
from batch where batch.is_full"""


_ANY_OPEN = ", ".join(f"'{fact.mart}'" for fact in FACTS if fact.closes_rows)

_SENT = f"""
sent as materialized (
    select mart, {DOSSIER}, count(*) as row_count
    from ({" union all ".join(map(_sent, FACTS))}) as listed
    group by mart, {DOSSIER}
)"""

_SAME = Check(
    "encounter_key",
    "rows_held = rows_sent",
    "mart || ': ' || rows_sent || ' rows were sent, ' || rows_held || ' are there'",
)

_PER_DOSSIER = Rows(
    table_sql="judged.mart",
    sql=f"""
with {DOSSIERS}, {_SENT},
held as materialized ({" union all ".join(map(_held, FACTS))}),
audiences as materialized (
    select {DOSSIER}, audience from dossiers join candidate.{ENCOUNTERS} using ({DOSSIER})
)
select
    mart, {DOSSIER},
    coalesce(sent.row_count, 0) as rows_sent,
    coalesce(held.row_count, 0) as rows_held,
    case when audience = 'open' then coalesce(sent.row_count, 0) else 0 end as open_sent,
    coalesce(held.open_count, 0) as open_held
from sent
full join held using (mart, {DOSSIER})
left join audiences using ({DOSSIER})""",
    checks=(
        _SAME,
        Check(
            "audience",
            f"open_held = open_sent or mart in ({_ANY_OPEN}) and open_held < open_sent",
            "mart || ': ' || open_sent || ' rows are open, ' || open_held || ' are there'",
        ),
    ),
)

_IN_ALL = Rows(
    table_sql="judged.mart",
    sql=f"""
with {DOSSIERS}, {_SENT},
held as ({" union all ".join(map(_all_held, FACTS))})
select held.mart, held.rows_held, coalesce(sum(sent.row_count), 0) as rows_sent
from held
left join sent using (mart)
group by held.mart, held.rows_held""",
    checks=(_SAME,),
)

RULE = Rule(
    id="M01",
    sentence_vi="Mỗi hồ sơ còn hiệu lực là đúng một lượt khám với đủ mọi dòng đã gửi của mọi bảng; "
    "không thừa lượt hay dòng nào.",
    sentence_en="Every dossier with content is one encounter with all rows that were sent, of all "
    "tables; there are no others.",
    source=Source("DESIGN, ledger and conservation", "H"),
    category=Category.COMPLETENESS,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(_PER_DOSSIER, _IN_ALL),
    scope=Scope.RELEASE,
    coverage=DOSSIERS_SCOPE,
)
