"""V02: who was referred arrived. Recorded only.

A referral can be judged once its time is over: the file was received three days (72 hours) after
the end of care or later. Then the person must have arrived where XML13 sends him, within those
three days, from here. Judged where a missing arrival would show: the place it leads to sends
dossiers to this warehouse, and the patient has an insurance card, which makes the same person key
everywhere. A referral received in time is left to the marts, which match transfers whenever the
other side arrives.
"""

from expectations.rules.fragments import described, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.visits import ARRIVED, KNOWN

_TO = f"coalesce({text_or_null('slip.ma_cskcb_den')}, {text_or_null('slip.ma_noi_den')})"

RULE = Rule(
    id="V02",
    sentence_vi="Người bệnh có giấy chuyển tuyến (XML13) đến nơi nhận trong 72 giờ.",
    sentence_en="A patient with a referral slip (XML13) arrives where it leads within 72 hours.",
    source=Source("own idea; catalogue V02", "L"),
    category=Category.CONCORDANCE,
    severity=Severity.RECORD,
    owner="data team",
    rows=(
        Rows(
            table_sql="'XML13'",
            sql=f"""
with due as materialized (
    select
        slip.file_id,
        slip.position,
        slip.line,
        {_TO} as destination
    from batch
    join ops.dossier_versions as version using (file_id)
    join raw.claims_xml13 as slip using (file_id, position)
    join raw.claims_xml1 as header using (file_id, position)
    where not version.is_withdrawal
        and header.ma_the_bhyt ~ '[0-9]{{10}}'
        and header.ma_the_bhyt !~* 'PP'
        and raw.parse_local_time(header.ngay_ra) + interval '72 hours'
            <= batch.received_at at time zone 'Asia/Ho_Chi_Minh'
        and exists (
            select from ops.current_dossiers as sent where sent.facility_id = {_TO} offset 0
        )
),
arrived as materialized (
    {ARRIVED} and (header.file_id, header.position) in (select file_id, position from due)
),
elsewhere as materialized (
    select known.* from ({KNOWN}) as known
    union all
    select
        file_id, position, facility_id, dossier_id, _person_key,
        care_type, came_from, began_at, ended_at
    from ({ARRIVED}) as brought
    where _person_key in (select _person_key from arrived)
)
select
    due.file_id,
    due.position,
    due.line,
    due.destination,
    exists (
        select
        from elsewhere
        where elsewhere._person_key = arrived._person_key
            and elsewhere.facility_id = due.destination
            and coalesce(elsewhere.came_from, '') in ('', arrived.facility_id)
            and elsewhere.began_at - arrived.ended_at
                between interval '-1 hour' and interval '72 hours'
    ) as is_met
from due
join arrived using (file_id, position)""",
            checks=(
                Check(
                    field="MA_NOI_DEN",
                    holds="is_met",
                    reason="'no arrival within 72 hours at the facility referred to: ' || "
                    f"{described('destination')}",
                ),
            ),
        ),
    ),
)
