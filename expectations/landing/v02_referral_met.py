"""V02: who was referred arrived. Recorded only.

A referral can be judged once its time is over: the file was received three days (72 hours) after
the end of care or later. Then the person must have arrived where XML13 sends him, from here, within
those three days, or up to two hours before the papers were closed, as in fct_transfers. Judged
where a missing arrival would show: the place it leads to sends dossiers to this warehouse, and the
patient has an insurance card, which makes the same person key everywhere. A referral received in
time is left to the marts, which match transfers whenever the other side arrives.
"""

from expectations.rules.fragments import quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import HEADER, lines
from expectations.rules.visits import KNOWN, arrived

_TO = f"coalesce({text_or_null('line.ma_cskcb_den')}, {text_or_null('line.ma_noi_den')})"
# What this very batch brings counts only after its verdict.
_SENDS_HERE = f"""(
    exists (select from ops.current_dossiers as sent where sent.facility_id = {_TO})
    or {_TO} in (
        select sent.facility_id
        from batch as sending
        join ops.dossier_versions as sent using (file_id)
    )
)"""
_DUE = lines(
    13,
    f"{_TO} as destination",
    joined=HEADER,
    where="header.ma_the_bhyt ~ '[0-9]{10}' and header.ma_the_bhyt !~* 'PP' "
    "and raw.parse_local_time(header.ngay_ra) + interval '72 hours' "
    f"<= batch.received_at at time zone 'Asia/Ho_Chi_Minh' and {_SENDS_HERE}",
)
_IS_MET = """exists (
    select from known as other
    where other._person_key = arrived._person_key
        and other.facility_id = due.destination
        and coalesce(other.came_from, '') in ('', arrived.facility_id)
        and other.began_at - arrived.ended_at between interval '-2 hours' and interval '72 hours'
)"""

RULE = Rule(
    id="V02",
    sentence_vi="Người bệnh có giấy chuyển tuyến (XML13) đến nơi nhận trong 72 giờ.",
    sentence_en="A patient with a referral slip (XML13) arrives where it leads within 72 hours.",
    source=Source("own idea; catalogue V02", "L"),
    category=Category.CONCORDANCE,
    severity=Severity.RECORD,
    threshold="72 hours",
    owner="data team",
    rows=(
        Rows(
            table_sql="'XML13'",
            sql=f"""
with due as materialized ({_DUE}),
brought as materialized ({arrived()}),
arrived as materialized (
    select * from brought where _person_key in (
        select _person_key from brought join due using (file_id, position)
    )
),
known as materialized ({KNOWN})
select due.file_id, due.position, due.line, due.destination, {_IS_MET} as is_met
from due
join arrived using (file_id, position)""",
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
