"""C04: the visit's object code is in its list, and who is not insured costs the fund nothing.

The code is decided at the end of the visit; one that was right on any of its days passes. The last
days of the codes of QĐ 824/2023 are not known, so those codes still pass. A check-in (XML0) knows
the day of arrival only; the list of today is asked when that day cannot be read.
"""

from __future__ import annotations

from expectations.rules.fragments import quoted_code, quoted_number, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import check_ins, headers, lines_of

_SOURCE = Source("QĐ 824/QĐ-BYT 2023, QĐ 3276/QĐ-BYT 2025; catalogue C04", "M")
_NOT_INSURED = "coalesce(btrim(header.ma_doituong_kcb), '') = '9'"

_FIRST_DAY = "raw.parse_date(btrim(header.ngay_vao))"
_LAST_DAY = f"coalesce(raw.parse_date(btrim(header.ngay_ra)), {_FIRST_DAY})"


def _listed(code: str, first_day: str, last_day: str) -> str:
    """Joins the entry of the list, `listed`, that has the code on one of the days."""
    return f"""\
left join ref.code_lists as listed
    on listed.code_system = 'MA_DOITUONG_KCB'
    and listed.code = btrim({code})
    and (listed.valid_from <= date '1900-01-01' or listed.valid_from <= {last_day})
    and (listed.valid_to is null or listed.valid_to > {first_day})"""


_VISITS = headers(
    "header.ma_doituong_kcb",
    "listed.code is not null as is_listed",
    "header.t_bhtt",
    f"{_NOT_INSURED} as is_not_insured",
    joined=_listed("header.ma_doituong_kcb", _FIRST_DAY, _LAST_DAY),
)
_ARRIVAL = "coalesce(raw.parse_date(btrim(check_in.ngay_vao)), current_date)"
_CHECK_INS = f"""
select check_in.*, listed.code is not null as is_listed
from ({check_ins("ma_doituong_kcb", "ngay_vao")}) as check_in
{_listed("check_in.ma_doituong_kcb", _ARRIVAL, _ARRIVAL)}"""
_IS_LISTED = Check(
    field="MA_DOITUONG_KCB",
    holds=f"is_listed or {text_or_null('ma_doituong_kcb')} is null",
    reason=f"'MA_DOITUONG_KCB is in no list of its time: ' || {quoted_code('ma_doituong_kcb')}",
)


def _uninsured_lines(table: int) -> Rows:
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines_of(
            headers("true", where=_NOT_INSURED),
            table,
            "line.muc_huong",
            "raw.parse_amount(line.muc_huong) as n_muc_huong",
        ),
        checks=(
            Check(
                field="MUC_HUONG",
                holds="coalesce(n_muc_huong, 0) = 0",
                reason=f"'the visit is not insured (9), MUC_HUONG is ' || "
                f"{quoted_number('muc_huong')}",
            ),
        ),
    )


RULE = Rule(
    id="C04",
    sentence_vi="MA_DOITUONG_KCB (XML0, XML1) có trong danh mục tại thời điểm khám; "
    "mã 9 (không có thẻ) thì MUC_HUONG và T_BHTT bằng 0.",
    sentence_en="MA_DOITUONG_KCB (XML0, XML1) is in the list of its time; "
    "with code 9 (not insured) MUC_HUONG and T_BHTT are 0.",
    source=_SOURCE,
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            _VISITS,
            (
                _IS_LISTED,
                Check(
                    field="T_BHTT",
                    holds="not is_not_insured or coalesce(raw.parse_amount(t_bhtt), 0) = 0",
                    reason=f"'the visit is not insured (9), T_BHTT is ' || "
                    f"{quoted_number('t_bhtt')}",
                ),
            ),
        ),
        Rows("'XML0'", _CHECK_INS, (_IS_LISTED,)),
        _uninsured_lines(2),
        _uninsured_lines(3),
    ),
)
