"""V05: nobody comes for care after his death.

A person died by the end of a dossier with KET_QUA_DTRI 5 (died) or 8 (died outside the hospital),
or with KET_QUA_DTRI_LAO 4 (XML15). What begins later in another dossier of the same person (by
person key) is flagged, be it the wrong one or not; an hour is granted (our threshold).
"""

from expectations.relations.visits import VERSIONS, local_time, seen_beside
from expectations.rules.fragments import numeric_code, quoted_time
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

RULE = Rule(
    id="V05",
    sentence_vi="Không có lượt khám nào bắt đầu sau khi người bệnh đã tử vong (quá một giờ).",
    sentence_en="No visit begins after the person has died (for more than an hour).",
    source=Source("QĐ 4750/QĐ-BYT, KET_QUA_DTRI 5 and 8, KET_QUA_DTRI_LAO 4", "M"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    scope=Scope.OTHERS,
    threshold="1 hour",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=f"""
with deaths as materialized (
    select died.*
    from (select distinct person_key from batch) as person
    cross join lateral (
        select version.person_key, version.encounter_key, version.audience, version.discharged_at
        from {VERSIONS} as version
        where version.person_key = person.person_key
            and (
                version.is_death
                or exists (
                    select from raw.claims_xml15 as tb
                    where (tb.file_id, tb.position) = (version.file_id, version.position)
                        and {numeric_code("tb.ket_qua_dtri_lao")} = '4'
                )
            )
        offset 0
    ) as died
)
select
    batch.file_id,
    batch.position,
    null::integer as line,
    header.ngay_vao,
    min(death.discharged_at) as died_at
from batch
join raw.claims_xml1 as header using (file_id, position)
left join deaths as death
    on {seen_beside("batch", "death")}
    and batch.arrived_at > death.discharged_at + interval '1 hour'
group by batch.file_id, batch.position, header.ngay_vao""",
            checks=(
                Check(
                    field="NGAY_VAO",
                    holds="died_at is null",
                    reason=f"'begins at ' || {quoted_time('ngay_vao')} || ', but another dossier "
                    f"says that the person had died by ' || {local_time('died_at')}",
                ),
            ),
        ),
    ),
)
