"""I01: the main diagnosis is one code of ICD-10 that may stand as a main diagnosis.

Which list: that of the day of discharge (TT 06/2026/TT-BYT from 2026-07-01, QĐ 4469/QĐ-BYT before).
Neither is at hand in full: codes are WHO's, with Vietnam's finer ones known by their category; and
"not main" is WHO's (asterisk, external-cause and supplementary codes), not column 24 of the annex.
Hence flags. A code that WHO does not list, or divides further, is only recorded: it may be right. A
code whose ending ICD-10 cannot have is flagged.
"""

from __future__ import annotations

from expectations.rules.diagnoses import (
    IS_MAIN_ALLOWED,
    IS_USABLE,
    has_wrong_ending,
    is_listed,
    is_of_category,
    looked_up,
)
from expectations.rules.fragments import quoted_diagnosis, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_SOURCE = Source(
    "WHO ICD-10 2019; TT 06/2026/TT-BYT, QĐ 4469/QĐ-BYT 2020 (lists not at hand); catalogue I01",
    "M",
)

_DIAGNOSES = headers(
    "header.ma_benh_chinh",
    "main.is_several",
    f"{is_of_category('main.code')} as is_known",
    f"{has_wrong_ending('main.code')} as has_wrong_ending",
    f"{is_listed('main.code')} as is_listed",
    f"{IS_USABLE} as is_usable",
    f"{IS_MAIN_ALLOWED} as is_main_allowed",
    joined=f"""\
cross join lateral (
    select codes[1] as code, cardinality(codes) > 1 as is_several
    from (values (raw.canonical_icd_list(header.ma_benh_chinh))) as sent (codes)
    offset 0
) as main
{looked_up("main.code")}""",
    where=f"{text_or_null('header.ma_benh_chinh')} is not null",
)


def _check(condition: str, reason: str) -> Check:
    return Check(field="MA_BENH_CHINH", holds=condition, reason=reason)


RULE = Rule(
    id="I01",
    sentence_vi="MA_BENH_CHINH là đúng một mã ICD-10 có hiệu lực vào ngày ra viện "
    "và được dùng làm bệnh chính; sau dấu chấm là một hoặc hai chữ số.",
    sentence_en="MA_BENH_CHINH is exactly one ICD-10 code in force on the day of discharge "
    "that may be a main diagnosis; behind its point are one or two digits.",
    source=_SOURCE,
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            _DIAGNOSES,
            (
                _check("not is_several", "'MA_BENH_CHINH holds more than one code'"),
                _check(
                    "is_known or is_several",
                    "'MA_BENH_CHINH is no ICD-10 code in force at discharge: ' || "
                    f"{quoted_diagnosis('ma_benh_chinh')}",
                ),
                _check(
                    "not has_wrong_ending or is_several",
                    "'MA_BENH_CHINH has an ending that ICD-10 does not have: ' || "
                    f"{quoted_diagnosis('ma_benh_chinh')}",
                ),
                _check(
                    "is_main_allowed or is_several or not is_known",
                    "'MA_BENH_CHINH is a code that may not be a main diagnosis'",
                ),
            ),
        ),
    ),
)

DETAIL = Rule(
    id="I01_detail",
    sentence_vi="MA_BENH_CHINH có trong danh mục ICD-10 của WHO ở mức chi tiết nhất "
    "(nếu không: mã bổ sung của Việt Nam hoặc mã chưa đủ chi tiết).",
    sentence_en="WHO lists MA_BENH_CHINH and divides it no further "
    "(else: an addition of Vietnam, or not detailed enough).",
    source=_SOURCE,
    category=Category.CONFORMANCE,
    severity=Severity.RECORD,
    owner="data team",
    rows=(
        Rows(
            "'XML1'",
            _DIAGNOSES,
            (
                _check(
                    "not is_known or is_several or has_wrong_ending or is_listed",
                    "'MA_BENH_CHINH is not in the list of WHO, its category is'",
                ),
                _check(
                    "not is_known or is_several or is_usable is not false",
                    "'MA_BENH_CHINH is a category that WHO divides further'",
                ),
            ),
        ),
    ),
)
