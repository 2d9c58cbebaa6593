"""D01_form: a field of 12 characters that is a date holds the day and the time.

Generated from fields.csv: what has 12 characters there is `yyyymmddHHMM`, in every table. Its list
of fields allows two of them more: NGAY_SINH has zeros for what is not known, NGAY_MIEN_CCT is a day
alone where the patient has a certificate. A day without its time is a readable date to the rules of
order, which compare what both have; but a mart shows it as midnight, hence a flag. What is no date
at all is told by the rule that needs the date, where there is one.
"""

from __future__ import annotations

from expectations.rules.by_field import rows_by_field
from expectations.rules.fragments import described, quoted_time, text_or_null
from expectations.rules.rule import Category, Check, Rule, Severity, Source
from health_warehouse.feeds.contract import Column, Table

_SIZE = 12
# Without {n}, which makes Postgres' matcher slower: nearly all values end here.
_DAY = "(19|20)[0-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])"
_USUAL = f"^{_DAY}([01][0-9]|2[0-3])[0-5][0-9]$"

_ALSO_ALLOWED = {
    "NGAY_SINH": "{column} ~ '^(19|20)[0-9][0-9](00|0[1-9]|1[0-2])000000$'",
    "NGAY_MIEN_CCT": "length({column}) = 8 and raw.parse_date({column}) is not null",
}
_NO_DATE_IS_TOLD = {
    "XML1": ("NGAY_SINH", "NGAY_VAO", "NGAY_VAO_NOI_TRU", "NGAY_RA", "NGAY_TTOAN"),  # D06, D01, D03
    "XML2": ("NGAY_YL", "NGAY_TH_YL"),  # D02
    "XML3": ("NGAY_YL", "NGAY_TH_YL", "NGAY_KQ"),
    "XML14": ("NGAY_HEN_KL",),  # D05
}


def has_time(field: Column) -> bool:
    """Whether the list of fields has it as `yyyymmddHHMM`."""
    return field.type == "text" and field.length == _SIZE


def _is_day_alone(field: Column) -> str:
    """SQL: a date that the rules of order take, for it can be read, without its time."""
    column = field.name
    day = f"length({column}) = 8 and raw.parse_date({column}) is not null"
    # D06 takes the year alone
    return f"{day} or {column} ~ '^[0-9]{{4}}$'" if field.label == "NGAY_SINH" else day


def _check(table: Table, field: Column) -> Check | None:
    if not has_time(field):
        return None
    column = field.name
    holds = [
        f"{column} ~ '{_USUAL}'",
        f"{text_or_null(column)} is null",
        f"length({column}) = {_SIZE} and raw.parse_local_time({column}) is not null",
    ]
    if field.label in _ALSO_ALLOWED:
        holds.append(_ALSO_ALLOWED[field.label].format(column=column))
    if field.label in _NO_DATE_IS_TOLD.get(table.name, ()):
        holds.append(f"not ({_is_day_alone(field)})")
    told = described if field.is_personal or field.label == "NGAY_SINH" else quoted_time
    return Check(
        field=field.label,
        holds=" or ".join(f"({condition})" for condition in holds),
        reason=f"'{field.label} is ' || case when {_is_day_alone(field)} "
        "then 'a date without its time (yyyymmddHHMM)' "
        f"else 'not a date and time (yyyymmddHHMM): ' || {told(column)} end",
    )


RULE = Rule(
    id="D01_form",
    sentence_vi="Trường ngày giờ 12 ký tự ghi đủ ngày và giờ (yyyymmddHHMM); "
    "NGAY_SINH ghi 0 cho phần chưa rõ, NGAY_MIEN_CCT có thể chỉ ghi ngày.",
    sentence_en="A date field of 12 characters has day and time (yyyymmddHHMM); "
    "NGAY_SINH has zeros for what is not known, NGAY_MIEN_CCT may be a day alone.",
    source=Source("QĐ 4750/QĐ-BYT, fields of 12 characters in all tables; catalogue D01", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=rows_by_field(_check),
)
