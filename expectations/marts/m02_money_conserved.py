"""M02: the money of every dossier in the marts is the money that was sent, to the last đồng."""

from expectations.marts.scope import DOSSIERS, DOSSIERS_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

# Column of the mart: element of the standard, in the header and (where it is there) in the lines.
_HEADER = {
    "drug_amount_vnd": "t_thuoc",
    "device_amount_vnd": "t_vtyt",
    "billed_amount_vnd": "t_tongchi_bv",
    "in_scope_amount_vnd": "t_tongchi_bh",
    "fund_amount_vnd": "t_bhtt",
    "fund_fee_for_service_amount_vnd": "t_bhtt_gdv",
    "copayment_amount_vnd": "t_bncct",
    "own_amount_vnd": "t_bntt",
    "other_source_amount_vnd": "t_nguonkhac",
}
_LINES = {
    "billed_amount_vnd": "thanh_tien_bv",
    "in_scope_amount_vnd": "thanh_tien_bh",
    "fund_amount_vnd": "t_bhtt",
    "copayment_amount_vnd": "t_bncct",
    "own_amount_vnd": "t_bntt",
    "other_source_amount_vnd": "t_nguonkhac",
}


def _sent(element: str) -> str:
    return f"coalesce(round(raw.parse_amount(sent.{element}), 2), 0)"


def _lines_sent(table: str) -> str:
    amounts = ", ".join(f"{_sent(element)} as {column}" for column, element in _LINES.items())
    return (
        f"select facility_key, encounter_key, {amounts} "
        f"from dossiers join {table} as sent using (file_id, position)"
    )


def _sums(prefix: str) -> str:
    return ", ".join(f"sum({column}) as {prefix}_{column}" for column in _LINES)


def _same(column: str) -> Check:
    return Check(column, f"sent_{column} = held_{column}", f"'{column} differs from what was sent'")


_HEADERS = Rows(
    table_sql="'fct_encounters'",
    sql=f"""
with {DOSSIERS}
select
    dossiers.facility_key, dossiers.encounter_key,
    {", ".join(f"{_sent(element)} as sent_{column}" for column, element in _HEADER.items())},
    {", ".join(f"coalesce(held.{column}, 0) as held_{column}" for column in _HEADER)}
from dossiers
join raw.claims_xml1 as sent using (file_id, position)
left join candidate.fct_encounters as held using (facility_key, encounter_key)""",
    checks=tuple(map(_same, _HEADER)),
)

_LINE_SUMS = Rows(
    table_sql="'fct_claim_lines'",
    sql=f"""
with {DOSSIERS},
sent as materialized (
    select facility_key, encounter_key, {_sums("sent")}
    from ({_lines_sent("raw.claims_xml2")} union all {_lines_sent("raw.claims_xml3")}) as line
    group by facility_key, encounter_key
),
held as materialized (
    select line.facility_key, line.encounter_key, {_sums("held")}
    from dossiers
    join candidate.fct_claim_lines as line using (facility_key, encounter_key)
    group by line.facility_key, line.encounter_key
)
select
    facility_key, encounter_key,
    {", ".join(f"coalesce(sent_{column}, 0) as sent_{column}" for column in _LINES)},
    {", ".join(f"coalesce(held_{column}, 0) as held_{column}" for column in _LINES)}
from sent
full join held using (facility_key, encounter_key)""",
    checks=tuple(map(_same, _LINES)),
)

RULE = Rule(
    id="M02",
    sentence_vi="Tiền của mỗi hồ sơ trong kho công bố bằng tiền đã gửi, đến từng đồng.",
    sentence_en="The money of every dossier, in header and lines, is what was sent, "
    "to the last đồng.",
    source=Source("DESIGN, ledger and conservation", "H"),
    category=Category.CONCORDANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(_HEADERS, _LINE_SUMS),
    scope=Scope.RELEASE,
    coverage=DOSSIERS_SCOPE,
)
