"""V07: what was seen last counts.

Judged by settling (landing/predecessors.py). Versions are ordered by when they claim to have
been received; a sender's clock that stands in the past makes a correction older than what it
corrects. The order stays, for after an outage the order of what we saw is that of our work; but a
version that lost to one that was there before it is told, and a person may let it win.
"""

from expectations.rules.rule import Category, Rule, Scope, Severity, Source

RULE = Rule(
    id="V07",
    sentence_vi="Lần gửi đến sau không bị thua lần gửi đến trước do thời gian nhận được khai báo.",
    sentence_en="A version that is seen later does not lose to one that was seen before it, by the "
    "time of receipt that it claims.",
    source=Source("own idea; a PC whose clock stands in the past", "L"),
    category=Category.TIMELINESS,
    severity=Severity.FLAG_LINE,
    scope=Scope.VERSIONS,
    owner="sender",
)
