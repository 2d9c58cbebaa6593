"""What facilities prescribe and do: diagnoses, drugs, services, beds, devices, transport.

Codes have the real shape (ICD-10; drug codes of the common set; CC.KKKK.GGGG; N0x devices), names
and prices are plausible. Prices are in thousandths of a đồng, the finest that the standard allows.
"""

from __future__ import annotations

from typing import NamedTuple


class Diagnosis(NamedTuple):
    code: str
    name: str


class Drug(NamedTuple):
    code: str
    name: str
    unit: str
    strength: str
    route: str
    price: int
    """Thousandths of a đồng."""
    rate: int = 100
    """TYLE_TT_BH, percent."""
    group: str = "4"
    """MA_NHOM: 4 drug, 7 whole blood."""
    is_fractional: bool = False
    """Measured, not counted: quantities with decimals (oxygen)."""


class Service(NamedTuple):
    code: str
    name: str
    unit: str
    group: str
    """MA_NHOM: 1 laboratory, 2 imaging, 3 functional, 8 surgery, 13 examination, 14-16 beds, ..."""
    price: int
    markup: int = 0
    """What the hospital asks above the insurance price (DON_GIA_BV - DON_GIA_BH)."""
    rate: int = 100


OUTPATIENT = (
    Diagnosis("J00", "Viêm mũi họng cấp [cảm thường]"),
    Diagnosis("J06.9", "Nhiễm khuẩn đường hô hấp trên cấp, không đặc hiệu"),
    Diagnosis("J20.9", "Viêm phế quản cấp, không đặc hiệu"),
    Diagnosis("I10", "Tăng huyết áp vô căn (nguyên phát)"),
    Diagnosis("E11.9", "Đái tháo đường típ 2, chưa có biến chứng"),
    Diagnosis("K29.7", "Viêm dạ dày, không đặc hiệu"),
    Diagnosis("M54.5", "Đau vùng thắt lưng"),
    Diagnosis("M17.0", "Thoái hóa khớp gối nguyên phát hai bên"),
    Diagnosis("L20.9", "Viêm da cơ địa, không đặc hiệu"),
    Diagnosis("H10.9", "Viêm kết mạc, không đặc hiệu"),
    Diagnosis("K02.1", "Sâu ngà răng"),
    Diagnosis("N39.0", "Nhiễm khuẩn hệ tiết niệu, vị trí không xác định"),
)
CHRONIC = (
    Diagnosis("I10", "Tăng huyết áp vô căn (nguyên phát)"),
    Diagnosis("E11.9", "Đái tháo đường típ 2, chưa có biến chứng"),
    Diagnosis("E78.5", "Tăng lipid máu, không đặc hiệu"),
    Diagnosis("I25.9", "Bệnh tim thiếu máu cục bộ mạn, không đặc hiệu"),
    Diagnosis("J44.9", "Bệnh phổi tắc nghẽn mạn tính, không đặc hiệu"),
)
INPATIENT = (
    Diagnosis("J18.9", "Viêm phổi, tác nhân không xác định"),
    Diagnosis("A91", "Sốt xuất huyết Dengue"),
    Diagnosis("I63.9", "Nhồi máu não, không đặc hiệu"),
    Diagnosis("I50.9", "Suy tim, không đặc hiệu"),
    Diagnosis("K35.8", "Viêm ruột thừa cấp, khác và không đặc hiệu"),
    Diagnosis("A09.0", "Tiêu chảy & viêm dạ dày-ruột nhiễm khuẩn"),
    Diagnosis("S06.0", "Chấn động não"),
    Diagnosis("S52.5", "Gãy đầu dưới xương quay"),
    Diagnosis("N20.0", "Sỏi thận"),
)
BIRTH = Diagnosis("O80", "Đẻ thường một thai")
NEWBORN = Diagnosis("P59.9", "Vàng da sơ sinh, không đặc hiệu")

