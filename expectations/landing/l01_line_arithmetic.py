"""L01: quantity, price, percentages and payers of one line agree.

Facts (§3.1 of the notes on the standard, confidence H), p = percent / 100:

    XML2  THANH_TIEN_BV = SO_LUONG × DON_GIA        THANH_TIEN_BH = SO_LUONG × DON_GIA × TYLE_TT_BH
    XML3  THANH_TIEN_BV = SO_LUONG × DON_GIA_BV × TYLE_TT_DV
          THANH_TIEN_BH = SO_LUONG × DON_GIA_BH × TYLE_TT_DV × TYLE_TT_BH
    T_NGUONKHAC = _NSNN + _VTNN + _VTTN + _CL
    T_BHTT + T_BNCCT + T_BNTT + T_NGUONKHAC = THANH_TIEN_BV      when T_NGUONKHAC ≤ THANH_TIEN_BV
    T_BNTT = BV − BH,  T_BHTT = BH × MUC_HUONG,  T_BNCCT = BH − T_BHTT
          only where no other source pays, and no device package is capped (T_TRANTT): both shift
          money between the payers in ways that the line does not show

Where other sources pay, their money is taken from T_BNTT, then T_BNCCT, then T_BHTT (they support
the patient) or from the total, and the rest is split as usual (they support the facility). The line
does not say which of the two. Either way each part is at most what it is without them, the two
parts in scope together at most THANH_TIEN_BH, and where they pay more than the line costs nothing
is left for the others. That is what is asked there.

What keeps correct lines from failing:

- Amounts are rounded to 2 decimals, the law names neither mode nor tolerance: 0.01 is allowed.
- QĐ 130 had no TYLE_TT_DV in the BV of XML3; until QĐ 4750 became mandatory (orders before
  2024-07-01) both forms are right.
- MUC_HUONG had 3 characters until QĐ 1931/2026, so a product such as 95 % × 50 % = 47.5 stands as
  47 (cut) or 48 (rounded). Whole rates other than the plain 0, 80, 95, 100 get that room.
- A blank optional amount is 0; a blank percentage leaves the identities that need it unjudged; a
  line with all four payers blank (visits without insurance) says nothing of who pays.
- A number that cannot be read fails once, by its own check, and no identity is judged with it.
"""

from __future__ import annotations

from functools import partial

from expectations.rules.checks import at_most, equals, is_number
from expectations.rules.fragments import (
    amount,
    holds_if_readable,
    quoted_result,
    text_or_null,
)
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source

_TOLERANCE = "0.01"
_PAYERS = ("t_bhtt", "t_bncct", "t_bntt", "t_nguonkhac")
_OTHER_SOURCES = (
    "t_nguonkhac_nsnn",
    "t_nguonkhac_vtnn",
    "t_nguonkhac_vttn",
    "t_nguonkhac_cl",
)
_RATES = ("tyle_tt_bh", "muc_huong")
_OPTIONAL = ("thanh_tien_bh", *_OTHER_SOURCES, *_PAYERS)

_DRUG_REQUIRED = ("so_luong", "don_gia", "thanh_tien_bv")
_SERVICE_REQUIRED = ("so_luong", "don_gia_bv", "thanh_tien_bv")


_identity = partial(equals, tolerance=_TOLERANCE)
_bound = partial(at_most, tolerance=_TOLERANCE)

_SAYS_WHO_PAYS = "coalesce(" + ", ".join(map(text_or_null, _PAYERS)) + ") is not null"
_IS_PLAIN = f"{_SAYS_WHO_PAYS} and n_t_nguonkhac = 0 and n_t_trantt = 0"
_IS_SHARED = f"{_SAYS_WHO_PAYS} and n_t_nguonkhac <> 0 and n_t_trantt = 0"
_IS_SHORTENED = "n_muc_huong = trunc(n_muc_huong) and n_muc_huong not in (0, 80, 95, 100)"
_EXACT_SHARE = "n_thanh_tien_bh * n_muc_huong / 100"
_MOST_OF_FUND = (
    f"{_IS_SHORTENED} and n_t_bhtt < n_thanh_tien_bh * (n_muc_huong + 1) / 100 + {_TOLERANCE}"
)
_LEAST_OF_FUND = f"n_t_bhtt >= n_thanh_tien_bh * (n_muc_huong - 0.5) / 100 - {_TOLERANCE}"
_MOST_OF_PATIENT = (
    f"{_IS_SHORTENED} and n_t_bncct <= n_thanh_tien_bh * (100.5 - n_muc_huong) / 100 + {_TOLERANCE}"
)

