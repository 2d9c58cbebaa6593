"""L06: a transport names its fuel and the facility it went to (MA_DICH_VU VC.XXXXX)."""

from expectations.rules.fragments import numeric_code, quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines

RULE = Rule(
    id="L06",
    sentence_vi="Dòng vận chuyển (MA_NHOM = 12) có MA_XANG_DAU và MA_DICH_VU dạng VC.XXXXX.",
    sentence_en="A transport line (MA_NHOM 12) has MA_XANG_DAU and a MA_DICH_VU like VC.XXXXX.",
    source=Source("QĐ 4750/QĐ-BYT XML3, notes to MA_XANG_DAU and MA_DICH_VU; catalogue L06", "M"),
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML3'",
            sql=lines(
                3,
                "line.ma_xang_dau",
                "line.ma_dich_vu",
                where=f"{numeric_code('line.ma_nhom')} = '12'",
            ),
            checks=(
                Check(
                    field="MA_XANG_DAU",
                    holds=f"{text_or_null('ma_xang_dau')} is not null",
                    reason="'MA_XANG_DAU is blank'",
                ),
                Check(
                    field="MA_DICH_VU",
                    holds="raw.canonical_code(ma_dich_vu) ~ '^VC[.][0-9A-Z]{5}$'",
                    reason=f"'MA_DICH_VU is not VC.XXXXX: ' || {quoted_code('ma_dich_vu')}",
                ),
            ),
        ),
    ),
)
