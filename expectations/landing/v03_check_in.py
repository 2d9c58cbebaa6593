"""V03: a visit was checked in, at the time of its arrival.

Check-ins (XML0) are a feed of their own that a facility may not send here, so only visits since the
first check-in of their facility are judged; and only until its last one that is here, for the feed
may be behind the claims, by a file that another task is loading. Emergencies (object 2) need none;
nor do we ask one of visits that the patient pays. An hour between the two times is granted (our
threshold).
"""

from expectations.rules.fragments import quoted_time
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import IS_INSURED, VERSION, headers

# Nearly all are equal to the digit: only the others are read as times.
_AGREES = (
    "check_in.ngay_vao = header.ngay_vao"
    " or least(length(check_in.ngay_vao), length(header.ngay_vao)) = 8"
    " and left(check_in.ngay_vao, 8) = left(header.ngay_vao, 8)"
    " or abs(extract(epoch from raw.parse_local_time(check_in.ngay_vao)"
    " - raw.parse_local_time(header.ngay_vao))) <= 3600"
)
_JOINED = f"""\
{VERSION}
join (
    select
        sender.facility_id,
        (
            select min(first.ngay_vao)
            from raw.check_ins as first
            where first.facility_id = sender.facility_id and first.ngay_vao >= '1900'
        ) as since,
        (
            select max(last.ngay_vao)
            from raw.check_ins as last
            where last.facility_id = sender.facility_id and last.ngay_vao < '2100'
        ) as until
    from (select distinct facility_id from batch) as sender
) as feed on feed.facility_id = version.facility_id
left join lateral (
    select
        min(check_in.ngay_vao) as checked_in,
        bool_or(coalesce({_AGREES}, false)) as agrees
    from raw.check_ins as check_in
    where check_in.facility_id = version.facility_id
        and raw.canonical_code(check_in.ma_lk) = version.dossier_id
) as visit on true"""

RULE = Rule(
    id="V03",
    sentence_vi="Lượt khám BHYT (trừ cấp cứu, mã đối tượng 2) có XML0 của cơ sở, "
    "NGAY_VAO lệch không quá một giờ.",
    sentence_en="An insured visit (but an emergency, object 2) has an XML0 of its facility, "
    "with NGAY_VAO no more than an hour apart.",
    source=Source("QĐ 4750/QĐ-BYT, check-in table; catalogue V03", "M"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    threshold="1 hour",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                "header.ngay_vao",
                "visit.checked_in",
                "visit.agrees",
                joined=_JOINED,
                where=f"{IS_INSURED} and coalesce(btrim(header.ma_doituong_kcb), '') <> '2' "
                'and feed.since collate "C" <= header.ngay_vao collate "C" '
                "and (visit.checked_in is not null"
                ' or header.ngay_vao collate "C" <= feed.until collate "C") '
                "and raw.parse_date(header.ngay_vao) is not null",
            ),
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
