"""The words for each kind of alert, in English and Vietnamese.

Only these, counts, rule ids, codes of facilities and ids of runs go out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from health_warehouse.alerting.conditions import Kind

Language = Literal["en", "vi"]
NAMES_SHOWN = 10


@dataclass(frozen=True)
class Words:
    """`title` is filled with the facts; `meaning` says what it is for readers and senders."""

    title: str
    meaning: str


@dataclass(frozen=True)
class Wording:
    en: Words
    vi: Words
    runbook: str

    def of(self, language: Language) -> Words:
        return self.vi if language == "vi" else self.en


_RELEASE_HELD = "docs/runbooks/release_held.md"
_TASK_FAILED = "docs/runbooks/task_failed.md"
_ALERTS = "docs/runbooks/alerts.md"
_FILE_REFUSED = "docs/runbooks/file_refused.md"
_FACILITIES = "docs/runbooks/facilities.md"
_DELIVERIES_MISSING = "docs/runbooks/deliveries_missing.md"

WORDINGS: Mapping[Kind, Wording] = {
    Kind.RELEASE_HELD: Wording(
        Words(
            "Release held by {reasons}",
            "A critical promise to readers does not hold for the next release, so it was not "
            "published. Readers keep the last good release; no delivery is lost.",
        ),
        Words(
            "Bản phát hành bị giữ lại bởi {reasons}",
            "Bản phát hành tiếp theo không đạt một cam kết quan trọng với người đọc nên chưa được "
            "công bố. Người đọc vẫn dùng bản tốt gần nhất; không mất lần gửi nào.",
        ),
        _RELEASE_HELD,
    ),
    Kind.UPGRADING: Wording(
        Words(
            "The warehouse is being upgraded",
            "Readers cannot log in until it is done. If this stays, run `warehouse upgrade` again: "
            "it goes on where it stopped.",
        ),
        Words(
            "Kho dữ liệu đang được nâng cấp",
            "Người đọc chưa đăng nhập được cho đến khi xong. Nếu kéo dài, hãy chạy lại `warehouse "
            "upgrade`: lệnh sẽ tiếp tục từ chỗ đã dừng.",
        ),
        _ALERTS,
    ),
    Kind.RULES_IN_ERROR: Wording(
        Words(
            "Rules could not be judged: {reasons}",
            "New files wait unjudged and are not in the warehouse yet. They are judged by the next "
            "run once the rule is mended.",
        ),
        Words(
            "Không xét được quy tắc: {reasons}",
            "Các tệp mới đang chờ xét, chưa vào kho. Lần chạy sau sẽ xét khi quy tắc đã được sửa.",
        ),
        _TASK_FAILED,
    ),
    Kind.FILES_INCOMPLETE: Wording(
        Words(
            "{file_count} incomplete in the warehouse",
            "Fewer rows are in the warehouse than were read from the file. These files wait; "
            "others go on.",
        ),
        Words(
            "{file_count_vi} chưa vào kho đầy đủ",
            "Số dòng trong kho ít hơn số dòng đã đọc từ tệp. Các tệp này phải chờ; tệp khác vẫn "
            "được xử lý.",
        ),
        _TASK_FAILED,
    ),
    Kind.DECISIONS_WAITING: Wording(
        Words(
            "Dossiers wait for a decision ({reasons})",
            "A facility used the key of a dossier (MA_LK) again for another person and another "
            "time. The new version is held and the former one still counts, until somebody "
            "decides.",
        ),
        Words(
            "Có hồ sơ chờ quyết định ({reasons})",
            "Cơ sở đã dùng lại mã liên kết (MA_LK) cho người bệnh khác và thời gian khác. Lần gửi "
            "mới bị giữ lại, lần gửi cũ vẫn còn hiệu lực cho đến khi có người quyết định.",
        ),
        "docs/runbooks/decisions.md",
    ),
    Kind.TASK_FAILED: Wording(
        Words(
            "Task {dag_id}.{task_id} {ended}",
            "It failed for good: no attempt is left. No data is lost; the next run takes up the "
            "work.",
        ),
        Words(
            "Tác vụ {dag_id}.{task_id} {ended_vi}",
            "Tác vụ đã hết số lần thử. Không mất dữ liệu; lần chạy sau làm tiếp.",
        ),
        _TASK_FAILED,
    ),
    Kind.RUN_FAILED: Wording(
        Words(
            "Run of {dag_id} failed",
            "The run failed without a task that did, as when it takes too long as a whole.",
        ),
        Words(
            "Lần chạy {dag_id} thất bại",
            "Lần chạy thất bại dù không tác vụ nào thất bại, ví dụ vì cả lần chạy quá lâu.",
        ),
        _TASK_FAILED,
    ),
    Kind.SCHEDULER_SILENT: Wording(
        Words(
            "Airflow's scheduler is silent",
            "It has sent no heartbeat since the time below: nothing is taken in or published.",
        ),
        Words(
            "Bộ lập lịch của Airflow im lặng",
            "Không có tín hiệu từ thời điểm dưới đây: không nhận và không công bố gì.",
        ),
        _ALERTS,
    ),
    Kind.NOTHING_ENDS: Wording(
        Words(
            "No run of Airflow ends",
            "The scheduler lives, but no run has ended since the time below: nothing is taken in "
            "or published.",
        ),
        Words(
            "Không lần chạy nào của Airflow kết thúc",
            "Bộ lập lịch còn hoạt động nhưng không lần chạy nào kết thúc từ thời điểm dưới đây: "
            "không nhận và không công bố gì.",
        ),
        _ALERTS,
    ),
    Kind.METADATA_UNREACHABLE: Wording(
        Words(
            "Airflow's database cannot be read",
            "Since the time below. Nothing is taken in or published, and failures of tasks are not "
            "seen until it is back.",
        ),
        Words(
            "Không đọc được cơ sở dữ liệu của Airflow",
            "Từ thời điểm dưới đây. Không nhận và không công bố gì; lỗi của tác vụ không thấy được "
            "cho đến khi có lại.",
        ),
        _ALERTS,
    ),
    Kind.DATABASE_AWAY: Wording(
        Words(
            "The warehouse's database cannot be used",
            "Since the time below. Nothing is taken in or published, readers get no answer, and "
            "other failures are not seen until it is back.",
        ),
        Words(
            "Không dùng được cơ sở dữ liệu của kho",
            "Từ thời điểm dưới đây. Không nhận và không công bố gì, người đọc không truy vấn được, "
            "và các lỗi khác không thấy được cho đến khi có lại.",
        ),
        _ALERTS,
    ),
    Kind.DAG_FILES_UNREAD: Wording(
        Words(
            "Airflow does not read {reasons}",
            "The file cannot be imported, or takes too long to import, or nothing reads files: the "
            "DAGs in it do not run. No delivery is lost; they wait.",
        ),
        Words(
            "Airflow không đọc được {reasons}",
            "Tệp không nạp được, hoặc nạp quá lâu, hoặc không có gì đọc tệp: các DAG trong đó "
            "không chạy. Không mất lần gửi nào; chúng đang chờ.",
        ),
        _ALERTS,
    ),
    Kind.FACILITY_SILENT: Wording(
        Words(
            "{facilities} stopped sending claims",
            "No claim file has come for far longer than usual between two of its days with a file. "
            "Figures of the days since are missing in the reports.",
        ),
        Words(
            "{facilities_vi} ngừng gửi hồ sơ",
            "Đã lâu không có tệp hồ sơ nào, dài hơn nhiều so với khoảng cách thường lệ giữa hai "
            "ngày gửi. Báo cáo đang thiếu số liệu của những ngày sau đó.",
        ),
        _FACILITIES,
    ),
    Kind.FACILITY_NEW: Wording(
        Words(
            "{facilities} sent claims for the first time",
            "Its claims are taken in and published like all others. Check the code (MACSKCB): a "
            "slip in it makes a facility that there is not.",
        ),
        Words(
            "{facilities_vi} gửi hồ sơ lần đầu",
            "Hồ sơ được nhận và công bố như mọi cơ sở khác. Hãy kiểm tra mã cơ sở (MACSKCB): gõ "
            "sai mã sẽ tạo ra một cơ sở không có thật.",
        ),
        _FACILITIES,
    ),
    Kind.DELIVERIES_MISSING: Wording(
        Words(
            "Not delivered: {feed} of {period}, due {due_day}, by {facilities}",
            "By the calendar of the feed it is overdue, and its days of grace are over. Figures of "
            "the period are missing. A file that was refused is no delivery.",
        ),
        Words(
            "Chưa gửi: {feed} kỳ {period}, hạn {due_day}, {facilities_vi}",
            "Theo lịch, đã quá hạn gửi và hết thời gian gia hạn. Số liệu của kỳ này đang thiếu. "
            "Tệp bị từ chối không được tính là đã gửi.",
        ),
        _DELIVERIES_MISSING,
    ),
    Kind.FILES_REFUSED: Wording(
        Words(
            "Files refused: {facilities}",
            "Whole files break a rule of the envelope, so that none of their dossiers counts. The "
            "facility has to send them again, corrected. Other files go on.",
        ),
        Words(
            "Tệp bị từ chối: {facilities_vi}",
            "Cả tệp vi phạm quy tắc về phong bì nên không hồ sơ nào trong đó được tính. Cơ sở phải "
            "sửa và gửi lại. Các tệp khác vẫn được xử lý.",
        ),
        _FILE_REFUSED,
    ),
    Kind.QUARANTINE_SPIKE: Wording(
        Words(
            "Far more dossiers than usual are quarantined: {facilities}",
            "A large part of the dossiers of its last day breaks a rule and does not count. Often "
            "its software was changed. The facility has to send them again, corrected.",
        ),
        Words(
            "Hồ sơ bị cách ly tăng đột biến: {facilities_vi}",
            "Phần lớn hồ sơ của ngày gửi gần nhất vi phạm quy tắc và không được tính. Thường là do "
            "phần mềm vừa thay đổi. Cơ sở phải sửa và gửi lại.",
        ),
        _FILE_REFUSED,
    ),
    Kind.NOTICES: Wording(
        Words(
            "What happened since the last daily message",
            "Nothing here needs haste: notices that are published with a release, files that were "
            "refused, and dossiers that were quarantined.",
        ),
        Words(
            "Tổng hợp hằng ngày",
            "Không có việc gấp: các ghi chú được công bố kèm bản phát hành, các tệp bị từ chối và "
            "các hồ sơ bị cách ly.",
        ),
        _FACILITIES,
    ),
    Kind.TRIAL: Wording(
        Words(
            "Test of alerts",
            "Nothing is wrong: somebody ran `warehouse alerts test`, and you get alerts.",
        ),
        Words(
            "Thử cảnh báo",
            "Không có lỗi gì: có người chạy `warehouse alerts test`, và bạn nhận được cảnh báo.",
        ),
        _ALERTS,
    ),
}
_ENDED = {"failed": "failed", "lost": "was lost (its process was killed)"}
_ENDED_VI = {"failed": "thất bại", "lost": "bị mất (tiến trình bị dừng)"}


def title(content: Mapping[str, Any], language: Language = "en") -> str:
    """The one line that says what is wrong; `content` is that of a message."""
    facts = content["facts"]
    count = facts.get("file_count", 1)
    names = [one["facility"] for one in facts.get("facilities", ())] or content["reasons"]
    words = {
        "reasons": ", ".join(content["reasons"]),
        "file_count": "1 file is" if count == 1 else f"{count} files are",
        "file_count_vi": f"{count} tệp",
        "facilities": _named("facility", "facilities", names),
        "facilities_vi": _named("cơ sở", "cơ sở", names),
        **{name: facts.get(name, "") for name in ("feed", "period", "due_day")},
        "dag_id": facts.get("dag_id"),
        "task_id": facts.get("task_id"),
        "ended": _ends(_ENDED, content, " and "),
        "ended_vi": _ends(_ENDED_VI, content, " và "),
    }
    line = WORDINGS[Kind(content["kind"])].of(language).title.format(**words)
    line = line[:1].upper() + line[1:]
    if content["event"] == "widened":
        also = few(content["new_reasons"])
        return f"{line} (thêm {also})" if language == "vi" else f"{line} (now also {also})"
    if content["event"] == "resolved":
        return f"Đã khắc phục: {line}" if language == "vi" else f"Recovered: {line}"
    return line


def few(names: Sequence[str]) -> str:
    """The first NAMES_SHOWN, and how many more."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" + {more}" if more > 0 else "")


def _named(one: str, many: str, names: Sequence[str]) -> str:
    return f"{one} {few(names)}" if len(names) == 1 else f"{len(names)} {many}: {few(names)}"


def _ends(words: Mapping[str, str], content: Mapping[str, Any], between: str) -> str:
    return between.join(words[name] for name in content["reasons"] if name in words)
