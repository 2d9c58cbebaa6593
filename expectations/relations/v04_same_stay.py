"""V04: a stay is sent under one key (MA_LK), so that it counts once.

Dossiers of one person (by person key) are the same stay when

- they are of one facility and begin and end at the same minutes;
- they are inpatient stays of one facility that overlap for more than an hour (our threshold);
- they are outpatient visits of one facility that overlap, of one type of care and one main disease
  (not of types 02, 05, 07, which last as long as the medicine that was given: who comes early
  for more has two);
- they are outpatient visits of two facilities with one main disease that begin and end at the same
  minutes. Inpatient stays of two facilities are V01.

Nobody knows which one is right, so both are flagged.
"""

from expectations.relations.visits import LATEST_ARRIVAL, VERSIONS, local_time, seen_beside
from expectations.rules.fragments import quoted_time
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

_SHARED = (
    "least(visit.discharged_at, other.discharged_at)"
    f" - greatest(visit.latest_arrival_at, other.arrived_at + {LATEST_ARRIVAL})"
)
_SAME_TIMES = "visit.arrived_at = other.arrived_at and visit.discharged_at = other.discharged_at"
_IS_SAME_STAY = f"""case when other.facility_key = visit.facility_key then
        {_SAME_TIMES}
        or visit.is_inpatient and other.is_inpatient and {_SHARED} > interval '1 hour'
        or not visit.is_inpatient and not other.is_inpatient
            and visit.care_type_code is not distinct from other.care_type_code
            and coalesce(visit.care_type_code, '') not in ('02', '05', '07')
            and visit.diagnosis_code = other.diagnosis_code
            and {_SHARED} > interval '0'
    else
        {_SAME_TIMES}
        and not (visit.is_inpatient and other.is_inpatient)
        and visit.diagnosis_code = other.diagnosis_code
    end"""

RULE = Rule(
    id="V04",
    sentence_vi="Một đợt điều trị chỉ được gửi dưới một MA_LK: cùng người bệnh không có hai hồ sơ "
    "trùng thời gian (nội trú quá một giờ).",
    sentence_en="A stay is sent under one MA_LK: no person has two dossiers of the same time "
    "(inpatients: for more than an hour).",
    source=Source("own idea; the same stay under two MA_LK is paid and counted twice", "L"),
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
)
select distinct on (visit.file_id, visit.position)
    visit.file_id,
    visit.position,
    null::integer as line,
    visit.ngay_vao,
    visit.ngay_ra,
    other.arrived_at as other_began_at,
    other.discharged_at as other_ended_at,
    other.is_here,
    other.arrived_at is not null as is_twice
from visits as visit
left join lateral (
    select
        other.arrived_at, other.discharged_at, other.facility_key = visit.facility_key as is_here
    from {VERSIONS} as other
    join raw.claims_xml1 as header using (file_id, position)
    where {seen_beside("visit", "other")}
        and other.arrived_at <= visit.discharged_at
        and other.discharged_at >= visit.arrived_at
        and {_IS_SAME_STAY}
    offset 0
) as other on true
order by
    visit.file_id, visit.position,
    other.is_here desc, other.arrived_at, other.discharged_at""",
            checks=(
                Check(
                    field="MA_LK",
                    holds="not is_twice",
                    reason=f"'from ' || {quoted_time('ngay_vao')} || ' to ' || "
                    f"{quoted_time('ngay_ra')} || ', and in another dossier of the same person, '"
                    " || 'of ' || case when is_here then 'this' else 'another' end"
                    " || ' facility, from ' || "
                    f"{local_time('other_began_at')} || ' to ' || {local_time('other_ended_at')}",
                ),
            ),
        ),
    ),
)
