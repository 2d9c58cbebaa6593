"""I02: at most 12 other diagnoses, each of ICD-10, and none of the other sex.

Lists as in I01. Codes of one sex are WHO's (volume 2); columns 28 and 29 of the annex of
TT 06/2026/TT-BYT are not at hand. Sex 3 (undetermined) is not judged. A mother's and her child's
codes differ: the child's dossier is its own.
"""

from __future__ import annotations

from expectations.rules.diagnoses import ONLY_SEX, has_wrong_ending, is_of_category, looked_up
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_MOST = 12
_OTHER_SEX = (
    f"({ONLY_SEX} = 'female' and btrim(header.gioi_tinh) = '1'"
    f" or {ONLY_SEX} = 'male' and btrim(header.gioi_tinh) = '2')"
)

# Place 0 is the main diagnosis, told by I01 and judged here for its sex only.
_CODES = headers(
    "diagnosis.place",
    f"{is_of_category('diagnosis.code')} as is_known",
    f"{has_wrong_ending('diagnosis.code')} as has_wrong_ending",
    f"coalesce({_OTHER_SEX}, false) as is_of_other_sex",
    joined=f"""\
cross join lateral (
    select 0 as place, code from unnest(raw.canonical_icd_list(header.ma_benh_chinh)) as code
    union all
    select place, code
    from unnest(raw.canonical_icd_list(header.ma_benh_kt)) with ordinality as given (code, place)
    offset 0
) as diagnosis
{looked_up("diagnosis.code")}""",
)

# One row per dossier again, so that a list is told once, with the places of the codes in it.
_DOSSIERS = f"""
select
    file_id,
    position,
    null::integer as line,
    count(*) filter (where place > 0) as code_count,
    bool_or(place = 0 and is_of_other_sex) as is_main_of_other_sex,
    string_agg(place::text, ', ' order by place) filter (where place > 0 and not is_known)
        as unknown,
    string_agg(place::text, ', ' order by place) filter (where place > 0 and has_wrong_ending)
        as with_wrong_ending,
    string_agg(place::text, ', ' order by place) filter (where place > 0 and is_of_other_sex)
        as of_other_sex
from ({_CODES}) as codes
group by file_id, position"""


def _list_check(condition: str, reason: str) -> Check:
    return Check(field="MA_BENH_KT", holds=condition, reason=reason)


RULE = Rule(
    id="I02",
    sentence_vi=f"MA_BENH_KT có không quá {_MOST} mã, đều thuộc ICD-10, "
    "sau dấu chấm là một hoặc hai chữ số; "
    "mã chỉ dành cho một giới phù hợp với GIOI_TINH.",
    sentence_en=f"MA_BENH_KT has at most {_MOST} codes, all of ICD-10, "
    "with one or two digits behind their point; codes of one sex agree with GIOI_TINH.",
    source=Source("QĐ 4750/QĐ-BYT XML1; WHO ICD-10 2019; catalogue I02", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    threshold="12 codes",
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            _DOSSIERS,
            (
                Check(
                    field="MA_BENH_CHINH",
                    holds="not is_main_of_other_sex",
                    reason="'MA_BENH_CHINH is a code of the other sex than GIOI_TINH'",
                ),
                _list_check(
                    f"code_count <= {_MOST}",
                    f"'MA_BENH_KT has ' || code_count || ' codes, {_MOST} are allowed'",
                ),
                _list_check(
                    "unknown is null",
                    "'MA_BENH_KT has codes that are not ICD-10, in place ' || unknown",
                ),
                _list_check(
                    "with_wrong_ending is null",
                    "'MA_BENH_KT has codes with an ending that ICD-10 does not have, in place ' || "
                    "with_wrong_ending",
                ),
                _list_check(
                    "of_other_sex is null",
                    "'MA_BENH_KT has codes of the other sex than GIOI_TINH, in place ' || "
                    "of_other_sex",
                ),
            ),
        ),
    ),
)
