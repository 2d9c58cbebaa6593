"""V: what dossiers of one person say together."""

from expectations.rules.family import Family

FAMILY = Family(
    letter="V",
    title_vi="Giữa các lượt khám của một người",
    title_en="Between the visits of a person",
    rules=(),
)
