"""P04: the commune of residence is one of its province, in the list that held during the care.

Both lists are right for care that spans 2025-07-01, when 63 provinces became 34. Foreigners may
have no code; codes of a wrong shape and blank ones are told by K03 and K01. A wrong province is
told once: its communes are then not judged.
"""

from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers


def _is_listed(table: str, condition: str) -> str:
    return (
        f"exists (select from ref.{table} as unit where {condition}"
        " and unit.valid_from <= care.last_day"
        " and (unit.valid_to is null or unit.valid_to > care.first_day))"
    )


# A commune of a province of that time proves the province: only the others are looked up.
_RESIDENCES = headers(
    "care.*",
    "is_commune or "
    + _is_listed("provinces", "unit.province_code = care.province_code")
    + " as is_province",
    joined=f"""\
cross join lateral (
    select care.*, {
        _is_listed(
            "communes",
            "unit.commune_code = care.commune_code and unit.province_code = care.province_code",
        )
    } as is_commune
    from (
        select
            right(btrim(header.matinh_cu_tru), 2) as province_code,
            btrim(header.maxa_cu_tru) as commune_code,
            first_day,
            case
                when left(header.ngay_ra, 8) = left(header.ngay_vao, 8) then first_day
                else greatest(first_day, raw.parse_date(btrim(header.ngay_ra)))
            end as last_day
        from (select raw.parse_date(btrim(header.ngay_vao)) as first_day offset 0) as arrival
        offset 0
    ) as care
    offset 0
) as care""",
    where="care.first_day is not null and btrim(header.matinh_cu_tru) ~ '^([0-9]{2}|0[0-9]{2})$'",
)

RULE = Rule(
    id="P04",
    sentence_vi="MATINH_CU_TRU có trong danh mục tỉnh và MAXA_CU_TRU thuộc tỉnh đó, "
    "theo danh mục có hiệu lực trong thời gian điều trị.",
    sentence_en="MATINH_CU_TRU is a province and MAXA_CU_TRU a commune of it, "
    "in the lists that held during the care.",
    source=Source(
        "Lists of administrative units before and from 2025-07-01 (QĐ 19/2025/QĐ-TTg); "
        "catalogue P04",
        "M",
    ),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            _RESIDENCES,
            (
                Check(
                    field="MATINH_CU_TRU",
                    holds="is_province",
                    reason="'no province had this MATINH_CU_TRU on ' || first_day",
                ),
                Check(
                    field="MAXA_CU_TRU",
                    holds="is_commune or not is_province or "
                    "(commune_code ~ '^[0-9]{5}$') is not true",
                    reason="'no commune of MATINH_CU_TRU had this MAXA_CU_TRU on ' || first_day",
                ),
            ),
        ),
    ),
)
