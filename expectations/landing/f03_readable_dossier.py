"""F03: every dossier can be read. Judged by the parser while it reads."""

from expectations.rules.rule import Category, Rule, Severity, Source

RULE = Rule(
    id="F03",
    sentence_vi="Mỗi HOSO có đúng một XML1; mỗi FILEHOSO có LOAIHOSO và nội dung giải mã được.",
    sentence_en="Each HOSO has exactly one XML1; "
    "each FILEHOSO has LOAIHOSO and content that decodes.",
    source=Source("QĐ 130/QĐ-BYT, envelope GIAMDINHHS; catalogue F03", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.REFUSE_FILE,
    owner="sender",
)
