"""X07: a result has its time, and a service that it is a result of.

XML4.MA_DICH_VU has 15 characters in the decree, too few for what XML3 appends to a code (a test
sent out, `.K.WWWWW`; `_GT`, `_TB`): codes are compared without it. Any line of XML3 will do: an
endoscopy with a result may be charged as a procedure. A dossier without XML3 (the patient pays) is
not judged.

X07_conclusion: what an imaging (MA_NHOM 2) shows is its conclusion. It may have several rows, one
for each thing that was measured: one row of each service and time of result says it.
"""

from expectations.rules.fragments import numeric_code, quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines


def _code(column: str) -> str:
    return f"split_part(split_part(raw.canonical_code({column}), '.K.', 1), '_', 1)"


_CHARGED = f"""
left join (
    select part.file_id, part.position, array_agg({_code("part.ma_dich_vu")}) as codes,
        array_agg({_code("part.ma_dich_vu")})
            filter (where {numeric_code("part.ma_nhom")} = '2') as imaging
    from batch
    join raw.claims_xml3 as part using (file_id)
    group by part.file_id, part.position
) as charged using (file_id, position)"""

RULE = Rule(
    id="X07",
    sentence_vi="Có GIA_TRI thì có NGAY_KQ; MA_DICH_VU của XML4 có trong XML3.",
    sentence_en="Where GIA_TRI is given, NGAY_KQ is; MA_DICH_VU of XML4 is one of XML3.",
    source=Source(
        "the insurer's portal sheet, XML4.NGAY_KQ (H); the service is inferred (L); catalogue X07",
        "L",
    ),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML4'",
            sql=lines(4, "line.gia_tri", "line.ngay_kq"),
            checks=(
                Check(
                    field="NGAY_KQ",
                    holds=f"{text_or_null('gia_tri')} is null "
                    f"or {text_or_null('ngay_kq')} is not null",
                    reason="'GIA_TRI is given, NGAY_KQ is blank'",
                ),
            ),
        ),
        Rows(
            table_sql="'XML4'",
            sql=lines(
                4,
                "line.ma_dich_vu",
                f"coalesce({_code('line.ma_dich_vu')} = any(charged.codes), false) as is_charged",
                joined=_CHARGED,
                where=f"{text_or_null('line.ma_dich_vu')} is not null "
                "and charged.codes is not null",
            ),
            checks=(
                Check(
                    field="MA_DICH_VU",
                    holds="is_charged",
                    reason="'no line of XML3 has this MA_DICH_VU: ' || "
                    f"{quoted_code('ma_dich_vu')}",
                ),
            ),
        ),
    ),
)

CONCLUSION = Rule(
    id="X07_conclusion",
    sentence_vi="Kết quả chẩn đoán hình ảnh (MA_NHOM 2) trong XML4 có KET_LUAN.",
    sentence_en="A result of imaging (MA_NHOM 2) in XML4 has a KET_LUAN.",
    source=Source("what hospitals check because money was refused; catalogue X07", "L"),
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML4'",
            sql=lines(
                4,
                f"coalesce(bool_or({text_or_null('line.ket_luan')} is not null) over ("
                "partition by line.file_id, line.position, "
                f"{_code('line.ma_dich_vu')}, btrim(line.ngay_kq)), false) as has_conclusion",
                joined=_CHARGED,
                where=f"{_code('line.ma_dich_vu')} = any(charged.imaging)",
            ),
            checks=(
                Check(
                    field="KET_LUAN",
                    holds="has_conclusion",
                    reason="'KET_LUAN of an imaging (MA_NHOM 2) is blank'",
                ),
            ),
        ),
    ),
)
