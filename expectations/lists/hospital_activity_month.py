"""What the monthly report must honour beside the registry and the month before."""

from expectations.lists.declared import PLACE, counting, list_rule
from expectations.rules.rule import Check, Severity

_LAST_DAY = "cast(to_date(row.month || '-01', 'YYYY-MM-DD') + interval '1 month' as date) - 1"

BEDS_AS_REGISTERED = list_rule(
    "hospital_activity_month.beds_as_registered",
    (
        "Giường kế hoạch khớp với danh mục cơ sở vào ngày cuối tháng.",
        "Planned beds are those of the registry on the last day of the month.",
    ),
    f"""
select {PLACE}, row.beds_planned as said, registered.beds_planned as registered
from {counting("hospital_activity_month")}
join lateral (
    select period.beds_planned from intermediate.int_facilities__periods as period
    where period.facility_code = row.facility_code and period.is_known
        and period.valid_from <= {_LAST_DAY}
        and coalesce(period.valid_to > {_LAST_DAY}, true)
) as registered on true
where row.month ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])$' and registered.beds_planned is not null""",
    Check(
        "Giường kế hoạch",
        "said = registered",
        "'it reports ' || said || ' planned beds, the registry has ' || registered",
    ),
    beside=("facility_registry",),
)
VISITS_OF_LAST_MONTH = list_rule(
    "hospital_activity_month.month_on_month",
    (
        "Số lượt khám không tăng giảm quá 50 % so với tháng trước.",
        "Visits change by no more than 50 % in a month.",
    ),
    f"""
select {PLACE}, row.visits_total as said, former.visits_total as before
from {counting("hospital_activity_month")}
join feeds.hospital_activity_month as former
    on former.facility_code = row.facility_code
    and to_date(former.month || '-01', 'YYYY-MM-DD') + interval '1 month'
    = to_date(row.month || '-01', 'YYYY-MM-DD')
where row.month ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])$' and former.month ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])$'
    and former.visits_total > 0""",
    Check(
        "Tổng số lượt khám",
        "abs(said - before) <= 0.5 * before",
        "'it reports ' || said || ' visits, the month before had ' || before",
    ),
    severity=Severity.RECORD,
    threshold="50 %",
)

RULES = (BEDS_AS_REGISTERED, VISITS_OF_LAST_MONTH)
