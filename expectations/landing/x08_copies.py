"""X08: what XML6, XML13, XML14 and XML15 repeat of XML1 is what XML1 says.

The portal: a field that is also in XML1 is equal to it, if filled. Compared without what writers
vary: blanks, upper and lower case, composed letters, zeros in front of numbers (SO_CCCD is a number
in XML15), `;` at the end of a list, 8 beside 12 digits of a time; codes in their one form.

Same names that are no copies: XML13.GIAY_CHUYEN_TUYEN is the slip issued here, in XML1 the one
presented; MA_TTDV is who signs that paper; XML13.MA_CSKCB_DI (QĐ 3176) is a list of the earlier
facilities. MA_NOI_DEN and MAHUYEN_CU_TRU may be blank in XML1 (X03_slip flags the former; there are
no districts since 2025-07-01).

X08_paper: the discharge paper (XML7) and the summary (XML8) name the times and the outcome of the
visit. Where they do not the paper may be wrong, so that is a flag.
"""

from __future__ import annotations

from collections.abc import Callable

from expectations.rules.fragments import (
    described,
    numeric_code,
    quoted_code,
    quoted_diagnosis,
    quoted_time,
    text_or_null,
)
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import HEADER, lines


def _text(column: str) -> str:
    return f"upper(regexp_replace(normalize(btrim({column})), '\\s+', ' ', 'g'))"


def _list(column: str) -> str:
    return f"rtrim(replace(raw.canonical_code({column}), ' ', ''), ';')"


def _diseases(column: str) -> str:
    return f"raw.canonical_icd({column})"


def _time(column: str) -> str:
    return f"btrim({column})"


_KINDS: dict[Callable[[str], str], tuple[str, ...]] = {
    _text: ("ho_ten", "dia_chi", "chan_doan_rv"),
    _list: (
        *("ma_the_bhyt", "gt_the_den", "ma_bn"),
        *("ma_cskcb", "ma_noi_di", "ma_noi_den", "ma_doituong_kcb", "ma_loai_kcb"),
        *("ma_quoctich", "ma_dantoc", "ma_nghe_nghiep"),
    ),
    _diseases: ("ma_benh_kt", "ma_benh_yhct", "ma_benh_chinh"),
    numeric_code: (
        *("so_cccd", "gioi_tinh", "ma_loai_rv", "ket_qua_dtri"),
        *("matinh_cu_tru", "mahuyen_cu_tru", "maxa_cu_tru"),
    ),
    _time: ("ngay_sinh", "ngay_vao", "ngay_vao_noi_tru", "ngay_ra"),
}
_NORMAL = {column: normal for normal, columns in _KINDS.items() for column in columns}
_TOLD: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("ma_benh_kt", "ma_benh_yhct", "ma_benh_chinh"), quoted_diagnosis),
    **dict.fromkeys(
        (
            *("ma_cskcb", "ma_noi_di", "ma_noi_den", "ma_doituong_kcb", "gioi_tinh", "ma_loai_rv"),
            *("ma_loai_kcb", "ket_qua_dtri"),
            *("ma_quoctich", "ma_dantoc", "ma_nghe_nghiep"),
            *("matinh_cu_tru", "mahuyen_cu_tru", "maxa_cu_tru"),
        ),
        quoted_code,
    ),
    **dict.fromkeys(("ngay_vao", "ngay_vao_noi_tru", "ngay_ra", "gt_the_den"), quoted_time),
}
"""How a value is told; those not named are a person's."""
_MAY_BE_BLANK = ("ma_noi_den", "mahuyen_cu_tru")


def _is_copy(column: str) -> Check:
    """Nearly all copies are exact: only the others are normalised."""
    copy, original = f"copy_{column}", f"true_{column}"
    normal = _NORMAL[column]
    same = f"{normal(copy)} = {normal(original)}"
    if normal is _time:
        same = f"starts_with({normal(copy)}, {normal(original)}) or starts_with(" + (
            f"{normal(original)}, {normal(copy)})"
        )
    excused = f" or {text_or_null(original)} is null" if column in _MAY_BE_BLANK else ""
    told = _TOLD.get(column, described)
    return Check(
        field=column.upper(),
        holds=f"{copy} = {original} or {text_or_null(copy)} is null or "
        f"{text_or_null(original)} is not null and ({same}){excused}",
        reason=f"'{column.upper()} is not that of XML1 (' || {told(original)} || "
        f"'): ' || {told(copy)}",
    )


def _rows(table: int, columns: tuple[str, ...], renamed: dict[str, str] | None = None) -> Rows:
    sources = {column: f"line.{column}" for column in columns} | (renamed or {})
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(
            table,
            *(
                f"header.{column} as true_{column}, {source} as copy_{column}"
                for column, source in sources.items()
            ),
            joined=HEADER,
        ),
        checks=tuple(map(_is_copy, sources)),
    )


_IN_BOTH_SLIPS = (
    *("ma_cskcb", "ho_ten", "ngay_sinh", "gioi_tinh", "dia_chi", "ma_the_bhyt", "gt_the_den"),
    *("ngay_vao", "ngay_vao_noi_tru", "ngay_ra", "chan_doan_rv"),
    *("ma_benh_chinh", "ma_benh_kt", "ma_benh_yhct"),
)

RULE = Rule(
    id="X08",
    sentence_vi="Các trường của XML1 ghi lại trong XML6, XML13, XML14, XML15 giống XML1.",
    sentence_en="Fields of XML1 that XML6, XML13, XML14 and XML15 repeat are equal to XML1.",
    source=Source("the insurer's portal sheet of QĐ 4750/QĐ-BYT; catalogue X08", "H"),
    category=Category.CONCORDANCE,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        _rows(
            6,
            (
                *("ma_the_bhyt", "so_cccd", "ngay_sinh", "gioi_tinh", "dia_chi"),
                *("matinh_cu_tru", "mahuyen_cu_tru", "maxa_cu_tru", "ma_cskcb"),
            ),
        ),
        _rows(
            13,
            (
                *_IN_BOTH_SLIPS,
                *("ma_noi_di", "ma_quoctich", "ma_dantoc", "ma_nghe_nghiep", "ma_loai_rv"),
            ),
            {"ma_noi_den": f"coalesce({text_or_null('line.ma_cskcb_den')}, line.ma_noi_den)"},
        ),
        _rows(14, (*_IN_BOTH_SLIPS, "ma_doituong_kcb")),
        _rows(15, ("ma_bn", "ho_ten", "so_cccd", "ma_cskcb")),
    ),
)

PAPER = Rule(
    id="X08_paper",
    sentence_vi="NGAY_VAO, NGAY_RA của XML7, XML8 và MA_LOAI_KCB, KET_QUA_DTRI của XML8 "
    "giống XML1.",
    sentence_en="NGAY_VAO and NGAY_RA of XML7 and XML8, MA_LOAI_KCB and KET_QUA_DTRI of XML8 are "
    "those of XML1.",
    source=Source("QĐ 4750/QĐ-BYT XML7 and XML8; catalogue X08", "M"),
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _rows(7, ("ngay_vao", "ngay_ra")),
        _rows(8, ("ngay_vao", "ngay_ra", "ma_loai_kcb", "ket_qua_dtri")),
    ),
)
