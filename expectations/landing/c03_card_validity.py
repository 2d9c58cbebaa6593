"""C03: the care lies within the days of a card, up to 15 days after the last card ended.

Judged where the lists of days are in step (C01 tells the others). A card that covers any day of the
care is enough for its beginning; a gap between two cards is not judged. For types of care 02, 05
and 07 NGAY_RA is the last day of the medicine, which may lie far behind the last day of the card.
"""

from __future__ import annotations

from expectations.rules.cards import items
from expectations.rules.fragments import USUAL_DAY, described, is_day, quoted_time, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_DAYS_AFTER_CARD = 15
_STARTS, _ENDS = items("gt_the_tu"), items("gt_the_den")

# Most visits have one card, whose days have no calendar to look up and cover the care: these are
# decided without taking a list apart. Days are compared as the text that they are, yyyymmdd.
_ARE_DAYS = {
    column: f"({column} ~ '^({USUAL_DAY}(;|$))+$'"
    f" or (select bool_and({is_day('day')}) from unnest({items(column)}) as day))"
    for column in ("gt_the_tu", "gt_the_den")
}
_ONE_CARD = "length(gt_the_tu) = 8 and length(gt_the_den) = 8"
_IS_COVERED = f"""\
(
    {_ONE_CARD} and gt_the_tu <= last_day and gt_the_den >= first_day
    or (
        select bool_or(starts <= last_day and ends >= first_day)
        from unnest({_STARTS}, {_ENDS}) as card (starts, ends)
    )
)"""
_LAST_CARD_DAY = f'(select max(day collate "C") from unnest({_ENDS}) as day)'

_VISITS = headers(
    "header.ngay_vao",
    "header.ngay_ra",
    "btrim(header.gt_the_tu) as gt_the_tu",
    "btrim(header.gt_the_den) as gt_the_den",
    'left(btrim(header.ngay_vao), 8) collate "C" as first_day',
    'left(btrim(header.ngay_ra), 8) collate "C" as last_day',
    "btrim(header.ma_loai_kcb) in ('02', '05', '07') as ends_with_medicine",
    where=f"{text_or_null('header.ma_the_bhyt')} is not null and ("
    "length(btrim(header.gt_the_tu)) = length(btrim(header.gt_the_den))"
    f" or cardinality({items('header.gt_the_tu')}) = cardinality({items('header.gt_the_den')}))",
)


def _days(field: str) -> Check:
    return Check(
        field=field,
        holds=_ARE_DAYS[field.lower()],
        reason=f"'{field} has an item that is not a day (yyyymmdd): ' || "
        f"{described(field.lower())}",
    )


RULE = Rule(
    id="C03",
    sentence_vi="Thời gian điều trị nằm trong hạn thẻ; thẻ hết hạn khi đang điều trị "
    f"được tính thêm không quá {_DAYS_AFTER_CARD} ngày.",
    sentence_en="The care lies within the days of a card; a card that ends meanwhile "
    f"covers at most {_DAYS_AFTER_CARD} days more.",
    source=Source("Law on health insurance and its decrees; catalogue C03", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold=f"{_DAYS_AFTER_CARD} days after the end of a card",
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            _VISITS,
            (
                _days("GT_THE_TU"),
                _days("GT_THE_DEN"),
                Check(
                    field="GT_THE_DEN",
                    # days that are none are told above, and by D01
                    holds=f"{_IS_COVERED} or not ({' and '.join(_ARE_DAYS.values())})"
                    " or raw.parse_date(first_day) is null or raw.parse_date(last_day) is null",
                    reason="'no card was valid from NGAY_VAO ' || "
                    f"{quoted_time('ngay_vao')} || ' to NGAY_RA ' || {quoted_time('ngay_ra')}",
                ),
                Check(
                    field="GT_THE_DEN",
                    holds=f"{_ONE_CARD} and gt_the_den >= last_day or ends_with_medicine"
                    f" or {_IS_COVERED} is not true or not {_ARE_DAYS['gt_the_den']}"
                    " or coalesce(raw.parse_date(last_day)"
                    f" <= raw.parse_date({_LAST_CARD_DAY}) + {_DAYS_AFTER_CARD}, true)",
                    reason=f"'the last card ended on ' || {_LAST_CARD_DAY} || "
                    f"', more than {_DAYS_AFTER_CARD} days before NGAY_RA ' || "
                    f"{quoted_time('ngay_ra')}",
                ),
            ),
        ),
    ),
)