_WHERE_NOBODY_ELSE_PAYS = (
    _identity(
        "t_bntt",
        "THANH_TIEN_BV − THANH_TIEN_BH",
        "n_thanh_tien_bv - n_thanh_tien_bh",
        only_when=_IS_PLAIN,
    ),
    _identity(
        "t_bhtt",
        "THANH_TIEN_BH × MUC_HUONG%",
        _EXACT_SHARE,
        only_when=_IS_PLAIN,
        room=f" or ({_MOST_OF_FUND} and {_LEAST_OF_FUND})",
    ),
    _identity(
        "t_bncct",
        "THANH_TIEN_BH − T_BHTT",
        "n_thanh_tien_bh - n_t_bhtt",
        only_when=_IS_PLAIN,
    ),
)
_WHERE_OTHERS_PAY = (
    _bound(
        "t_bntt",
        "THANH_TIEN_BV − THANH_TIEN_BH",
        "n_thanh_tien_bv - n_thanh_tien_bh",
        only_when=_IS_SHARED,
    ),
    _bound(
        "t_bhtt",
        "THANH_TIEN_BH × MUC_HUONG%",
        _EXACT_SHARE,
        only_when=_IS_SHARED,
        room=f" or ({_MOST_OF_FUND})",
    ),
    _bound(
        "t_bncct",
        "THANH_TIEN_BH × (100 − MUC_HUONG)%",
        f"n_thanh_tien_bh - {_EXACT_SHARE}",
        only_when=_IS_SHARED,
        room=f" or ({_MOST_OF_PATIENT})",
    ),
    # what the rate cannot say: it is blank, or has room
    _bound(
        "t_bhtt",
        "THANH_TIEN_BH − T_BNCCT",
        "n_thanh_tien_bh - n_t_bncct",
        only_when=f"{_IS_SHARED} and (n_muc_huong is null or {_IS_SHORTENED})",
    ),
    Check(
        field="T_NGUONKHAC",
        holds="case when n_t_nguonkhac > n_thanh_tien_bv then "
        + holds_if_readable(f"n_t_bhtt + n_t_bncct + n_t_bntt <= {_TOLERANCE}")
        + " else true end",
        reason="'T_NGUONKHAC is more than THANH_TIEN_BV, and yet T_BHTT + T_BNCCT + T_BNTT is ' || "
        + quoted_result("n_t_bhtt + n_t_bncct + n_t_bntt"),
    ),
)


def _money_checks(
    bv_formula: str, bv: str, bv_room: str, bh_formula: str, bh: str
) -> tuple[Check, ...]:
    return (
        _identity("thanh_tien_bv", bv_formula, bv, room=bv_room),
        _identity("thanh_tien_bh", bh_formula, bh),
        _identity(
            "t_nguonkhac",
            "the sum of the four other sources",
            " + ".join(f"n_{column}" for column in _OTHER_SOURCES),
        ),
        _identity(
            "thanh_tien_bv",
            "T_BHTT + T_BNCCT + T_BNTT + T_NGUONKHAC",
            " + ".join(f"n_{column}" for column in _PAYERS),
            only_when=f"{_SAYS_WHO_PAYS} and n_t_nguonkhac <= n_thanh_tien_bv",
        ),
        *_WHERE_NOBODY_ELSE_PAYS,
        *_WHERE_OTHERS_PAY,
    )


