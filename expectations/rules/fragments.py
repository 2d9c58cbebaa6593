"""Fragments of SQL that rules share: reading a value, and telling it without giving it away.

A reason may quote what stands in a field that is nobody's: a number, a date, a code. What could
have slipped there from the next field is described by its length and the kinds of its characters:
9 digits or more (old and new citizen ids, insurance numbers, phones), words, anything with blanks.
So is a diagnosis of HIV, and every value of a personal field.
*Letters* have upper and lower case; what is neither that, an ASCII digit, a blank nor a sign (full-
width digits, scripts without case) is *other characters*.
"""

from __future__ import annotations

_QUOTABLE_CODE = r"^[!-~]{1,20}$"
_SERVICE_CODE = r"^[0-9]{2}[.][0-9]{4}[.][0-9]{4}([._][0-9A-Z]{1,6})?$"
_NO_CODE = r"[A-Za-z]{5}|([0-9][^0-9]*){9}"
_DIAGNOSIS_OF_HIV = "(^|;)(B2[0-4]|Z21|F02|O98|R75)"
_DATE_LIKE = "^(19|20)[0-9]{6,12}$"
_QUOTABLE_NUMBER = r"^[+-]?(0|[1-9][0-9]{0,7})(\.[0-9]{1,6})?$"

# A day that every month has: most of what is sent needs no calendar to be known for one.
USUAL_DAY = "(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])"


_INPATIENT_TYPES = "'03', '04', '09'"


def is_inpatient(care_type: str) -> str:
    """SQL: the type of care (MA_LOAI_KCB) is an inpatient's; null for null. As the glossary says,
    and the macro `is_inpatient` of the models."""
    return f"{care_type} in ({_INPATIENT_TYPES})"


def is_day(text: str) -> str:
    """SQL: `yyyymmdd` and a day of the calendar; null for null. Reads the calendar seldom."""
    return (
        f"({text} ~ '^{USUAL_DAY}$' or length({text}) = 8 and raw.parse_date({text}) is not null)"
    )


def text_or_null(column: str) -> str:
    """The text without the blanks around it, null when nothing is left."""
    return f"nullif(btrim({column}), '')"


def is_filled(column: str) -> str:
    """SQL: the text is more than blanks; null for null.

    What begins with a visible character is known by one comparison, without a copy of the text.
    """
    return f"({column} >= '!' collate \"C\" or btrim({column}) <> '')"


def amount(column: str) -> str:
    """Numeric value of an optional amount: blank is 0, null when it is not a number."""
    return f"case when {text_or_null(column)} is null then 0 else raw.parse_amount({column}) end"


def holds_if_readable(condition: str) -> str:
    """True also when an operand is null: its own check reports an unreadable amount, once."""
    return f"coalesce({condition}, true)"


def numeric_code(column: str) -> str:
    """A code that the standard calls a number (MA_NHOM …): zeros in front say nothing."""
    return f"ltrim(btrim({column}), '0')"


def time_or_null(column: str) -> str:
    """The text itself when it is a date or a date-time, else null."""
    return f"case when raw.parse_local_time({column}) is not null then {column} end"


def not_after(earlier: str, later: str) -> str:
    """Order of two readable times: yyyymmdd and yyyymmddHHMM meet on the digits that both have."""
    return f'({earlier} collate "C" <= {later} or starts_with({earlier}, {later}))'


def described(text: str) -> str:
    """SQL of `12 characters: letters, digits`, or `blank`: what can be told of any value."""
    value = f"btrim(coalesce({text}, ''))"
    kinds = (
        f"case when lower({value}) <> upper({value}) then 'letters' end, "
        f"case when {value} ~ '[0-9]' then 'digits' end, "
        f"case when {value} ~ '\\s' then 'spaces' end, "
        f"case when {value} ~ '[^\\w\\s]' then 'signs' end, "
        f"case when lower({value}) = upper({value}) and {value} ~ '(?![0-9])\\w' "
        "then 'other characters' end"
    )
    return (
        f"case when {value} = '' then 'blank' else "
        f"length({value}) || ' characters: ' || concat_ws(', ', {kinds}) end"
    )


def quoted_code(text: str) -> str:
    """SQL of the value itself when it can be a code or a number, else of its description."""
    value = f"btrim(coalesce({text}, ''))"
    return (
        f"case when {value} ~ '{_QUOTABLE_CODE}' and {value} !~ '{_NO_CODE}' "
        f"or {value} ~ '{_SERVICE_CODE}' then {value} else {described(text)} end"
    )


def quoted_diagnosis(text: str) -> str:
    """As `quoted_code`, but what tells of HIV is for its readers only."""
    return (
        f"case when raw.canonical_icd({text}) ~ '{_DIAGNOSIS_OF_HIV}' then {described(text)} "
        f"else {quoted_code(text)} end"
    )


def quoted_number(text: str) -> str:
    """SQL of the number itself when it can only be an amount, else of its description."""
    value = f"btrim(coalesce({text}, ''))"
    return f"case when {value} ~ '{_QUOTABLE_NUMBER}' then {value} else {described(text)} end"


def quoted_result(number: str) -> str:
    """As `quoted_number`, for a numeric expression: no zeros at the end, at most 4 decimals."""
    return quoted_number(f"trim_scale(round({number}, 4))::text")


def quoted_time(text: str) -> str:
    """SQL of the date or date-time itself, of what seems to be meant for one, or as a code."""
    value = f"btrim(coalesce({text}, ''))"
    return (
        f"case when raw.parse_local_time({text}) is not null then {text} "
        f"when {value} ~ '{_DATE_LIKE}' then {value} else {quoted_code(text)} end"
    )
