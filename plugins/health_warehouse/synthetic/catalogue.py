"""What facilities prescribe and do: drugs, services, beds, devices, transport.

Codes have the real shape (drug codes of the common set; CC.KKKK.GGGG; N0x devices), names
and prices are plausible. Prices are in thousandths of a đồng, the finest that the standard allows.
"""

from __future__ import annotations

from typing import NamedTuple


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


class Indicator(NamedTuple):
    """One result of a test: a row of XML4."""

    code: str
    """MA_CHI_SO; blank for a description."""
    name: str
    unit: str = ""
    low: int = 0
    """Lowest plausible value, in tenths; 0 to 0 = a description instead of a value."""
    high: int = 0


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
    indicators: tuple[Indicator, ...] = ()
    machine: str = ""
    """First letters of MA_MAY: kind of machine."""
    procedure: str = ""
    """MA_PTTT_QT, ICD-9-CM."""
    package: str = ""
    """GOI_VTYT of a device that belongs to a procedure's package."""


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
CHRONIC = tuple(
    drug
    for drug in ORAL
    if drug.code in ("40.491", "40.510", "40.807", "40.798", "40.549", "40.677")
)
ANTIRETROVIRAL = Drug(
    "40.255.1", "Tenofovir + Lamivudin + Dolutegravir", "Viên", "300mg + 300mg + 50mg", "1.01",
    4_100_000,
)  # fmt: skip
ANTITUBERCULAR = Drug(
    "40.367.1", "Rifampicin + Isoniazid + Pyrazinamid + Ethambutol", "Viên",
    "150mg + 75mg + 400mg + 275mg", "1.01", 2_650_000,
)  # fmt: skip

