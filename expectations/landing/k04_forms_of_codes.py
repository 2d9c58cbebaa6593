"""K04: what stands in the field of a code has the form of that code.

Whatever a sender writes there would be published: names and citizen ids have been seen in codes of
drugs and departments. The marts take the same forms (raw.coded), so a value that is told here is
null there, or the unknown member; it stays in raw. Fields whose form other rules judge are left to
them: numbers (K02_number), closed lists (K03_list), types of care and places (K03), objects (C04),
procedures (I03).
"""

from __future__ import annotations

from expectations.rules.by_field import rows_of_table
from expectations.rules.fragments import described, text_or_null
from expectations.rules.rule import Category, Check, Rule, Severity, Source

FORMS: dict[str, dict[str, str]] = {
    "XML1": {
        "MA_KHOA": "departments",
        "MA_NOI_DI": "facilities",
        "MA_NOI_DEN": "facilities",
        "MA_DKBD": "facilities",
        "MA_KHUVUC": "area",
    },
    "XML2": {"MA_THUOC": "item", "SO_DANG_KY": "registration", "MA_KHOA": "departments"},
    "XML3": {"MA_DICH_VU": "item", "MA_VAT_TU": "item", "MA_KHOA": "departments"},
    "XML4": {"MA_DICH_VU": "item", "MA_CHI_SO": "indicator"},
    "XML6": {
        "NOI_XN_KD": "facilities",
        "NOI_BDDT_ARV": "facilities",
        "MA_PHAC_DO_DIEU_TRI_BD": "regimen",
        "MA_TINH_TRANG_DK": "choices",
        "MA_XU_TRI": "choices",
        "MA_PHAC_DO_DIEU_TRI": "regimen",
    },
    "XML7": {"MA_KHOA_RV": "departments"},
    "XML13": {
        "MA_CSKCB_DI": "facilities",
        "MA_CSKCB_DEN": "facilities",
        "MA_NOI_DI": "facilities",
        "MA_NOI_DEN": "facilities",
    },
}
"""The form of raw.coded that each field is published in, by table."""


_CASE_COUNTS = "indicator"
"""WBC is an indicator, Lan is a name: of other forms the one form of a code is judged."""


_TEMPORARY = "PP000"
"""MA_DKBD of a temporary card: a facility that nobody chose yet. The marts show none."""


def _check(name: str, form: str) -> Check:
    column = name.lower()
    canonical = f"raw.canonical_code({column})"
    if name == "MA_DKBD":
        canonical = f"replace({canonical}, '{_TEMPORARY}', '00000')"
    return Check(
        field=name,
        # nearly all are in their one form already
        holds=f"raw.coded({column}, '{form}') is not null or {text_or_null(column)} is null"
        + (f" or raw.coded({canonical}, '{form}') is not null" if form != _CASE_COUNTS else ""),
        reason=f"'{name} does not have the form of its code: ' || {described(column)}",
    )


RULE = Rule(
    id="K04",
    sentence_vi="Trường ghi mã có dạng của mã đó (khoa, cơ sở, khu vực, thuốc, số đăng ký, dịch "
    "vụ, vật tư, chỉ số, phác đồ): không phải tên người, số định danh, số thẻ hay số điện thoại.",
    sentence_en="A field of a code has the form of that code (departments, facilities, areas, "
    "drugs, registration numbers, services, devices, indicators, regimens): no name of a person, "
    "no citizen id, card or telephone number.",
    source=Source("own: what readers get in place of a code must be one; catalogue K04", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=tuple(
        rows_of_table(table, [_check(name, form) for name, form in fields.items()])
        for table, fields in FORMS.items()
    ),
)
