"""F03: every dossier can be read. Judged by the parser while it reads.

One that cannot is set aside, the others of its file are taken. A file of very many is none of ours.
"""

from expectations.rules.rule import Category, OneDossier, Rule, Severity, Source

RULE = Rule(
    id="F03",
    sentence_vi="Mỗi HOSO có đúng một XML1 có nội dung; nội dung của mỗi FILEHOSO giải mã được. "
    "NOIDUNGFILE trống của bảng khác nghĩa là không lập bảng đó.",
    sentence_en="Each HOSO has exactly one XML1 that holds something; what a FILEHOSO holds "
    "decodes. An empty NOIDUNGFILE of another table says that the table was not made.",
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
