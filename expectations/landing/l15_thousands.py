"""L15: amounts are in đồng, not in thousands of them.

The sums of such a dossier agree with each other, so the rule looks at prices. No national price
list has a service below 1,000 đồng (an injection costs more than 10,000), and hardly any drug costs
less than 10 đồng a unit. The rule judges the priced services of a dossier; without any, its drugs
(except oxygen, 40.17, sold by the litre); without lines, its total. One odd price is no proof: more
than half of the prices must be so low. The limits are ours.
"""

from __future__ import annotations

from expectations.rules.fragments import numeric_code, quoted_number
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import has, headers

_LEAST_SERVICE = 1_000
_LEAST_DRUG = 10
_OF_ITS_OWN_PRICE = "('10', '11', '12')"
"""MA_NHOM of devices and of transport, which is priced by the litre of fuel."""


def _is_below(column: str, least: int) -> str:
    """SQL: a number above 0 and below `least`, which is a power of ten."""
    digits = "[0-9]" + "[0-9]?" * (len(str(least)) - 2)
    return rf"({column} ~ '^\s*[+]?0*{digits}([.][0-9]*)?\s*$' and {column} ~ '[1-9]')"


def _low(table: int, price: str, least: int, which: str) -> str:
    """The dossiers with a price so low (few), and how many of their prices are."""
    is_low = _is_below(f"line.{price}", least)
    return f"""\
left join (
    select file_id, position,
        count(*) filter (where {is_low}) as low_count,
        count(*) filter (where line.{price} ~ '[1-9]') as price_count
    from (
        select distinct line.file_id, line.position
        from batch
        join raw.claims_xml{table} as line using (file_id)
        where {which} and {is_low}
    ) as seldom
    join raw.claims_xml{table} as line using (file_id, position)
    where {which}
    group by file_id, position
) as low_xml{table} using (file_id, position)"""


_IS_SERVICE = f"coalesce({numeric_code('line.ma_nhom')}, '') not in {_OF_ITS_OWN_PRICE}"
_SERVICES = _low(3, "don_gia_bv", _LEAST_SERVICE, _IS_SERVICE)
_DRUGS = _low(
    2, "don_gia", _LEAST_DRUG, "coalesce(raw.canonical_code(line.ma_thuoc), '') <> '40.17'"
)


_HAS_PRICED_SERVICE = f"""\
exists (
        select from raw.claims_xml3 as line
        where line.file_id = header.file_id and line.position = header.position
            and {_IS_SERVICE} and line.don_gia_bv ~ '[1-9]'
    )"""


RULE = Rule(
    id="L15",
    sentence_vi="Số tiền tính bằng đồng, không phải nghìn đồng: quá nửa dịch vụ có giá từ "
    f"{_LEAST_SERVICE} đồng (hồ sơ không có dịch vụ: thuốc có giá từ {_LEAST_DRUG} đồng).",
    sentence_en="Amounts are in đồng, not in thousands of them: no more than half of the services "
    f"cost less than {_LEAST_SERVICE} VND (without services: of the drugs less than "
    f"{_LEAST_DRUG} VND).",
    source=Source("own: no text names limits; lowest prices of national lists; L15", "?"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold=f"{_LEAST_SERVICE} VND a service; {_LEAST_DRUG} VND a drug",
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML1'",
            sql=headers(
                "header.t_tongchi_bv",
                f"""case
        when low_xml3.low_count is not null
            then low_xml3.low_count * 2 > low_xml3.price_count
        when low_xml2.low_count is not null
            then low_xml2.low_count * 2 > low_xml2.price_count
                and not {_HAS_PRICED_SERVICE}
        when {_is_below("header.t_tongchi_bv", _LEAST_SERVICE)}
            then not {has(2)} and not {has(3)}
        else false
    end as is_in_thousands""",
                joined=f"{_SERVICES}\n{_DRUGS}",
            ),
            checks=(
                Check(
                    field="T_TONGCHI_BV",
                    holds="not is_in_thousands",
                    reason="'prices are so low that amounts may be in thousands of VND, "
                    f"T_TONGCHI_BV is ' || {quoted_number('t_tongchi_bv')}",
                ),
            ),
        ),
    ),
)
