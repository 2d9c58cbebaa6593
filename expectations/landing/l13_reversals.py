"""L13_reversal: no line takes another one back.

The standard has no reversal line: a sender removes what was not done and sends the dossier again. A
line is a reversal when its quantity is negative (or its amount, where the quantity is not) and the
same dossier has a line of the same item that is at least as large. If several are, its partner is
the first of exactly the same size, else the first. The rule flags both lines and leaves the sums as
sent. K02_sign alone flags a negative line that has no partner.
"""

from expectations.rules.fragments import amount
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines

_IS_BELOW_0 = "concat(line.so_luong, line.thanh_tien_bv) like '%-%'"
_NUMBERS = f"{amount('line.so_luong')} as quantity, {amount('line.thanh_tien_bv')} as billed"


def _rows(table: int, item: str, field: str) -> Rows:
    """Of each pair both lines; other lines with a minus as rows that hold."""
    numbers = lines(table, f"{item} as item", _NUMBERS, where=_IS_BELOW_0)
    return Rows(
        table_sql=f"'XML{table}'",
        sql=f"""
with negative as materialized (
    select sent.*, case when quantity < 0 then quantity else billed end as size
    from ({numbers} offset 0) as sent
),
pair as materialized (
    select negative.file_id, negative.position, negative.line, positive.line as other_line
    from negative
    left join lateral (
        select sized.line
        from (
            select line.line, {item} as item, {_NUMBERS}
            from raw.claims_xml{table} as line
            where line.file_id = negative.file_id and line.position = negative.position
            offset 0
        ) as sized
        cross join lateral (
            select case when negative.quantity < 0 then sized.quantity else sized.billed end as size
        ) as compared
        where negative.size < 0 and sized.item = negative.item
            and compared.size >= -negative.size
        order by compared.size = -negative.size desc, sized.line
        limit 1
    ) as positive on true
)
select file_id, position, line, other_line, 'takes back line ' as what from pair
union all
select file_id, position, other_line, line, 'is taken back by line ' from pair
where other_line is not null""",
        checks=(
            Check(
                field=field,
                holds="other_line is null",
                reason="what || other_line",
            ),
        ),
    )


def _code(*columns: str) -> str:
    codes = ", ".join(f"nullif(raw.canonical_code(line.{column}), '')" for column in columns)
    return f"coalesce({codes})"


RULE = Rule(
    id="L13_reversal",
    sentence_vi="Không có dòng âm để hủy một dòng khác cùng mã trong hồ sơ.",
    sentence_en="No line below 0 takes back another line of the same item in its dossier.",
    source=Source("inferred from QĐ 4750/QĐ-BYT, which has no such line; catalogue L13", "L"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _rows(2, _code("ma_thuoc"), "MA_THUOC"),
        _rows(3, _code("ma_dich_vu", "ma_vat_tu"), "MA_DICH_VU"),
    ),
)
