"""Looking up a diagnosis code as senders write it, in the list that holds on the day of discharge.

`A00.0` and `A000` are the same; a dagger, an asterisk or a plus at the end marks a double code and
says nothing more. Vietnam adds 4th and 5th characters to WHO's codes, so a code is *known* when its
category (3 characters) is; its restrictions are those of the longest part of it that is listed.
"""

from __future__ import annotations


def compact(text: str) -> str:
    """SQL of the code in capitals, without its point and the mark at its end."""
    return f"rtrim(replace(upper(btrim({text})), '.', ''), '†*+')"


def looked_up(code: str) -> str:
    """Joins `category` (3 characters) and `listed` (up to 4) of ref.icd10_codes to the code.

    In force on the day of discharge of `header`, or today if it cannot be read; the day is read
    only for the few codes that were not always there.
    """
    day = "coalesce(raw.parse_date(btrim(header.ngay_ra)), current_date)"
    return "\n".join(
        f"left join ref.icd10_codes as {name} on {name}.compact_code = left({code}, {length})"
        f" and ({name}.valid_from <= date '1900-01-01' or {name}.valid_from <= {day})"
        f" and ({name}.valid_to is null or {name}.valid_to > {day})"
        for name, length in (("category", 3), ("listed", 4))
    )


def is_known(code: str) -> str:
    """SQL: a category of the list with up to two characters more."""
    return f"(category.code is not null and {code} ~ '^[A-Z][0-9]{{2}}[0-9A-Z]{{0,2}}$')"


def is_listed(code: str) -> str:
    """SQL: the code as a whole is in the list."""
    return f"coalesce(listed.compact_code = {code}, false)"


IS_USABLE = "listed.is_usable"
ONLY_SEX = "coalesce(listed.only_sex, category.only_sex)"
IS_MAIN_ALLOWED = "coalesce(listed.is_main_allowed, category.is_main_allowed, true)"
