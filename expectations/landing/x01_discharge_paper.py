"""X01: an inpatient goes home with a discharge paper.

Not so one who absconded (MA_LOAI_RV 3). Where the patient pays, XML1 and XML8 are all that must be
sent (L–M), so the paper is asked of insured visits.
"""

from expectations.rules.fragments import is_inpatient
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import IS_INSURED, has, headers

RULE = Rule(
    id="X01",
    sentence_vi="Loại KCB 03, 04, 09 có BHYT phải có XML7, trừ khi trốn viện (MA_LOAI_RV = 3).",
    sentence_en="An insured visit of type 03, 04 or 09 has an XML7, "
    "unless the patient absconded (MA_LOAI_RV 3).",
    source=Source("QĐ 4750/QĐ-BYT, notes to XML7; catalogue X01", "M"),
    category=Category.COMPLETENESS,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                "btrim(header.ma_loai_kcb) as ma_loai_kcb",
                f"{has(7)} as has_paper",
                where=f"{is_inpatient('btrim(header.ma_loai_kcb)')} "
                "and coalesce(raw.parse_number(header.ma_loai_rv), 0) <> 3 "
                f"and {IS_INSURED}",
            ),
            checks=(
                Check(
                    field="MA_LOAI_KCB",
                    holds="has_paper",
                    reason="'MA_LOAI_KCB is ' || ma_loai_kcb || ', there is no XML7'",
                ),
            ),
        ),
    ),
)
