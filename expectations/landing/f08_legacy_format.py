"""F08: the file is of the standard in force. Judged by the parser while it reads."""

from expectations.rules.rule import Category, Rule, Scope, Severity, Source

RULE = Rule(
    id="F08",
    sentence_vi="Tệp theo chuẩn đang áp dụng (QĐ 4750, QĐ 3176), không phải QĐ 4210: "
    "XML1 không có MA_THE, TEN_BENH, MA_LYDO_VVIEN thay cho MA_THE_BHYT, CHAN_DOAN_RV, "
    "MA_DOITUONG_KCB.",
    sentence_en="The file is of the standard in force (QĐ 4750, QĐ 3176), not of QĐ 4210: "
    "XML1 has no MA_THE, TEN_BENH, MA_LYDO_VVIEN in place of MA_THE_BHYT, CHAN_DOAN_RV, "
    "MA_DOITUONG_KCB.",
    source=Source(
        "QĐ 4750/QĐ-BYT, mandatory since 2024-07-01; fields of QĐ 4210/QĐ-BYT; no version element "
        "in the envelope, hence told by content",
        "M",
    ),
    category=Category.CONFORMANCE,
    severity=Severity.REFUSE_FILE,
    owner="sender",
    scope=Scope.DELIVERY,
)
