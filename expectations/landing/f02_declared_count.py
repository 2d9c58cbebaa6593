"""F02: the file holds as many dossiers as it says. Fewer: a part was lost; more: said and kept."""

from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

_SOURCE = Source("QĐ 130/QĐ-BYT, THONGTINHOSO/SOLUONGHOSO; catalogue F02", "M")
_KEYS = "select batch.*, null::integer as position, null::integer as line from batch"
_COUNTS = "'SOLUONGHOSO is ' || declared_count || ', the file has ' || hoso_count || ' HOSO'"

FEWER = Rule(
    id="F02",
    sentence_vi="Tệp có không ít hồ sơ (HOSO) hơn số khai trong SOLUONGHOSO.",
    sentence_en="The file has no fewer dossiers (HOSO) than SOLUONGHOSO declares.",
    source=_SOURCE,
    category=Category.COMPLETENESS,
    severity=Severity.REFUSE_FILE,
    owner="sender",
    scope=Scope.DELIVERY,
    rows=(
        Rows(
            table_sql="null::text",
            sql=f"{_KEYS} where declared_count is not null",
            checks=(Check("SOLUONGHOSO", "hoso_count >= declared_count", _COUNTS),),
        ),
    ),
)

MORE = Rule(
    id="F02_more",
    sentence_vi="Tệp khai SOLUONGHOSO và không có nhiều hồ sơ (HOSO) hơn số khai.",
    sentence_en="The file declares SOLUONGHOSO and has no more dossiers (HOSO) than that.",
    source=_SOURCE,
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    scope=Scope.DELIVERY,
    rows=(
        Rows(
            table_sql="null::text",
            sql=f"{_KEYS} where kind = 'claims'",
            checks=(
                Check(
                    "SOLUONGHOSO",
                    "hoso_count <= declared_count",
                    f"coalesce({_COUNTS}, 'SOLUONGHOSO is missing or not a whole number')",
                ),
            ),
        ),
    ),
)
