"""Vietnamese text from before Unicode: TCVN3 (ABC) and VNI, as fonts showed it.

Both are read as if they were windows-1252 or Latin-1, which have the same signs from 0xA0 on. TCVN3
has no capitals with a tone: its fonts for capitals drew the small letters large, so such a text
comes out in small letters.
"""

from __future__ import annotations

import re
from unicodedata import normalize

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_VNI_ALONE = {
    "ñ": "đ", "Ñ": "Đ", "í": "í", "Í": "Í", "ì": "ì", "Ì": "Ì", "æ": "ỉ", "Æ": "Ỉ", "ó": "ĩ",
    "Ó": "Ĩ", "ò": "ị", "Ò": "Ị", "ô": "ơ", "Ô": "Ơ", "ö": "ư", "Ö": "Ư", "î": "ỵ", "Î": "Ỵ",
}  # fmt: skip
# A mark behind its letter: the combining signs that it stands for.
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT, "â": _CIRCUMFLEX,
    "á": _CIRCUMFLEX + _ACUTE, "à": _CIRCUMFLEX + _GRAVE, "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT, "ê": _BREVE, "é": _BREVE + _ACUTE,
    "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_MARKS |= {mark.upper(): signs for mark, signs in _VNI_MARKS.items()}
_VNI = re.compile(f"([aeiouyAEIOUYôÔöÖ])([{''.join(_VNI_MARKS)}])|([{''.join(_VNI_ALONE)}])")
_TCVN3_SIGNS = str.maketrans(_TCVN3)
# Words that stand in every list, with letters that no other language has.
_IN_LISTS = """
số mã họ tên ngày tháng năm sinh giới tính nữ địa chỉ cơ sở bệnh viện trạm y tế khám chữa khoa phòng
chức danh bác sĩ điều dưỡng hộ xã phường tỉnh thành phố đơn vị quản lý hiệu lực từ đến giường kế
hoạch thực người bảo hiểm thẻ dân tộc nghề nghiệp trình độ chuyên môn danh sách báo cáo tổng cộng
thời điểm nguyễn trần lê thị văn đức hữu công việt nam của và có không được cấp giấy phép hành chứng
quyết định loại hình thuốc vắc xin tiêm tuổi
"""
_WORDS = frozenset(_IN_LISTS.split())
_WORD = re.compile(r"[^\W\d_]+")


def from_tcvn3(text: str) -> str:
    """Text that was read as Latin-1 and is TCVN3."""
    return text.translate(_TCVN3_SIGNS)


def from_vni(text: str) -> str:
    """Text that was read as Latin-1 or windows-1252 and is VNI."""
    return _VNI.sub(_letter, text)


def _letter(found: re.Match[str]) -> str:
    if found[3]:
        return _VNI_ALONE[found[3]]
    base = _VNI_ALONE.get(found[1], found[1])
    letter = normalize("NFC", base + _VNI_MARKS[found[2]])
    return letter if len(letter) == 1 else base + _VNI_ALONE.get(found[2], found[2])


def words_known(text: str) -> int:
    """How many of its words are Vietnamese ones, those without a mark left out."""
    return sum(
        word in _WORDS and not word.isascii() for word in map(str.lower, _WORD.findall(text))
    )
