"""X02: stays come with a record summary, and treatment with notes on its course.

XML8 is asked where the patient pays too: XML1 and XML8 are what every visit sends at least (L–M).
XML5 is asked of insured visits.
"""

from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import IS_INSURED, has, headers


def _has(table: int, types: str, also: str = "true") -> Rows:
    return Rows(
        table_sql="'XML1'",
        sql=headers(
            "btrim(header.ma_loai_kcb) as ma_loai_kcb",
            f"{has(table)} as is_there",
            where=f"btrim(header.ma_loai_kcb) in ({types}) and {also}",
        ),
        checks=(
            Check(
                field="MA_LOAI_KCB",
                holds="is_there",
                reason=f"'MA_LOAI_KCB is ' || ma_loai_kcb || ', there is no XML{table}'",
            ),
        ),
    )


RULE = Rule(
    id="X02",
    sentence_vi="Loại KCB 03, 04, 06 có XML8; loại 02, 03, 04, 05, 06, 08, 09 có BHYT có XML5.",
    sentence_en="A visit of type 03, 04 or 06 has an XML8; "
    "an insured one of type 02, 03, 04, 05, 06, 08 or 09 has an XML5.",
    source=Source("QĐ 4750/QĐ-BYT, notes to XML5 and XML8; catalogue X02", "H"),
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _has(8, "'03', '04', '06'"),
        _has(5, "'02', '03', '04', '05', '06', '08', '09'", IS_INSURED),
    ),
)
