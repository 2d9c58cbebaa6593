"""F10: a facility that sends claims is known. Judged when files are (landing/claims/facilities.py).

A slip in MACSKCB, or a facility that nobody told us of, would reach the reports without a word. The
finding stands at the first dossier of the first file of the facility, by receipt, and nowhere else.
The facility of the very first file has nothing to be new to.
"""

from expectations.rules.rule import Category, Rule, Scope, Severity, Source

RULE = Rule(
    id="F10",
    sentence_vi="Cơ sở gửi hồ sơ (MACSKCB) đã từng gửi hồ sơ trước đó; lần đầu tiên thì ghi nhận "
    "để kiểm tra mã cơ sở.",
    sentence_en="The facility that sends claims (MACSKCB) has sent some before; its first ones are "
    "recorded, so that somebody checks its code.",
    source=Source("own idea, until the register of facilities is a feed", "?"),
    category=Category.PLAUSIBILITY,
    severity=Severity.RECORD,
    scope=Scope.SENDER,
    owner="operations",
)
