"""F09: the encoding that a document declares is the one of its bytes. Judged by the parser.

What was read is right: the bytes tell. Recorded, because the next program may believe the sender.
"""

from expectations.rules.rule import Category, Rule, Severity, Source

RULE = Rule(
    id="F09",
    sentence_vi="Bảng mã khai trong tệp và trong từng bảng đúng là bảng mã của dữ liệu; nếu khác, "
    "dữ liệu vẫn được đọc đúng theo UTF-8 hoặc UTF-16.",
    sentence_en="The encoding that a file and each table in it declare is that of its bytes; where "
    "it is another, the bytes are read as the UTF-8 or UTF-16 that they are.",
    source=Source(
        "XML 1.0 §4.3.3 and appendix F; files as seen: utf-16 declared above UTF-8 bytes", "M"
    ),
    category=Category.CONFORMANCE,
    severity=Severity.RECORD,
    owner="sender",
)
