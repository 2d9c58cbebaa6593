"""V01: nobody is an inpatient of two facilities at the same time.

Stays of types 03, 04 and 09 of one person (by person key). A transfer may be written down late: an
hour of overlap is granted (our threshold). Both dossiers are flagged, for nobody knows which one is
wrong. Two stays of one facility are V04.
"""

from expectations.relations.visits import LATEST_ARRIVAL, VERSIONS, local_time, seen_beside
from expectations.rules.fragments import quoted_time
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

RULE = Rule(
    id="V01",
    sentence_vi="Một người không nằm viện (loại KCB 03, 04, 09) ở hai cơ sở cùng lúc "
    "(quá một giờ).",
    sentence_en="No person is an inpatient (types 03, 04, 09) of two facilities at the same time "
    "(for more than an hour).",
    source=Source("reasons of refused claims; catalogue V01", "L"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    scope=Scope.OTHERS,
    threshold="1 hour",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=f"""
with visits as materialized (
    select
        batch.*, header.ngay_vao, header.ngay_ra,
        batch.arrived_at + {LATEST_ARRIVAL} as latest_arrival_at
    from batch
    join raw.claims_xml1 as header using (file_id, position)
    where batch.is_inpatient
)
select distinct on (visit.file_id, visit.position)
    visit.file_id,
    visit.position,
    null::integer as line,
    visit.ngay_vao,
    visit.ngay_ra,
    other.arrived_at as other_began_at,
    other.discharged_at as other_ended_at,
    other.arrived_at is not null as is_elsewhere
from visits as visit
left join lateral (
    select other.arrived_at, other.discharged_at
    from {VERSIONS} as other
    join raw.claims_xml1 as header using (file_id, position)
    where {seen_beside("visit", "other")}
        and other.is_inpatient
        and other.facility_key <> visit.facility_key
        and least(visit.discharged_at, other.discharged_at)
        - greatest(visit.latest_arrival_at, other.arrived_at + {LATEST_ARRIVAL})
        > interval '1 hour'
    offset 0
) as other on true
order by visit.file_id, visit.position, other.arrived_at, other.discharged_at""",
            checks=(
                Check(
                    field="NGAY_VAO",
                    holds="not is_elsewhere",
                    reason=f"'stays from ' || {quoted_time('ngay_vao')} || ' to ' || "
                    f"{quoted_time('ngay_ra')} || ', at another facility from ' || "
                    f"{local_time('other_began_at')} || ' to ' || {local_time('other_ended_at')}",
                ),
            ),
        ),
    ),
)
