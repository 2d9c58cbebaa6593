"""What was found, in Vietnamese.

Reasons are stored as the SQL of the rules makes them, in English. The forms that most rules share
are put into Vietnamese here; one of another form stays as it is, beside the sentence of its rule,
which is in Vietnamese always. Names of elements and described values pass unchanged.
"""

from __future__ import annotations

import re

_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"these are the first claims of this facility", r"đây là hồ sơ đầu tiên của cơ sở này"),
        (r"(.+) shows an error \(.*\)", r"\1 hiện lỗi công thức"),
        (
            r"(.+) is a formula without a calculated value.*",
            r"\1 là công thức chưa được tính: mở tệp, lưu rồi gửi lại",
        ),
        (
            r"(.+) had lost its zeros in front; (\d+) digits are restored",
            r"\1 mất số 0 ở đầu; đã khôi phục đủ \2 ký tự",
        ),
        (r"sheet (\d+) is hidden and was not read", r"trang \1 bị ẩn, không được đọc"),
        (
            r"sheets without the headings of the list were not read: (.+)",
            r"các trang không có tiêu đề cột, không được đọc: \1",
        ),
        (
            r"sheet (\d+): (\d+) hidden rows were read as the others are: (.+)",
            r"trang \1: \2 dòng ẩn vẫn được đọc: \3",
        ),
        (
            r"sheet (\d+): columns that the contract has not are kept: (.+)",
            r"trang \1: cột không có trong mẫu: \2",
        ),
        (r"sheet (\d+): columns that are missing: (.+)", r"trang \1: thiếu các cột \2"),
        (
            r"sheet (\d+): columns in another order, read by name: (.+)",
            r"trang \1: cột khác thứ tự, được đọc theo tên: \2",
        ),
        (
            r"sheet (\d+): column (\S+) (“.+”) is not known: is it (“.+”), which is missing\?.*",
            r"trang \1: cột \2 \3 không có trong mẫu; có phải là \4 đang thiếu?",
        ),
        (
            r"sheet (\d+): rows that are totals.*: (.+)",
            r"trang \1: các dòng tổng, tiêu đề nhóm, ghi chú hoặc chữ ký không được đọc: \2",
        ),
        (r"(.+) has another form than it should.*", r"\1 không đúng dạng"),
        (r"there is no readable XML1 in this HOSO", r"HOSO này không có XML1 đọc được"),
        (r"(\S+) is blank", r"\1 để trống"),
        (r"(\S+) is blank in a line of MA_NHOM (.+)", r"\1 để trống ở dòng thuộc MA_NHOM \2"),
        (r"(\S+) is missing.*", r"thiếu \1"),
        (r"(\S+) has more than (\d+) characters: (.+)", r"\1 dài quá \2 ký tự: \3"),
        (r"(\S+) is below 0: (.+)", r"\1 nhỏ hơn 0: \2"),
        (r"(\S+) is less than 0: (.+)", r"\1 nhỏ hơn 0: \2"),
        (r"(\S+) is not a number: (.+)", r"\1 không phải là số: \2"),
        (r"(\S+) is not a whole number: (.+)", r"\1 không phải là số nguyên: \2"),
        (r"(\S+) is too large a number to be held \(.*\): (.+)", r"\1 là số quá lớn: \2"),
        (r"(\S+) is a date without its time (.+)", r"\1 là ngày thiếu giờ \2"),
        (r"(\S+) is not a date and time (\(.+?\)): (.+)", r"\1 không phải ngày giờ \2: \3"),
        (r"(\S+) is not a date (\(.+?\)): (.+)", r"\1 không phải ngày giờ \2: \3"),
        (r"(\S+) is not a day (\(.+?\)): (.+)", r"\1 không phải ngày \2: \3"),
        (r"(\S+) has an item that is not a day (.+)", r"\1 có phần không phải ngày \2"),
        (r"(\S+) does not have its (\d+) digits: (.+)", r"\1 không đủ \2 chữ số: \3"),
        (r"(\S+) does not have the form of its code: (.+)", r"\1 không đúng dạng mã: \2"),
        (r"(\S+) has lost zeros in front: (.+)", r"\1 bị mất số 0 ở đầu: \2"),
        (r"(\S+) is in no list of its day: (.+)", r"\1 không có trong danh mục của ngày đó: \2"),
        (r"(\S+) is not 1, 2 or 3: (.+)", r"\1 không phải 1, 2 hoặc 3: \2"),
        (
            r"(\S+) is not that of XML1: (.+)",
            r"\1 khác với XML1: \2",
        ),
        (r"(\S+) is not that of XML1 \((.+)\): (.+)", r"\1 khác với XML1 (\2): \3"),
        (
            r"(\S+) has the shape of no id and no passport: (.+)",
            r"\1 không đúng dạng số định danh hay hộ chiếu: \2",
        ),
        (
            r"repeats line (\S+), (\S+) lines are equal",
            r"trùng với dòng \1, có \2 dòng giống nhau",
        ),
        (r"(\S+) is (\S+), the file has (\S+) HOSO", r"\1 là \2, tệp có \3 HOSO"),
        (r"(\S+) (\S+) is after (\S+) (\S+)", r"\1 \2 sau \3 \4"),
        (r"(\S+) is (.+), more than (.+), (\S+)", r"\1 là \2, lớn hơn \3 = \4"),
        (r"(\S+) is (\S+), (.+) is (\S+)", r"\1 là \2, trong khi \3 là \4"),
        # of lists, whose columns have names of several words
        (r"(.+) is blank", r"\1 để trống"),
        (r"(.+?) is not a whole number: (.+)", r"\1 không phải là số nguyên: \2"),
        (r"(.+?) is not a number: (.+)", r"\1 không phải là số: \2"),
        (r"(.+?) is not a day (\(.+?\)): (.+)", r"\1 không phải ngày \2: \3"),
        (r"(.+?) is not a time (\(.+?\)): (.+)", r"\1 không phải ngày giờ \2: \3"),
        (r"(.+?) is not yes or no: (.+)", r"\1 không phải có hoặc không: \2"),
        (r"(.+?) is less than (\S+): (.+)", r"\1 nhỏ hơn \2: \3"),
        (r"(.+?) is more than (\S+): (.+)", r"\1 lớn hơn \2: \3"),
        (r"(.+?) has (\d+) characters, (\d+) are allowed", r"\1 có \2 ký tự, tối đa \3"),
        (r"(.+?) is no code of its list: (.+)", r"\1 không có trong danh mục: \2"),
        (
            r"(.+?) is no code of the list (\S+) on the day (.+?): (.+)",
            r"\1 không có trong danh mục \2 vào ngày ghi ở cột \3: \4",
        ),
        (r"(.+?) is no code of the list (\S+): (.+)", r"\1 không có trong danh mục \2: \3"),
        (r"(.+?) has another form than it should: (.+)", r"\1 không đúng dạng: \2"),
        (r"(.+?) is that of another row, too: (.+)", r"\1 trùng với dòng khác: \2"),
        (r"(.+?) is after (.+)", r"\1 sau \2"),
    )
)
# How a value is described that may be of a person: `12 characters: letters, digits`.
_KIND = "letters|digits|spaces|signs|other characters"
_DESCRIBED = re.compile(rf"\b(\d+) characters: ((?:{_KIND})(?:, (?:{_KIND}))*)")
_KINDS = {
    "letters": "chữ cái",
    "digits": "chữ số",
    "spaces": "dấu cách",
    "signs": "dấu",
    "other characters": "ký tự khác",
}


def in_vietnamese(reason: str) -> str:
    """The reason in Vietnamese where its form is known, else as it is."""
    for pattern, words in _FORMS:
        found = pattern.fullmatch(reason)
        if found:
            return _DESCRIBED.sub(_description, found.expand(words)).replace(
                ": blank", ": để trống"
            )
    return reason


def _description(found: re.Match[str]) -> str:
    kinds = [_KINDS[kind] for kind in found[2].split(", ") if kind]
    return f"{found[1]} ký tự: {', '.join(kinds)}"
