"""I03: procedure codes have the shape of ICD-9-CM and stand where a procedure was done.

QĐ 4440/QĐ-BYT 2020 is not at hand as a list, and no maintained package with a free licence holds
ICD-9-CM procedures: the shape is judged (two digits, a point, one or two digits). Surgery and
procedures are the lines of MA_NHOM 8 and 18; a dossier sent without any line is not judged.
"""

from __future__ import annotations

from expectations.rules.fragments import numeric_code, quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import has, headers, lines

_CODES = "^([0-9]{2}([.]?[0-9]{1,2})?(;|$))+$"


def _shape() -> Check:
    return Check(
        field="MA_PTTT_QT",
        holds=f"replace(ma_pttt_qt, ' ', '') ~ '{_CODES}'",
        reason=f"'MA_PTTT_QT is not made of ICD-9-CM codes: ' || {quoted_code('ma_pttt_qt')}",
    )


_GIVEN = f"{text_or_null('header.ma_pttt_qt')} is not null"

_DOSSIERS = Rows(
    "'XML1'",
    headers(
        "header.ma_pttt_qt",
        f"coalesce(services.has_procedure, {has(2)} is not true) as has_procedure",
        joined=f"""\
left join (
    select part.file_id, part.position,
        coalesce(bool_or({numeric_code("part.ma_nhom")} in ('8', '18')), false) as has_procedure
    from batch
    join raw.claims_xml3 as part using (file_id)
    group by part.file_id, part.position
) as services using (file_id, position)""",
        where=_GIVEN,
    ),
    (
        _shape(),
        Check(
            field="MA_PTTT_QT",
            holds="has_procedure",
            reason="'MA_PTTT_QT is given, XML3 has no surgery and no procedure (MA_NHOM 8, 18)'",
        ),
    ),
)

_SERVICES = Rows(
    "'XML3'",
    lines(
        3,
        "line.ma_pttt_qt",
        f"{numeric_code('line.ma_nhom')} in ('8', '18') as is_procedure",
        where=f"{text_or_null('line.ma_pttt_qt')} is not null",
    ),
    (
        _shape(),
        Check(
            field="MA_PTTT_QT",
            holds="is_procedure is not false",
            reason="'MA_PTTT_QT is given on a line that is neither surgery nor procedure'",
        ),
    ),
)

RULE = Rule(
    id="I03",
    sentence_vi="MA_PTTT_QT có dạng mã ICD-9-CM và chỉ ghi khi có phẫu thuật hoặc thủ thuật "
    "(MA_NHOM 8, 18).",
    sentence_en="MA_PTTT_QT has the shape of ICD-9-CM and is given only with surgery or a "
    "procedure (MA_NHOM 8, 18).",
    source=Source("QĐ 4750/QĐ-BYT XML1, XML3; QĐ 4440/QĐ-BYT 2020; catalogue I03", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(_DOSSIERS, _SERVICES),
)