EXAM = Service("02.1896", "Khám Nội", "Lần", "13", 42_100_000, 8_000_000)
SECOND_EXAM = Service("10.1896", "Khám Ngoại", "Lần", "13", 42_100_000, 8_000_000)
LABORATORY = (
    Service(
        "22.0121.1369", "Tổng phân tích tế bào máu ngoại vi", "Lần", "1", 43_700_000,
        indicators=(
            Indicator("22.0121.WBC", "WBC", "10^9/L", 38, 160),
            Indicator("22.0121.RBC", "RBC", "10^12/L", 31, 56),
            Indicator("22.0121.HGB", "HGB", "g/L", 900, 1650),
            Indicator("22.0121.PLT", "PLT", "10^9/L", 400, 3900),
        ),
        machine="HH",
    ),
    Service(
        "23.0075.1494", "Định lượng Glucose [Máu]", "Lần", "1", 21_800_000,
        indicators=(Indicator("23.0075", "Glucose", "mmol/L", 38, 190),), machine="SH",
    ),
    Service(
        "23.0166.1494", "Định lượng Urê máu [Máu]", "Lần", "1", 21_800_000,
        indicators=(Indicator("23.0166", "Urê", "mmol/L", 22, 120),), machine="SH",
    ),
    Service(
        "23.0051.1494", "Định lượng Creatinin (máu)", "Lần", "1", 21_800_000, 3_200_000,
        indicators=(Indicator("23.0051", "Creatinin", "µmol/L", 450, 1900),), machine="SH",
    ),
    Service(
        "23.0020.1493", "Đo hoạt độ AST (GOT) [Máu]", "Lần", "1", 21_800_000,
        indicators=(Indicator("23.0020", "AST", "U/L", 120, 900),), machine="SH",
    ),
    Service(
        "23.0083.1523", "Định lượng HbA1c [Máu]", "Lần", "1", 102_300_500,
        indicators=(Indicator("23.0083", "HbA1c", "%", 48, 120),), machine="SH",
    ),
    Service(
        "23.0206.1596", "Tổng phân tích nước tiểu", "Lần", "1", 27_700_000,
        indicators=(
            Indicator("23.0206.PH", "pH", "", 50, 80),
            Indicator("23.0206.GLU", "GLU", "mmol/L", 1, 280),
        ),
        machine="SH",
    ),
)  # fmt: skip
IMAGING = (
    Service(
        "18.0119.0028", "Chụp Xquang ngực thẳng", "Lần", "2", 68_300_000, 5_500_000,
        indicators=(Indicator("", "Chụp Xquang ngực thẳng"),), machine="XQ",
    ),
    Service(
        "18.0015.0001", "Siêu âm ổ bụng", "Lần", "2", 49_300_000, 10_700_000,
        indicators=(Indicator("", "Siêu âm ổ bụng"),), machine="SA",
    ),
    Service(
        "18.0149.0040", "Chụp CLVT sọ não", "Lần", "2", 536_000_000, 64_000_000,
        indicators=(Indicator("", "Chụp CLVT sọ não"),), machine="CL",
    ),
)  # fmt: skip
FUNCTIONAL = (
    Service(
        "21.0014.1778", "Điện tim thường", "Lần", "3", 35_400_000,
        indicators=(Indicator("", "Điện tim thường"),), machine="TD",
    ),
)  # fmt: skip
PROCEDURES = (
    Service("15.0303.0200", "Thay băng vết mổ", "Lần", "18", 60_000_000, procedure="93.57"),
    Service(
        "13.0033.0614", "Đỡ đẻ thường ngôi chỏm", "Lần", "18", 736_000_000, 164_000_000,
        procedure="73.59",
    ),
    Service("08.0005.0230", "Điện châm", "Lần", "18", 71_400_000),
)  # fmt: skip
APPENDECTOMY = Service(
    "10.0506.0459", "Phẫu thuật cắt ruột thừa", "Lần", "8", 2_654_000_000, 346_000_000,
    procedure="47.09",
)  # fmt: skip
FIXATION = Service(
    "10.0734.0556", "Kết hợp xương gãy đầu dưới xương quay", "Lần", "8", 3_850_000_000,
    procedure="79.32",
)  # fmt: skip
SECTION = Service(
    "13.0007.0671", "Phẫu thuật lấy thai lần đầu", "Lần", "8", 2_431_000_000, 369_000_000,
    procedure="74.1",
)  # fmt: skip
CATARACT = Service("14.0005.0815", "Phẫu thuật Phaco", "Lần", "8", 2_654_000_000, procedure="13.41")
STOPPED = Service("10.0506.0459_TB", "Phẫu thuật cắt ruột thừa [không thực hiện]", "Lần", "8", 0)
"""`_TB`: an operation that was prepared and not done; its price is 0 (standard §3.3 L14)."""
UNPRICED = Service("03.2387.0000", "Tư vấn dinh dưỡng", "Lần", "18", 0, 45_000_000)
"""XX.YYYY.0000: no insurance price; the patient pays (standard §3.3 L14)."""
BEDS = {
    "03": Service("K03.1918", "Giường Nội khoa loại 2", "Ngày", "15", 212_600_000, 27_400_000),
    "04": Service("K03.1918", "Giường ban ngày Nội khoa", "Ngày", "14", 63_780_000),
    "06": Service("K01.1929", "Giường lưu tại trạm y tế", "Ngày", "16", 71_600_000),
}
SYRINGE = Service("N03.01.070.1234.000.0001", "Bơm tiêm 10ml", "Cái", "10", 1_050_000)
INFUSION_SET = Service("N04.01.030.0042.175.0007", "Dây truyền dịch", "Bộ", "10", 4_200_500)
PLATE = Service(
    "N07.06.040.5521.236.0003", "Nẹp khóa đầu dưới xương quay", "Cái", "10", 6_500_000_000,
    package="G1",
)  # fmt: skip
LENS = Service(
    "N07.03.010.2210.112.0004", "Thủy tinh thể nhân tạo mềm", "Cái", "10", 2_950_000_000,
    package="G1",
)  # fmt: skip
SUTURE = Service(
    "N05.02.010.0311.000.0002", "Chỉ khâu tiêu chậm số 2/0", "Tép", "10", 62_475_000, rate=80
)
TRANSPORT = Service("VC.96001", "Vận chuyển người bệnh chuyển tuyến", "Km", "12", 21_500_000)
FEES = Service("TT.0001", "Suất ăn bệnh lý", "Suất", "19", 35_000_000)
CHECK_UP = Service("02.1900", "Khám sức khỏe định kỳ", "Lần", "13", 0, 160_000_000)
ALL_DRUGS = (*DRUGS, ANTIRETROVIRAL, ANTITUBERCULAR)
ALL_SERVICES = (
    EXAM, SECOND_EXAM, *LABORATORY, *IMAGING, *FUNCTIONAL, *PROCEDURES, APPENDECTOMY, FIXATION,
    SECTION, CATARACT, STOPPED, UNPRICED, *BEDS.values(), SYRINGE, INFUSION_SET, PLATE, LENS,
    SUTURE, TRANSPORT, FEES, CHECK_UP,
)  # fmt: skip
