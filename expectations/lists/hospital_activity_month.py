"""What the monthly report must honour beside the registry, the month before, and the claims."""

from expectations.lists.declared import PLACE, counting, list_rule
from expectations.marts.m10_concordance import AGREES
from expectations.rules.rule import Check, Severity

_IS_MONTH = "row.month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'"
_FIRST_DAY = f"case when {_IS_MONTH} then to_date(row.month || '-01', 'YYYY-MM-DD') end"
_LAST_DAY = f"(cast(({_FIRST_DAY}) + interval '1 month' as date) - 1)"
_MONTH_BEFORE = f"to_char(({_FIRST_DAY}) - interval '1 month', 'YYYY-MM')"


def _beds(column: str) -> str:
    """SQL: what a report says of beds, and what the registry has on the last day of its month."""
    return f"""
select {PLACE}, row.{column} as said, registered.{column} as registered
from {counting("hospital_activity_month")}
join intermediate.int_facilities__periods as registered
    on registered.facility_code = row.facility_code and registered.is_known
    and registered.valid_from <= {_LAST_DAY}
    and coalesce(registered.valid_to > {_LAST_DAY}, true)
where row.{column} is not null and registered.{column} is not null"""


BEDS_AS_REGISTERED = list_rule(
    "hospital_activity_month.beds_as_registered",
    (
        "Giường kế hoạch khớp với danh mục cơ sở vào ngày cuối tháng.",
        "Planned beds are those of the registry on the last day of the month.",
    ),
    _beds("beds_planned"),
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
    on former.facility_code = row.facility_code and former.month = {_MONTH_BEFORE}
where former.visits_total > 0""",
    Check(
        "Tổng số lượt khám",
        "abs(said - before) <= 0.5 * before",
        "'it reports ' || said || ' visits, the month before had ' || before",
    ),
    severity=Severity.RECORD,
    threshold="50 %",
)
ACTUAL_BEDS_AS_REGISTERED = list_rule(
    "hospital_activity_month.actual_beds_as_registered",
    (
        "Giường thực kê khớp với danh mục cơ sở vào ngày cuối tháng.",
        "Actual beds are those of the registry on the last day of the month.",
    ),
    _beds("beds_actual"),
    Check(
        "Giường thực kê",
        "said = registered",
        "'it reports ' || said || ' actual beds, the registry has ' || registered",
    ),
    beside=("facility_registry",),
)
FULL = list_rule(
    "hospital_activity_month.full",
    (
        "Công suất sử dụng giường thực kê không quá 100 %.",
        "Actual beds are used to no more than 100 %.",
    ),
    f"""
select {PLACE}, row.bed_days,
    row.beds_actual * extract(day from {_LAST_DAY}) as possible
from {counting("hospital_activity_month")}
where row.beds_actual > 0 and row.bed_days is not null""",
    Check(
        "Tổng số ngày điều trị nội trú",
        "bed_days <= possible",
        "'there are ' || bed_days || ' bed days, the actual beds have ' || possible",
    ),
    severity=Severity.RECORD,
    threshold="100 %",
)
CARRIED_OVER = list_rule(
    "hospital_activity_month.carried_over",
    (
        "Nội trú đầu kỳ bằng số còn lại cuối tháng trước.",
        "The inpatients at the start are those at the end of the month before.",
    ),
    f"""
select {PLACE}, row.inpatients_start as said, former.inpatients_end as before
from {counting("hospital_activity_month")}
join (
    select facility_code, month, inpatients_start + admissions - discharges as inpatients_end
    from feeds.hospital_activity_month
) as former
    on former.facility_code = row.facility_code and former.month = {_MONTH_BEFORE}
where row.inpatients_start is not null and former.inpatients_end >= 0""",
    Check(
        "Nội trú đầu kỳ",
        "said = before",
        "'it begins with ' || said || ' inpatients, the month before ended with ' || before",
    ),
)
# No figure is quoted: what claims tell includes closed cases.
AS_CLAIMED = list_rule(
    "hospital_activity_month.as_claimed",
    (
        "Báo cáo tháng khớp với hồ sơ mà cơ sở đã gửi của tháng đó.",
        "The monthly report tells what the claims tell that the facility has sent of that month.",
    ),
    f"""
select {PLACE}, bool_and({AGREES}) as agrees,
    string_agg(figure.figure_code, ', ' order by figure.figure_code)
        filter (where not ({AGREES})) as figures
from {counting("hospital_activity_month")}
join candidate.rpt_concordance_months as figure
    on figure.facility_id = row.facility_code
    and to_char(figure.month_start_date, 'YYYY-MM') = row.month
where figure.audience <> 'open'
group by place.file_id, place.position""",
    Check(
        "Kỳ báo cáo",
        "agrees",
        "'the claims of the month tell otherwise of: ' || figures",
    ),
    every_build=True,
    severity=Severity.RECORD,
    threshold="as M10",
)

RULES = (
    BEDS_AS_REGISTERED,
    ACTUAL_BEDS_AS_REGISTERED,
    VISITS_OF_LAST_MONTH,
    FULL,
    CARRIED_OVER,
    AS_CLAIMED,
)
