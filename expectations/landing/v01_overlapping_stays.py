"""V01: nobody is an inpatient of two facilities at the same time.

Stays of types 03, 04 and 09 of one person (by person key), compared with those that count now and
those of the batch. A transfer may be written down late: an hour of overlap is granted (our
threshold). The dossier that comes later is flagged, be it the wrong one or not.
"""

from expectations.rules.fragments import quoted_time
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.visits import KNOWN, arrived

RULE = Rule(
    id="V01",
    sentence_vi="Một người không nằm viện (loại KCB 03, 04, 09) ở hai cơ sở cùng lúc "
    "(quá một giờ).",
    sentence_en="No person is an inpatient (types 03, 04, 09) of two facilities at the same time "
    "(for more than an hour).",
    source=Source("reasons of refused claims; catalogue V01", "L"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    threshold="1 hour",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=f"""
with arrived as materialized (
    {arrived("btrim(header.ma_loai_kcb) in ('03', '04', '09')")}
),
known as materialized ({KNOWN})
select distinct on (arrived.file_id, arrived.position)
    arrived.file_id,
    arrived.position,
    null::integer as line,
    arrived.ngay_vao,
    arrived.ngay_ra,
    other.began_at as other_began_at,
    other.ended_at as other_ended_at,
    other.file_id is not null as is_elsewhere
from arrived
left join known as other
    on arrived._person_key = other._person_key
    and arrived.facility_id <> other.facility_id
    and other.care_type in ('03', '04', '09')
    and least(arrived.ended_at, other.ended_at)
        - greatest(arrived.began_at, other.began_at) > interval '1 hour'
order by arrived.file_id, arrived.position, other.began_at""",
            checks=(
                Check(
                    field="NGAY_VAO",
                    holds="not is_elsewhere",
                    reason=f"'stays from ' || {quoted_time('ngay_vao')} || ' to ' || "
                    f"{quoted_time('ngay_ra')} || ', at another facility from ' || "
                    "to_char(other_began_at, 'YYYYMMDDHH24MI') || ' to ' || "
                    "to_char(other_ended_at, 'YYYYMMDDHH24MI')",
                ),
            ),
        ),
    ),
)