def _rows(
    number: int,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    rates: dict[str, str],
    extra: str,
) -> str:
    """Each column as text and, under `n_`, as a number; `rates` gives what a blank one means."""
    values = {column: f"raw.parse_amount(line.{column})" for column in required}
    values |= {column: amount(f"line.{column}") for column in optional}
    columns = ",\n    ".join(
        f"line.{column}, {value} as n_{column}" for column, value in values.items()
    )
    percentages = ",\n    ".join(
        f"line.{column}, "
        f"case when {text_or_null(f'line.{column}')} is null then {blank} "
        f"else raw.parse_amount(line.{column}) end as n_{column}"
        for column, blank in rates.items()
    )
    return f"""
select
    line.file_id,
    line.position,
    line.line,
    {columns},
    {percentages},
    {extra}
from batch
join ops.dossier_versions as version using (file_id)
join raw.claims_xml{number} as line using (file_id, position)
where not version.is_withdrawal"""


def _numbers(amounts: tuple[str, ...]) -> tuple[Check, ...]:
    return (
        *map(is_number, amounts),
        *(is_number(column, blank_is_null=True) for column in _RATES),
    )


_DRUGS = Rows(
    table_sql="'XML2'",
    sql=_rows(
        2,
        _DRUG_REQUIRED,
        _OPTIONAL,
        dict.fromkeys(_RATES, "null"),
        "0 as n_t_trantt",
    ),
    checks=(
        *_numbers((*_DRUG_REQUIRED, *_OPTIONAL)),
        *_money_checks(
            "SO_LUONG × DON_GIA",
            "n_so_luong * n_don_gia",
            "",
            "SO_LUONG × DON_GIA × TYLE_TT_BH%",
            "n_so_luong * n_don_gia * n_tyle_tt_bh / 100",
        ),
    ),
)

_ORDERED = (
    f"coalesce({text_or_null('line.ngay_yl')}, {text_or_null('line.ngay_th_yl')}, "
    f"{text_or_null('line.ngay_kq')})"
)
_BEFORE_4750 = (
    f" or (was_before_4750 and abs(n_thanh_tien_bv - n_so_luong * n_don_gia_bv) <= {_TOLERANCE})"
)

_SERVICES = Rows(
    table_sql="'XML3'",
    sql=_rows(
        3,
        _SERVICE_REQUIRED,
        ("don_gia_bh", "t_trantt", *_OPTIONAL),
        {**dict.fromkeys(_RATES, "null"), "tyle_tt_dv": "100"},
        f"coalesce(raw.parse_date({_ORDERED}) < date '2024-07-01', false) as was_before_4750",
    ),
    checks=(
        *_numbers((*_SERVICE_REQUIRED, "don_gia_bh", "t_trantt", *_OPTIONAL, "tyle_tt_dv")),
        *_money_checks(
            "SO_LUONG × DON_GIA_BV × TYLE_TT_DV%",
            "n_so_luong * n_don_gia_bv * n_tyle_tt_dv / 100",
            _BEFORE_4750,
            "SO_LUONG × DON_GIA_BH × TYLE_TT_DV% × TYLE_TT_BH%",
            "n_so_luong * n_don_gia_bh * n_tyle_tt_dv / 100 * n_tyle_tt_bh / 100",
        ),
    ),
)

RULE = Rule(
    id="L01",
    sentence_vi="Trên mỗi dòng XML2, XML3: thành tiền = số lượng × đơn giá × tỷ lệ, "
    "các nguồn chi trả cộng lại bằng THANH_TIEN_BV, mỗi bên trả đúng phần của mình, "
    "hoặc ít hơn khi có nguồn khác chi trả (sai số 0,01 đồng).",
    sentence_en="On each XML2 and XML3 line: amount = quantity × price × rates, "
    "the payers add up to THANH_TIEN_BV, and each pays its part, or less where other sources pay "
    "(tolerance 0.01 VND).",
    source=Source("QĐ 4750/QĐ-BYT notes to XML2 and XML3; catalogue L01", "H"),
    category=Category.PLAUSIBILITY,
    severity=Severity.QUARANTINE_DOSSIER,
    threshold=f"{_TOLERANCE} VND",
    owner="sender",
    rows=(_DRUGS, _SERVICES),
)
