"""V02: who was referred arrived. Recorded only.

A referral can be judged once its time is over: the file was received three days (72 hours) after
the end of care or later. Then the person must have arrived where XML13 sends him, from here, within
those three days, or up to two hours before the papers were closed, as in fct_transfers. Judged
where a missing arrival would show: the place it leads to sends dossiers to this warehouse, and the
patient has an insurance card, which makes the same person key everywhere. A referral received in
time is left to the marts, which match transfers whenever the other side arrives.
"""

from expectations.relations.visits import LATEST_ARRIVAL, VERSIONS, seen_beside
from expectations.rules.fragments import quoted_code
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

RULE = Rule(
    id="V02",
    sentence_vi="Người bệnh có giấy chuyển tuyến (XML13) đến nơi nhận trong 72 giờ.",
    sentence_en="A patient with a referral slip (XML13) arrives where it leads within 72 hours.",
    source=Source("own idea; catalogue V02", "L"),
    category=Category.CONCORDANCE,
    severity=Severity.RECORD,
    scope=Scope.OTHERS,
    threshold="72 hours",
    owner="data team",
    rows=(
        Rows(
            table_sql="'XML13'",
            sql=f"""
with due as materialized (
    select
        batch.*, slip.line_number as line, slip.sent_to_facility_id as destination,
        md5(slip.sent_to_facility_id)::uuid as destination_key
    from batch
    join staging.stg_claims__transfers as slip using (file_id, position)
    join raw.card_kinds as card using (file_id, position)
    join ops.files as file using (file_id)
    where card.has_insurance_number
        and batch.discharged_at + interval '72 hours' <= file.received_at
)
select
    due.file_id, due.position, due.line, due.destination,
    exists (
        select from {VERSIONS} as other
        join raw.claims_xml1 as header using (file_id, position)
        where {seen_beside("due", "other")}
            and other.facility_key = due.destination_key
            and (
                other.referred_from_facility_id is null
                or due.facility_id = any(string_to_array(other.referred_from_facility_id, ';'))
            )
            and other.arrived_at <= due.discharged_at + interval '72 hours'
            and other.arrived_at + {LATEST_ARRIVAL} >= due.discharged_at - interval '2 hours'
    ) as is_met
from due
where exists (
    select from {VERSIONS} as sent
    where sent.facility_key = due.destination_key and sent.audience in ('open', due.audience)
)""",
            checks=(
                Check(
                    field="MA_NOI_DEN",
                    holds="is_met",
                    reason="'no arrival within 72 hours at the facility referred to: ' || "
                    f"{quoted_code('destination')}",
                ),
            ),
        ),
    ),
)
