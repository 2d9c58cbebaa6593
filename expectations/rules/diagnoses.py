"""Looking up diagnosis codes in the list that holds on the day of discharge.

Rules judge codes in their one form (raw.canonical_icd_list). Vietnam adds 4th and 5th characters to
WHO's codes, so a code is known when its category (3 characters) is; its restrictions are those of
its longest part that is listed. Added characters are digits: ICD-10 has no letter behind its point
(X, A, D and S are of ICD-10-CM), so any other ending is wrong.
"""

from __future__ import annotations


def looked_up(code: str) -> str:
    """Joins what ref.icd10_codes has of a canonical code: `category`, `listed` and `detailed`.

    They are its first 3, 4 and 5 characters; a shorter code is `listed`, `detailed` as a whole.

    In force on the day of discharge of `header`, or today if it cannot be read; the day is read
    only for the few codes that were not always there.
    """
    day = "coalesce(raw.parse_date(btrim(header.ngay_ra)), current_date)"
    compact = f"replace({code}, '.', '')"
    return "\n".join(
        f"left join ref.icd10_codes as {name} on {name}.compact_code = left({compact}, {length})"
        f" and ({name}.valid_from <= date '1900-01-01' or {name}.valid_from <= {day})"
        f" and ({name}.valid_to is null or {name}.valid_to > {day})"
        for name, length in (("category", 3), ("listed", 4), ("detailed", 5))
    )


def is_of_category(code: str) -> str:
    """SQL: the code has the form of one, and its category is in the list, whatever its ending."""
    return f"(category.code is not null and {code} ~ '^[A-Z][0-9][0-9]([.]|$)')"


def has_wrong_ending(code: str) -> str:
    """SQL: a category of the list with an ending that ICD-10 does not have."""
    return (
        f"(category.code is not null and {code} ~ '^[A-Z][0-9][0-9][.]'"
        f" and {code} !~ '^[A-Z][0-9][0-9][.][0-9][0-9]?$')"
    )


def is_listed(code: str) -> str:
    """SQL: the code as a whole is in the list."""
    return f"coalesce(detailed.code = {code}, false)"


IS_USABLE = "detailed.is_usable"
ONLY_SEX = "coalesce(detailed.only_sex, listed.only_sex, category.only_sex)"
IS_MAIN_ALLOWED = """\
coalesce(detailed.is_main_allowed, listed.is_main_allowed, category.is_main_allowed, true)"""
