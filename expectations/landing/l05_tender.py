"""L05: drugs and devices that the insurance pays for name the tender they were bought by.

    TT_THAU = number of the decision;G<package>;N<group>;yyyy
    TT_THAU = number of the decision;G<package>;N<group>;yyyy;G<package>.<part>

The second form is that of a package that several suppliers share (as seen in real files, M).
Asked only where THANH_TIEN_BH is not 0: what the patient buys has no tender. Blood (MA_NHOM 7, 17)
has none either, nor have drugs of projects, aid and programmes (NGUON_CTRA other than 1).
"""

from expectations.rules.fragments import numeric_code, quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines

# Any digit but 0 in the amount: much cheaper than to parse it, and wrong only on what L01 reports.
_IS_ASKED = "coalesce(line.thanh_tien_bh ~ '[1-9]', false)"
# Nearly all have one digit each: compared by place first, for the pattern takes twice as long.
_HAS_FORM = (
    "translate(tt_thau, '123456789', '000000000') like '%_;G0;N0;0000' "
    "or tt_thau ~ '^.+; *G[0-9]+; *N[0-9]+; *[0-9][0-9][0-9][0-9](; *G[0-9]+[.][0-9]+)*$'"
)

_CHECKS = (
    Check(
        field="TT_THAU",
        holds="tt_thau is not null or not is_required",
        reason="'TT_THAU is blank'",
    ),
    Check(
        field="TT_THAU",
        holds=f"tt_thau is null or {_HAS_FORM}",
        reason=f"'TT_THAU is not decision;G..;N..;yyyy: ' || {quoted_code('tt_thau')}",
    ),
)


def _rows(table: int, group: str, is_required: str) -> Rows:
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(
            table,
            f"{text_or_null('line.tt_thau')} as tt_thau",
            f"{is_required} as is_required",
            where=f"coalesce({numeric_code('line.ma_nhom')}, '') {group}",
        ),
        checks=_CHECKS,
    )


RULE = Rule(
    id="L05",
    sentence_vi="TT_THAU có dạng số quyết định;G..;N..;năm và phải có với thuốc (trừ máu, "
    "MA_NHOM 7, 17) và vật tư (MA_NHOM 10) do quỹ BHYT chi trả.",
    sentence_en="TT_THAU is decision;G..;N..;year, and is given for drugs (but blood, MA_NHOM 7 "
    "and 17) and devices (MA_NHOM 10) that the insurance pays for.",
    source=Source("QĐ 4750/QĐ-BYT XML2 and XML3, note to TT_THAU; catalogue L05", "M"),
    category=Category.COMPLETENESS,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _rows(
            2,
            "not in ('7', '17')",
            f"{_IS_ASKED} and coalesce({text_or_null('line.nguon_ctra')}, '1') = '1'",
        ),
        _rows(3, "= '10'", _IS_ASKED),
    ),
)
