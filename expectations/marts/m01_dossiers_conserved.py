"""M01: every dossier with content has in each fact the rows that were sent; there are no others."""

from expectations.marts.facts import DOSSIER, FACTS, Fact
from expectations.marts.scope import DOSSIERS, DOSSIERS_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source


def _sent(fact: Fact) -> str:
    return "\nunion all\n".join(
        f"select '{fact.mart}' as mart, {DOSSIER} from ({select}) as listed" for select in fact.sent
    )


def _held(fact: Fact) -> str:
    return f"""
select '{fact.mart}' as mart, {DOSSIER}, count(*) as row_count
from dossiers join candidate.{fact.mart} using ({DOSSIER})
group by {DOSSIER}"""


def _all_held(fact: Fact) -> str:
    return f"""
select '{fact.mart}' as mart, (select count(*) from candidate.{fact.mart}) as rows_held
from batch where batch.is_full"""


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
held as materialized ({" union all ".join(map(_held, FACTS))})
select
    mart,
    coalesce(sent.row_count, 0) as rows_sent,
    coalesce(held.row_count, 0) as rows_held
from sent
full join held using (mart, {DOSSIER})""",
    checks=(_SAME,),
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
    scope=DOSSIERS_SCOPE,
)
