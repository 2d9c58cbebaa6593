"""F01: the file is an envelope of the standard. Judged by the parser while it reads."""

from expectations.rules.rule import Category, OneDossier, Rule, Scope, Severity, Source

RULE = Rule(
    id="F01",
    sentence_vi="Tệp là XML đúng cú pháp, gốc GIAMDINHHS, MACSKCB khớp với MA_CSKCB của XML1.",
    sentence_en="The file is well-formed XML, its root is GIAMDINHHS, "
    "and MACSKCB is XML1.MA_CSKCB.",
    source=Source("QĐ 130/QĐ-BYT, envelope GIAMDINHHS; catalogue F01", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.REFUSE_FILE,
    owner="sender",
    scope=Scope.DELIVERY,
    one_dossier=OneDossier(
        when_vi="MA_CSKCB của XML1 khác MACSKCB",
        when_en="it is MA_CSKCB of an XML1 that is not MACSKCB",
    ),
)
