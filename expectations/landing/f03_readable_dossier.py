"""F03: every dossier can be read. Judged by the parser while it reads.

One that cannot is set aside, the others of its file are taken. A file of very many is none of ours.
"""

from expectations.rules.rule import Category, OneDossier, Rule, Severity, Source

RULE = Rule(
    id="F03",
    sentence_vi="Mỗi HOSO có đúng một XML1; mỗi FILEHOSO có LOAIHOSO và nội dung giải mã được.",
    sentence_en="Each HOSO has exactly one XML1; "
    "each FILEHOSO has LOAIHOSO and content that decodes.",
    source=Source("QĐ 130/QĐ-BYT, envelope GIAMDINHHS; catalogue F03", "M"),
    category=Category.CONFORMANCE,
    severity=Severity.REFUSE_FILE,
    threshold="10000 dossiers (of XML0: rows) of one file",
    owner="sender",
    one_dossier=OneDossier(
        when_vi="không quá 10000 hồ sơ (XML0: dòng) của tệp không đọc được",
        when_en="no more than 10000 dossiers (of XML0: rows) of the file cannot be read",
    ),
)