DRUGS = (
    Drug("40.48", "Paracetamol 500mg", "Viên", "500mg", "1.01", 189_000),
    Drug("40.155", "Amoxicilin + acid clavulanic", "Viên", "875mg + 125mg", "1.01", 4_158_000),
    Drug("40.30.28", "Diclofenac", "Viên", "50mg", "1.01", 126_500),
    Drug("40.491", "Amlodipin", "Viên", "5mg", "1.01", 105_000),
    Drug("40.510", "Losartan", "Viên", "50mg", "1.01", 218_400),
    Drug("40.807", "Metformin", "Viên", "850mg", "1.01", 441_000),
    Drug("40.798", "Gliclazid MR", "Viên", "30mg", "1.01", 495_500),
    Drug("40.549", "Atorvastatin", "Viên", "20mg", "1.01", 147_000),
    Drug("40.677", "Omeprazol", "Viên", "20mg", "1.01", 132_300),
    Drug("40.685", 'Gói bù nước (ORS) "vị cam" < 12 tuổi', "Gói", "4,1g", "1.01", 1_470_000),
    Drug("40.980", "Salbutamol khí dung", "Ống", "2,5mg/2,5ml", "5.05", 4_410_500),
    Drug("40.89", "Loratadin", "Viên", "10mg", "1.01", 98_700),
    Drug("40.775", "Methylprednisolon", "Lọ", "40mg", "2.10", 7_350_000),
    Drug("40.170", "Ceftriaxon", "Lọ", "1g", "2.10", 6_699_333),
    Drug("40.165", "Cefotaxim", "Lọ", "1g", "2.10", 5_197_500),
    Drug("40.1021", "Natri clorid 0,9% & glucose", "Chai", "500ml", "2.15", 6_930_000),
    Drug("40.1028", "Ringer lactat", "Chai", "500ml", "2.15", 7_035_250),
    Drug("40.805", "Insulin người trộn 30/70", "Lọ", "1000UI/10ml", "2.05", 57_000_000),
    Drug("40.445", "Enoxaparin", "Bơm tiêm", "4000UI", "2.05", 70_000_000),
    Drug("40.399", "Trastuzumab", "Lọ", "150mg", "2.15", 15_552_000_000, rate=60),
    Drug("40.718", "Albumin người 20%", "Lọ", "10g/50ml", "2.15", 614_880_000, rate=70),
    Drug("40.17", "Oxy dược dụng", "Lít", "99,5%", "5.08", 3_333, is_fractional=True),
    Drug("40.1047", "Khối hồng cầu 250ml", "Đơn vị", "250ml", "2.15", 887_000_000, group="7"),
)
ORAL = tuple(drug for drug in DRUGS if drug.route == "1.01")

EXAM = Service("02.1896", "Khám Nội", "Lần", "13", 42_100_000, 8_000_000)
LABORATORY = (
    Service("22.0121.1369", "Tổng phân tích tế bào máu ngoại vi", "Lần", "1", 43_700_000),
    Service("23.0075.1494", "Định lượng Glucose [Máu]", "Lần", "1", 21_800_000),
    Service("23.0166.1494", "Định lượng Urê máu [Máu]", "Lần", "1", 21_800_000),
    Service("23.0051.1494", "Định lượng Creatinin (máu)", "Lần", "1", 21_800_000, 3_200_000),
    Service("23.0020.1493", "Đo hoạt độ AST (GOT) [Máu]", "Lần", "1", 21_800_000),
    Service("23.0083.1523", "Định lượng HbA1c [Máu]", "Lần", "1", 102_300_500),
    Service("23.0206.1596", "Tổng phân tích nước tiểu", "Lần", "1", 27_700_000),
)
IMAGING = (
    Service("18.0119.0028", "Chụp Xquang ngực thẳng", "Lần", "2", 68_300_000, 5_500_000),
    Service("18.0015.0001", "Siêu âm ổ bụng", "Lần", "2", 49_300_000, 10_700_000),
    Service("18.0149.0040", "Chụp CLVT sọ não", "Lần", "2", 536_000_000, 64_000_000),
)
FUNCTIONAL = (Service("21.0014.1778", "Điện tim thường", "Lần", "3", 35_400_000),)
PROCEDURES = (
    Service("15.0303.0200", "Thay băng vết mổ", "Lần", "18", 60_000_000),
    Service("13.0033.0614", "Đỡ đẻ thường ngôi chỏm", "Lần", "18", 736_000_000, 164_000_000),
    Service("08.0005.0230", "Điện châm", "Lần", "18", 71_400_000),
)
SURGERY = (
    Service("10.0506.0459", "Phẫu thuật cắt ruột thừa", "Lần", "8", 2_654_000_000, 346_000_000),
    Service("10.0734.0556", "Kết hợp xương gãy đầu dưới xương quay", "Lần", "8", 3_850_000_000),
)
BEDS = {
    "03": Service("K03.1918", "Giường Nội khoa loại 2", "Ngày", "15", 212_600_000, 27_400_000),
    "04": Service("K03.1918", "Giường ban ngày Nội khoa", "Ngày", "14", 63_780_000),
    "06": Service("K01.1929", "Giường lưu tại trạm y tế", "Ngày", "16", 71_600_000),
}
DEVICES = (
    Service("N03.01.070.1234.000.0001", "Bơm tiêm 10ml", "Cái", "10", 1_050_000),
    Service("N04.01.030.0042.175.0007", "Dây truyền dịch", "Bộ", "10", 4_200_500),
    Service("N07.06.040.5521.236.0003", "Nẹp khóa đầu dưới xương quay", "Cái", "10", 6_500_000_000),
    Service(
        "N05.02.010.0311.000.0002", "Chỉ khâu tiêu chậm số 2/0", "Tép", "10", 62_475_000, rate=80
    ),
)
TRANSPORT = Service("VC.96001", "Vận chuyển người bệnh chuyển tuyến", "Km", "12", 21_500_000)
FEES = Service("TT.0001", "Suất ăn bệnh lý", "Suất", "19", 35_000_000)
