"""One form of a code, however a sender writes it.

Keys are made of these forms, rules judge by them and reports group by them. The functions
raw.canonical_code, raw.canonical_icd, raw.canonical_icd_list and raw.is_icd_code (migration 0008)
give the same of the same text; a property test holds the two against each other. Each form is its
own form again. Reasons: docs/decisions/keys_once.md.
"""

from __future__ import annotations

import re
from unicodedata import normalize

# Letters with a capital here: those of English and Vietnamese. Tables of Unicode's others differ
# between Python and Postgres, and between Postgres' versions.
_TONES = "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
_VIETNAMESE = f"ăâđêôơư{_TONES}".upper()
_CAPITALS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz" + _VIETNAMESE.lower(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + _VIETNAMESE
)
# What nobody sees: controls but blanks, soft hyphens, zero-width and bidirectional signs, fillers,
# selectors of variants, tags.
_INVISIBLE = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BLANKS = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_NOT_PLAIN = re.compile("[^!-~]")

_LINE_ENDS = re.compile("[\t-\r\x85\u2028\u2029]")
# Letters of Greek and Cyrillic that look like those of ICD-10, and an ideographic comma.
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХҮаеѕіјорсхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧ、\\",
    "ABESIJKMHOPCTXYAESIJOPCXYABEZHIKMNOPTYX,,",
)
_BETWEEN = f"[^0-9A-Z;{_VIETNAMESE}]*"
_CODE_BEGINS = re.compile(
    f"(?<![A-Z{_VIETNAMESE}])([A-Z]){_BETWEEN}([0-9]){_BETWEEN}([0-9])"  # not within a word
)
_NO_PART_OF_A_LIST = re.compile(f"[^0-9A-Z;,/+|&{_VIETNAMESE}]")
_BEFORE_A_DIGIT = re.compile(r"[,/+|&]+([0-9])")
_SEPARATORS = re.compile(r"[,/+|&]")
_WORD_BEGINS = re.compile(f"([A-Z{_VIETNAMESE}][A-Z{_VIETNAMESE}]+)")
_CATEGORY_AND_MORE = re.compile(r"(^|;)([A-Z][0-9][0-9])([^;])")
_LONG_ENDING = re.compile(r"(^|;)([A-Z][0-9][0-9]\.[^;][^;][^;])([^;])")
_ICD_CODE = re.compile(r"[A-Z][0-9][0-9](\.[0-9A-Z][0-9A-Z]?[0-9A-Z]?)?")


def canonical_code(text: str) -> str:
    """A code in capitals and in Unicode's plain forms (NFKC: full-width letters are letters).

    Invisible signs go, blanks at the ends too; blanks inside become one space.
    """
    if text.isascii() and not _NOT_PLAIN.search(text):
        return text.upper()
    folded = normalize("NFKC", _INVISIBLE.sub("", text)).translate(_CAPITALS)
    return _BLANKS.sub(" ", normalize("NFKC", folded)).strip(" ")


def canonical_dossier_id(text: str) -> str:
    """MA_LK as the key of a dossier: `c0258` and `C0258` are one, as for people who read them."""
    return canonical_code(text)


def canonical_icd_list(text: str) -> list[str]:
    """The codes of ICD-10 in a text, in their order, each as `canonical_icd` writes it.

    A code begins at a letter that two digits follow, so it may stand behind another one without
    anything between them (`B24J18`), and dots, dashes, blanks and marks within one say nothing
    (`B.24`, `B 2 4`, `A17.0†`). `;` and line ends always separate; `,` `/` `+` `|` `&` do unless a
    digit follows, with which no code begins (`J06,9`). Words are parts of the list, without their
    blanks.
    """
    icd = canonical_icd(text)
    return icd.split(";") if icd else []


def canonical_icd(text: str) -> str:
    """J06.9, I10, A17.0 of any spelling; what is none as its letters and digits.

    Of several codes all, joined by `;`. A code of traditional medicine, whose ending is longer,
    gets its second point: U62.392.9.
    """
    icd = canonical_code(_LINE_ENDS.sub(";", text)).translate(_LOOKALIKES)
    icd = _NO_PART_OF_A_LIST.sub("", _CODE_BEGINS.sub(r";\1\2\3", icd))
    icd = _SEPARATORS.sub(";", _BEFORE_A_DIGIT.sub(r"\1", icd))
    icd = _CATEGORY_AND_MORE.sub(r"\1\2.\3", _WORD_BEGINS.sub(r";\1", icd))
    icd = _LONG_ENDING.sub(r"\1\2.\3", icd)
    return re.sub(";+", ";", icd).strip(";")


def is_icd_code(code: str) -> bool:
    """Whether a canonical code has the form of one of ICD-10: a category, and up to three more."""
    return _ICD_CODE.fullmatch(code) is not None
