"""V06: a version of a dossier is of the person and the time of the version that it replaces.

Judged by settling (landing/predecessors.py), over the versions in their order: each is
compared with the one that counted before it. Persons are the same when any identifier is: a card's
insurance number, the citizen id, MA_BN, or name with birth. Times are the same when any
day from NGAY_VAO to NGAY_RA is. With neither in common the version waits for a person (`warehouse
decisions`): a key used again for somebody else would let an earlier stay vanish. What is not known
breaks nothing.
"""

from expectations.rules.rule import Category, Rule, Scope, Severity, Source

_SOURCE = Source("own idea; a key (MA_LK) used again for another patient", "L")

RULE = Rule(
    id="V06",
    sentence_vi="Lần gửi lại của một hồ sơ không thể vừa là người khác vừa là thời gian khác với "
    "lần gửi mà nó thay thế.",
    sentence_en="A version of a dossier is not of another person and another time than the version "
    "that it replaces.",
    source=_SOURCE,
    category=Category.CONCORDANCE,
    severity=Severity.QUARANTINE_DOSSIER,
    scope=Scope.VERSIONS,
    owner="sender",
)
PERSON = Rule(
    id="V06_person",
    sentence_vi="Lần gửi lại của một hồ sơ là của cùng một người bệnh.",
    sentence_en="A version of a dossier is of the person of the version that it replaces.",
    source=_SOURCE,
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    scope=Scope.VERSIONS,
    owner="sender",
)
TIME = Rule(
    id="V06_time",
    sentence_vi="Lần gửi lại của một hồ sơ có ít nhất một ngày điều trị chung với lần gửi mà nó "
    "thay thế.",
    sentence_en="A version of a dossier has a day of care in common with the version that it "
    "replaces.",
    source=_SOURCE,
    category=Category.CONCORDANCE,
    severity=Severity.FLAG_LINE,
    scope=Scope.VERSIONS,
    owner="sender",
)
