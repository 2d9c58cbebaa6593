"""C01: the lists of cards, of their facilities and of their days have as many items each.

Without it nobody can say which days belong to which card. No card: all four blank.
"""

from expectations.rules.cards import CARD_FIELDS, items
from expectations.rules.fragments import text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_COUNTS = [
    f"coalesce(cardinality({items(f'header.{field.lower()}')}), 0) as n_{field.lower()}"
    for field in CARD_FIELDS
]
_SAYS_SOMETHING = " or ".join(
    f"{text_or_null(f'header.{field.lower()}')} is not null" for field in CARD_FIELDS
)


def _as_many(field: str) -> Check:
    count = f"n_{field.lower()}"
    return Check(
        field=field,
        holds=f"{count} = n_ma_the_bhyt",
        reason=f"'{field} has ' || {count} || ' items, MA_THE_BHYT has ' || n_ma_the_bhyt",
    )


RULE = Rule(
    id="C01",
    sentence_vi="MA_THE_BHYT, MA_DKBD, GT_THE_TU và GT_THE_DEN có số phần tử bằng nhau.",
    sentence_en="MA_THE_BHYT, MA_DKBD, GT_THE_TU and GT_THE_DEN have as many items each.",
    source=Source("QĐ 4750/QĐ-BYT XML1, lists in step; catalogue C01", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers(*_COUNTS, where=f"({_SAYS_SOMETHING})"),
            tuple(map(_as_many, CARD_FIELDS[1:])),
        ),
    ),
)
