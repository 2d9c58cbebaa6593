"""The smaller words of a message, and one line for each facility that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from health_warehouse.alerting.conditions import Kind
from health_warehouse.alerting.wording import Language

FACILITIES_SHOWN = 50

LABELS: Mapping[str, Mapping[Language, str]] = {
    "rule": {"en": "Rule", "vi": "Quy tắc"},
    "says": {"en": "Says", "vi": "Nội dung"},
    "broken_by": {"en": "Break it", "vi": "Vi phạm"},
    "of": {"en": "Of", "vi": "Trên tổng số"},
    "not_judged": {"en": "could not be judged", "vi": "không xét được"},
    "build": {"en": "Build", "vi": "Lần dựng"},
    "run": {"en": "Run", "vi": "Lần chạy"},
    "model": {"en": "Model", "vi": "Mô hình"},
    "first_seen": {"en": "First seen", "vi": "Thấy lần đầu"},
    "last_seen": {"en": "Last seen", "vi": "Thấy gần nhất"},
    "recovered": {"en": "Recovered", "vi": "Khắc phục lúc"},
    "failures": {"en": "Count", "vi": "Số lần"},
    "one_more": {
        "en": "There will be one more message, when it is over.",
        "vi": "Sẽ có một thư nữa khi việc này kết thúc.",
    },
    "no_more": {
        "en": "There will not be one more message about it.",
        "vi": "Việc này chỉ báo một lần.",
    },
}


def label(name: str, languages: Sequence[Language]) -> str:
    """A label in each language, with a slash between."""
    return " / ".join(LABELS[name][language] for language in languages)


def facility_lines(content: Mapping[str, Any], language: Language) -> list[str]:
    """What is so of each facility of a message, a line each; the first FACILITIES_SHOWN."""
    states = content["facts"].get("facilities", ())
    say = _LINES.get(Kind(content["kind"]))
    if say is None:
        return []
    lines = [f"{one['facility']}: {say(one, language)}" for one in states[:FACILITIES_SHOWN]]
    more = len(states) - FACILITIES_SHOWN
    if more > 0:
        lines.append(f"+ {more} cơ sở khác" if language == "vi" else f"+ {more} more facilities")
    return lines


def place_lines(places: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
    """Where a rule fails, a line for each mart and check: counts and facilities only."""
    return [_place(place, language) for place in places]


def _place(place: Mapping[str, Any], language: Language) -> str:
    rows = f"{place['row_count']} {'dòng' if language == 'vi' else 'rows'}"
    named = ", ".join(
        f"{one['facility']} ({one['row_count']})" for one in place.get("facilities", ())
    )
    where = ""
    if named:
        where = f"; cơ sở đầu tiên: {named}" if language == "vi" else f"; first facilities: {named}"
    return f"{place['mart']}, {place['check']}: {rows}{where}"


def _silent(one: Mapping[str, Any], language: Language) -> str:
    if language == "vi":
        return (
            f"tệp gần nhất ngày {one['last_day']}, cách đây {one['silent_days']} ngày; thường cách "
            f"{one['usual_gap']} ngày"
        )
    days = "day" if one["usual_gap"] == 1 else f"{one['usual_gap']} days"
    return (
        f"last file on {one['last_day']}, {one['silent_days']} days ago; usually one every {days}"
    )


def _missing(one: Mapping[str, Any], language: Language) -> str:
    days = one["days_late"]
    if language == "vi":
        return f"quá hạn {days} ngày"
    return "1 day late" if days == 1 else f"{days} days late"


def _spike(one: Mapping[str, Any], language: Language) -> str:
    count, total = one["quarantined_count"], one["dossier_count"]
    before = f"{100 * one['share_before']:.1f} %"
    if language == "vi":
        return f"{count} trên {total} hồ sơ của ngày {one['day']} bị cách ly; trước đó {before}"
    return f"{count} of {total} dossiers of {one['day']} are quarantined; before that {before}"


def _refused(one: Mapping[str, Any], language: Language) -> str:
    rules = ", ".join(one["rule_ids"])
    files = "; ".join(f"{file['delivery']} ({file['rule_id']})" for file in one["files"])
    if language == "vi":
        return f"{one['file_count']} tệp, theo {rules}: {files}"
    noun = "file" if one["file_count"] == 1 else "files"
    return f"{one['file_count']} {noun}, by {rules}: {files}"


def _digest(one: Mapping[str, Any], language: Language) -> str:
    refused, quarantined = one["refused_count"], one["quarantined_count"]
    total = one["dossier_count"]
    if language == "vi":
        parts = [f"{refused} tệp bị từ chối"] if refused else []
        parts += [f"{quarantined} trên {total} hồ sơ bị cách ly"] if quarantined else []
    else:
        parts = [f"{refused} files refused"] if refused else []
        parts += [f"{quarantined} of {total} dossiers quarantined"] if quarantined else []
    return ", ".join(parts)


_LINES = {
    Kind.FACILITY_SILENT: _silent,
    Kind.QUARANTINE_SPIKE: _spike,
    Kind.DELIVERIES_MISSING: _missing,
    Kind.FILES_REFUSED: _refused,
    Kind.NOTICES: _digest,
}
