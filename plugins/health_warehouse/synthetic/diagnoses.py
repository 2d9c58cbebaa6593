"""What people come for: ICD-10 by setting, tier, age, sex and season.

Codes are leaves of ICD-10 (WHO 2019), of which QĐ 4469/2020 and TT 06/2026 are made; names as
Vietnamese hospitals write them. Weights are plausible, not measured.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from health_warehouse.synthetic.people import Person
from health_warehouse.synthetic.streams import Draw, Weighted

Setting = Literal["outpatient", "chronic", "inpatient", "check-up"]
_HIGHER = ("provincial hospital", "regional centre")


class Diagnosis(NamedTuple):
    code: str
    name: str
    weight: int = 10
    """In an ordinary month, for the people it can befall."""
    sex: str = ""
    """GIOI_TINH of those it can befall; blank = both."""
    ages: tuple[int, int] = (0, 120)
    season: str = ""
    """`rain` (dengue: June to November), `flu` (November to March, and June)."""
    is_complex: bool = False
    """Not treated at commune stations and clinics."""
    comorbidity: str = ""
    """ICD-10 code that often comes with it."""


_SEASONS = {"rain": (6, 7, 8, 9, 10, 11), "flu": (11, 12, 1, 2, 3, 6)}
_OUTPATIENT = (
    Diagnosis("J00", "Viêm mũi họng cấp [cảm thường]", 14, season="flu"),
    Diagnosis("J06.9", "Nhiễm khuẩn đường hô hấp trên cấp, không đặc hiệu", 14, season="flu"),
    Diagnosis("J02.9", "Viêm họng cấp, không đặc hiệu", 10, season="flu"),
    Diagnosis("J11.1", "Cúm với biểu hiện hô hấp khác, virus không xác định", 5, season="flu"),
    Diagnosis("J20.9", "Viêm phế quản cấp, không đặc hiệu", 9, season="flu"),
    Diagnosis("A97.0", "Sốt xuất huyết Dengue không có dấu hiệu cảnh báo", 4, season="rain"),
    Diagnosis("B08.4", "Bệnh tay chân miệng", 12, ages=(0, 6), season="rain"),
    Diagnosis("I10", "Tăng huyết áp vô căn (nguyên phát)", 16, ages=(35, 120), comorbidity="E78.5"),
    Diagnosis("E11.9", "Đái tháo đường típ 2, chưa có biến chứng", 9, ages=(35, 120)),
    Diagnosis("K29.7", "Viêm dạ dày, không đặc hiệu", 11, ages=(15, 120)),
    Diagnosis("K21.9", "Trào ngược dạ dày - thực quản không có viêm thực quản", 7, ages=(15, 120)),
    Diagnosis("M54.5", "Đau vùng thắt lưng", 12, ages=(25, 120)),
    Diagnosis("M17.0", "Thoái hóa khớp gối nguyên phát hai bên", 8, ages=(45, 120)),
    Diagnosis("L20.9", "Viêm da cơ địa, không đặc hiệu", 6),
    Diagnosis("L50.9", "Mày đay, không đặc hiệu", 4),
    Diagnosis("H10.9", "Viêm kết mạc, không đặc hiệu", 5),
    Diagnosis("H66.9", "Viêm tai giữa, không đặc hiệu", 4, ages=(0, 15)),
    Diagnosis("K02.1", "Sâu ngà răng", 7),
    Diagnosis("N39.0", "Nhiễm khuẩn hệ tiết niệu, vị trí không xác định", 5, ages=(15, 120)),
    Diagnosis("N76.0", "Viêm âm đạo cấp", 5, sex="2", ages=(16, 70)),
    Diagnosis("N40", "Tăng sản tuyến tiền liệt", 5, sex="1", ages=(50, 120)),
    Diagnosis("Z34.9", "Giám sát thai nghén bình thường, không đặc hiệu", 7, "2", (18, 42)),
    Diagnosis("G47.0", "Rối loạn vào giấc và duy trì giấc ngủ", 5, ages=(30, 120)),
    Diagnosis("R51", "Đau đầu", 4, ages=(12, 120)),
    Diagnosis("E05.0", "Nhiễm độc giáp với bướu giáp lan tỏa", 2, ages=(18, 90), is_complex=True),
)
_CHRONIC = (
    Diagnosis("I10", "Tăng huyết áp vô căn (nguyên phát)", 30, ages=(30, 120), comorbidity="E78.5"),
    Diagnosis("E11.9", "Đái tháo đường típ 2, chưa có biến chứng", 22, "", (30, 120), "", False,
              "I10"),
    Diagnosis("E11.4", "Đái tháo đường típ 2, có biến chứng thần kinh", 5, "", (35, 120), "", True,
              "I10"),
    Diagnosis("I25.9", "Bệnh tim thiếu máu cục bộ mạn, không đặc hiệu", 8, ages=(40, 120)),
    Diagnosis("J44.9", "Bệnh phổi tắc nghẽn mạn tính, không đặc hiệu", 8, ages=(40, 120)),
    Diagnosis("J45.9", "Hen, không đặc hiệu", 5),
    Diagnosis("G40.9", "Động kinh, không đặc hiệu", 3),
    Diagnosis("A15.0", "Lao phổi, xác nhận bằng soi đờm trực tiếp", 4, ages=(15, 120)),
    Diagnosis("A16.2", "Lao phổi, không đề cập xác nhận vi khuẩn học", 2, ages=(15, 120)),
    Diagnosis("B24", "Bệnh do HIV không đặc hiệu", 4, ages=(18, 70)),
)  # fmt: skip
_INPATIENT = (
    Diagnosis("J18.9", "Viêm phổi, tác nhân không xác định", 16, season="flu"),
    Diagnosis("J21.9", "Viêm tiểu phế quản cấp, không đặc hiệu", 14, ages=(0, 3), season="flu"),
    Diagnosis("A97.1", "Sốt xuất huyết Dengue có dấu hiệu cảnh báo", 8, season="rain"),
    Diagnosis("A97.2", "Sốt xuất huyết Dengue nặng", 1, season="rain", is_complex=True),
    Diagnosis("A09.0", "Tiêu chảy & viêm dạ dày-ruột nhiễm khuẩn", 8),
    Diagnosis("J44.9", "Bệnh phổi tắc nghẽn mạn tính, không đặc hiệu", 9, ages=(45, 120)),
    Diagnosis("I50.9", "Suy tim, không đặc hiệu", 8, "", (45, 120), "", True, "I10"),
    Diagnosis("I63.9", "Nhồi máu não, không đặc hiệu", 8, "", (45, 120), "", True, "I10"),
    Diagnosis("I21.9", "Nhồi máu cơ tim cấp, không đặc hiệu", 3, ages=(40, 120), is_complex=True),
    Diagnosis("K92.2", "Xuất huyết dạ dày ruột, không đặc hiệu", 4, ages=(20, 120)),
    Diagnosis("K35.8", "Viêm ruột thừa cấp, khác và không đặc hiệu", 6, ages=(5, 80)),
    Diagnosis("S06.0", "Chấn động não", 5, ages=(5, 120)),
    Diagnosis("S52.5", "Gãy đầu dưới xương quay", 4, ages=(5, 120)),
    Diagnosis("N20.0", "Sỏi thận", 5, ages=(18, 120)),
    Diagnosis("H26.9", "Đục thủy tinh thể, không đặc hiệu", 5, ages=(55, 120)),
    Diagnosis("M47.9", "Thoái hóa cột sống, không đặc hiệu", 9, ages=(40, 120)),
    Diagnosis("I69.3", "Di chứng nhồi máu não", 5, ages=(50, 120)),
    Diagnosis("O47.0", "Chuyển dạ giả trước 37 tuần thai trọn", 5, "2", (18, 42)),
    Diagnosis("N83.2", "Nang buồng trứng khác và không đặc hiệu", 3, "2", (18, 50), "", True),
)
_CHECK_UP = (Diagnosis("Z00.0", "Khám sức khỏe tổng quát"),)
BIRTH = Diagnosis("O80.0", "Đẻ thường ngôi chỏm")
CAESAREAN = Diagnosis("O82.9", "Đẻ bằng phẫu thuật lấy thai, không đặc hiệu")
TWINS = Diagnosis("O84.0", "Đẻ nhiều thai, tất cả đẻ thường")
BIRTHS = (BIRTH, CAESAREAN, TWINS)
NEWBORN = Diagnosis("P59.9", "Vàng da sơ sinh, không đặc hiệu")
HIV, TUBERCULOSIS = ("B24",), ("A15.0", "A16.2")
_LISTS: dict[str, tuple[Diagnosis, ...]] = {
    "outpatient": _OUTPATIENT,
    "chronic": _CHRONIC,
    "inpatient": _INPATIENT,
    "check-up": _CHECK_UP,
}
ALL = (*_OUTPATIENT, *_CHRONIC, *_INPATIENT, *_CHECK_UP, *BIRTHS, NEWBORN)


def diagnosis(
    draw: Draw, setting: Setting, tier: str, who: Person, year: int, month: int
) -> Diagnosis:
    """One that can befall the person, seen at this tier in this month."""
    decade = min(90, max(0, year - who.year)) // 5 * 5
    return _weighted(setting, tier in _HIGHER, who.sex, decade, month).draw(draw)


@cache
def _weighted(
    setting: Setting, is_higher: bool, sex: str, age: int, month: int
) -> Weighted[Diagnosis]:
    """`age` is the beginning of five years; all must fit. Where nothing does, a fever."""
    fitting = [
        (_weight(each, month), each)
        for each in _LISTS[setting]
        if each.sex in ("", sex)
        and each.ages[0] <= age
        and age + 4 <= each.ages[1]
        and (is_higher or not each.is_complex)
    ]
    return Weighted(*(fitting or [(1, Diagnosis("R50.9", "Sốt, không đặc hiệu"))]))


def _weight(each: Diagnosis, month: int) -> int:
    if not each.season:
        return each.weight
    return each.weight * (3 if month in _SEASONS[each.season] else 1)
