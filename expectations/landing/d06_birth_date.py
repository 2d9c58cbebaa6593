"""D06: the patient was born before arriving, and the birth of a newborn is known to the minute.

NGAY_SINH is yyyymmddHHMM, unknown parts 0: 195500000000 is right, and so is a shorter form without
the time, or of the year alone (4210 files). Birth and arrival are compared on the digits that are
known of both. Up to the 28th day of life day and time must be there: where the day is not known,
this is asked of a child that is so young whatever day it was. The time 0000 says "not known", but a
child is sometimes born at midnight: that is a flag, not a quarantine.

D06_day flags a child who may be a newborn: only the month or the year of birth is given, and it
ended at most 28 days before the arrival. It also flags a birth notice (XML9) without a day.
"""

from __future__ import annotations

from expectations.rules.fragments import (
    USUAL_DAY,
    described,
    holds_if_readable,
    not_after,
    text_or_null,
)
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers, lines

_SOURCE = Source("QĐ 4750/QĐ-BYT XML1, NGAY_SINH; catalogue D06", "H")

# The digits that are known: year, month, day, time. The day is read once, the time by its shape.
_KNOWN = f"""\
case
    when birth ~ '^{USUAL_DAY}0000$' then left(birth, 8)
    when birth ~ '^(19|20)[0-9]{{2}}(0000(0000)?)?$' then left(birth, 4)
    when birth ~ '^(19|20)[0-9]{{2}}(0[1-9]|1[0-2])00(0000)?$' then left(birth, 6)
    when birth !~ '^[0-9]{{8}}(([01][0-9]|2[0-3])[0-5][0-9])?$' then null
    when raw.parse_date(birth) is null then null
    when birth ~ '0000$' then left(birth, 8)
    else birth
end"""

# 28 days begin in the year of the arrival or in a December: the days of others are not read. Of a
# month or a year it is the first day (rpad): nobody born in it is older.
_IS_NEWBORN = """\
case
    when left(birth.known, 4) = left(birth.arrival, 4) or substr(birth.known, 5, 2) = '12'
        then raw.parse_date(birth.arrival) - raw.parse_date(rpad(birth.known, 8, '01'))
            between 0 and 28
    else false
end"""


# Whoever was born on the last day of the month or the year that is known is the youngest.
_MAY_BE_NEWBORN = """\
case
    when length(known) < 8 and known <= arrival
        then raw.parse_date(arrival) <= (
            raw.parse_date(rpad(known, 8, '01'))
            + case length(known) when 4 then interval '1 year' else interval '1 month' end
            + interval '27 days'
        )::date
    else false
end"""


def _patients(where: str = "true") -> str:
    return headers(
        "birth.known",
        "birth.text",
        "birth.arrival",
        f"{_IS_NEWBORN} as is_newborn",
        joined=_BIRTH,
        where=where,
    )


_BIRTH = f"""\
cross join lateral (
    select
        birth as text,
        {_KNOWN} as known,
        substring(btrim(header.ngay_vao) from '^[0-9]{{8}}(?:[0-9]{{4}})?$') as arrival
    from (values ({text_or_null("header.ngay_sinh")})) as given (birth)
    offset 0
) as birth"""

_READABLE = Check(
    field="NGAY_SINH",
    holds="text is null or known is not null",  # K01 tells a blank one
    reason=f"'NGAY_SINH is not a date of birth (yyyymmddHHMM, unknown parts 0): ' || "
    f"{described('text')}",
)
_BORN_BEFORE = Check(
    field="NGAY_SINH",
    holds=holds_if_readable(not_after("known", "arrival")),
    reason="'NGAY_SINH is after NGAY_VAO'",
)
_DAY_AND_TIME = Check(
    field="NGAY_SINH",
    holds=holds_if_readable("not (is_newborn and (length(text) = 8 or length(known) < 8))"),
    reason="'NGAY_SINH of a child of 28 days or less has no ' || "
    "case when length(known) < 8 then 'day and time' else 'time' end",
)
_NOT_MIDNIGHT = Check(
    field="NGAY_SINH",
    holds=holds_if_readable("not (is_newborn and length(text) = 12 and length(known) = 8)"),
    reason="'NGAY_SINH of a child of 28 days or less has the time 0000: midnight, or not known'",
)

RULE = Rule(
    id="D06",
    sentence_vi="NGAY_SINH hợp lệ, không sau NGAY_VAO; "
    "trẻ đến 28 ngày tuổi phải có ngày, giờ sinh.",
    sentence_en="NGAY_SINH is a date of birth, not after NGAY_VAO; "
    "up to 28 days of age it has day and time.",
    source=_SOURCE,
    category=Category.PLAUSIBILITY,
    severity=Severity.QUARANTINE_DOSSIER,
    threshold="28 days of age",
    owner="sender",
    rows=(Rows("'XML1'", _patients(), (_READABLE, _BORN_BEFORE, _DAY_AND_TIME)),),
)

MIDNIGHT = Rule(
    id="D06_midnight",
    sentence_vi="Giờ sinh của trẻ đến 28 ngày tuổi không phải 0000 (chưa rõ giờ).",
    sentence_en="The time of birth of a child of 28 days or less is not 0000 (not known).",
    source=_SOURCE,
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    threshold="28 days of age",
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            _patients(
                "header.ngay_sinh like '%0000' and (substr(header.ngay_sinh, 5, 2) = '12'"
                " or left(header.ngay_sinh, 4) = left(header.ngay_vao, 4))"
            ),
            (_NOT_MIDNIGHT,),
        ),
    ),
)

DAY = Rule(
    id="D06_day",
    sentence_vi="Trẻ có thể đến 28 ngày tuổi (chỉ biết năm hoặc tháng sinh) và trẻ có giấy chứng "
    "sinh (XML9) phải có đủ ngày sinh.",
    sentence_en="The day of birth is known of a child that may be 28 days old or less (only the "
    "year or the month of birth is given), and of a child with a birth notice (XML9).",
    source=_SOURCE,
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    threshold="28 days of age",
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            _patients(
                "length(btrim(header.ngay_sinh)) < 8"
                " or substr(btrim(header.ngay_sinh), 7, 2) = '00'"
            ),
            (
                Check(
                    field="NGAY_SINH",
                    holds=holds_if_readable(f"is_newborn or not ({_MAY_BE_NEWBORN})"),
                    reason="'NGAY_SINH has no day, and the child may be 28 days old or less'",
                ),
            ),
        ),
        Rows(
            "'XML9'",
            lines(9, "line.ngay_sinh_con"),
            (
                Check(
                    field="NGAY_SINH_CON",
                    holds=f"{text_or_null('ngay_sinh_con')} is null"
                    " or raw.parse_date(btrim(ngay_sinh_con)) is not null",
                    reason="'NGAY_SINH_CON has no day of birth: ' || " + described("ngay_sinh_con"),
                ),
            ),
        ),
    ),
)
