"""X03: who is transferred has a referral slip, and only who is transferred.

The reverse is expected of insured patients (M): a slip, and the facility it leads to in MA_NOI_DEN.
"""

from expectations.rules.fragments import quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import HEADER, IS_INSURED, has, headers, lines

_IS_TRANSFER = "raw.parse_number(header.ma_loai_rv) in (2, 5)"

RULE = Rule(
    id="X03",
    sentence_vi="Có XML13 thì MA_LOAI_RV là 2 hoặc 5.",
    sentence_en="A dossier with an XML13 has MA_LOAI_RV 2 or 5.",
    source=Source("QĐ 4750/QĐ-BYT, notes to XML13; catalogue X03", "H"),
    category=Category.CONCORDANCE,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML13'",
            sql=lines(13, "header.ma_loai_rv", f"{_IS_TRANSFER} as is_transfer", joined=HEADER),
            checks=(
                Check(
                    field="MA_LOAI_RV",
                    holds="is_transfer",
                    reason="'there is an XML13, MA_LOAI_RV of XML1 is not 2 or 5: ' || "
                    f"{quoted_code('ma_loai_rv')}",
                ),
            ),
        ),
    ),
)

EXPECTED = Rule(
    id="X03_slip",
    sentence_vi="Người bệnh BHYT chuyển tuyến (MA_LOAI_RV 2, 5) có XML13 và MA_NOI_DEN.",
    sentence_en="An insured patient who is transferred (MA_LOAI_RV 2 or 5) has an XML13 "
    "and MA_NOI_DEN.",
    source=Source("QĐ 4750/QĐ-BYT, notes to XML13 and MA_NOI_DEN; catalogue X03", "M"),
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                f"{text_or_null('header.ma_noi_den')} as ma_noi_den",
                f"{has(13)} as has_slip",
                where=f"{_IS_TRANSFER} and {IS_INSURED}",
            ),
            checks=(
                Check(
                    field="MA_LOAI_RV",
                    holds="has_slip",
                    reason="'MA_LOAI_RV is 2 or 5, there is no XML13'",
                ),
                Check(
                    field="MA_NOI_DEN",
                    holds="ma_noi_den is not null",
                    reason="'MA_LOAI_RV is 2 or 5, MA_NOI_DEN is blank'",
                ),
            ),
        ),
    ),
)
