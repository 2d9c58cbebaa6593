"""M08: senders are still sending."""

from expectations.marts.scope import WHOLE_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

RULE = Rule(
    id="M08",
    sentence_vi="Tệp mới nhất được nhận trong vòng 7 ngày gần đây.",
    sentence_en="The newest file was received within the last 7 days.",
    source=Source(
        "TT 48/2017/TT-BYT: data are sent right after the encounter, corrections in 7 working days",
        "H",
    ),
    category=Category.TIMELINESS,
    severity=Severity.NOTICE,
    threshold="7 days",
    owner="operations",
    rows=(
        Rows(
            table_sql="'ops.files'",
            sql="select max(received_at) as newest from batch cross join ops.files",
            checks=(
                Check(
                    "received_at",
                    "newest > now() - interval '7 days'",
                    "'the newest file is older than 7 days'",
                ),
            ),
        ),
    ),
    scope=Scope.RELEASE,
    coverage=WHOLE_SCOPE,
)
