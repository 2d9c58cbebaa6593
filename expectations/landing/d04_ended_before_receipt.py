"""D04: care has ended when its dossier is sent.

Types 02, 05 and 07 are left out: their NGAY_RA is the last day of the medicine taken home. Days are
compared, not minutes: the clocks of sender and receiver differ, and a historical load knows only
the day on which a file was made.
"""

from expectations.rules.fragments import quoted_time
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

RULE = Rule(
    id="D04",
    sentence_vi="NGAY_RA không sau ngày nhận tệp, trừ loại KCB 02, 05, 07 "
    "(ngày ra là ngày uống thuốc cuối cùng).",
    sentence_en="NGAY_RA is not after the day on which the file was received, "
    "but for types 02, 05 and 07 (end of care is the last day of medicine).",
    source=Source("inferred from QĐ 4750/QĐ-BYT, note to NGAY_RA; catalogue D04", "L"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                "header.ngay_ra",
                "raw.parse_date(header.ngay_ra) as ended_on",
                "(batch.received_at at time zone 'Asia/Ho_Chi_Minh')::date as received_on",
                where="coalesce(btrim(header.ma_loai_kcb), '') not in ('02', '05', '07')",
            ),
            checks=(
                Check(
                    field="NGAY_RA",
                    holds="coalesce(ended_on <= received_on, true)",
                    reason=f"'NGAY_RA ' || {quoted_time('ngay_ra')} || "
                    "' is after the file was received on ' || received_on",
                ),
            ),
        ),
    ),
)
