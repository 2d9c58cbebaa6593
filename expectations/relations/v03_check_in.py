"""V03: a visit was checked in, at the time of its arrival.

Check-ins (XML0) are a feed of their own that a facility may not send here, so a visit is judged
where its facility sent a check-in of that day, or one of that very visit. Emergencies (object 2)
need none; nor do we ask one of visits that the patient pays. An hour between the two times is
granted (our threshold).
"""

from expectations.rules.fragments import quoted_time
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

# Nearly all are equal to the digit: only the others are read as times.
_AGREES = (
    "check_in.ngay_vao = header.ngay_vao"
    " or least(length(check_in.ngay_vao), length(header.ngay_vao)) = 8"
    " and left(check_in.ngay_vao, 8) = left(header.ngay_vao, 8)"
    " or abs(extract(epoch from raw.parse_local_time(check_in.ngay_vao)"
    " - raw.parse_local_time(header.ngay_vao))) <= 3600"
)

RULE = Rule(
    id="V03",
    sentence_vi="Lượt khám BHYT (trừ cấp cứu, mã đối tượng 2) có XML0 của cơ sở, "
    "NGAY_VAO lệch không quá một giờ.",
    sentence_en="An insured visit (but an emergency, object 2) has an XML0 of its facility, "
    "with NGAY_VAO no more than an hour apart.",
    source=Source("QĐ 4750/QĐ-BYT, check-in table; catalogue V03", "M"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    scope=Scope.OTHERS,
    threshold="1 hour",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=f"""
select
    batch.file_id,
    batch.position,
    null::integer as line,
    header.ngay_vao,
    visit.checked_in,
    visit.agrees
from batch
join raw.claims_xml1 as header using (file_id, position)
join raw.card_kinds as card using (file_id, position)
join ops.dossier_versions as version using (file_id, position)
left join lateral (
    select
        min(check_in.ngay_vao) as checked_in,
        bool_or(coalesce({_AGREES}, false)) as agrees
    from ops.document_versions as named
    join ops.current_documents as counting using (feed, file_id, position, partition_key)
    join raw.check_ins as check_in using (file_id, position)
    where named.feed = 'check_ins'
        and named.refers_to_key = version.encounter_key
        and not counting.is_withdrawal
) as visit on true
where card.is_given
    and coalesce(btrim(header.ma_doituong_kcb), '') not in ('2', '9')
    and batch.arrival_date is not null
    and (
        visit.checked_in is not null
        or exists (
            select
            from raw.check_ins as check_in
            join ops.current_documents as counting using (file_id, position)
            where counting.feed = 'check_ins'
                and not counting.is_withdrawal
                and raw.canonical_code(check_in.ma_cskcb) = batch.facility_id
                and left(check_in.ngay_vao, 8) = to_char(batch.arrival_date, 'YYYYMMDD')
        )
    )""",
            checks=(
                Check(
                    field="NGAY_VAO",
                    holds="agrees",
                    reason="case when checked_in is null then 'there is no XML0 of this visit' "
                    f"else 'NGAY_VAO is ' || {quoted_time('ngay_vao')} || ', of XML0 ' || "
                    f"{quoted_time('checked_in')} end",
                ),
            ),
        ),
    ),
)
