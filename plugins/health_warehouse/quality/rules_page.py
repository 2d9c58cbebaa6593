"""docs/rules.md, written from the declarations: `python -m health_warehouse.quality.rules_page`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from expectations import registry
from expectations.rules.rule import Rule, Scope, Severity
from health_warehouse.settings import PROJECT_DIR

PAGE = PROJECT_DIR / "docs" / "rules.md"

_CONSEQUENCES = {
    Severity.STOP_BATCH: "the task fails, nothing is judged / tác vụ dừng, không xét gì",
    Severity.REFUSE_FILE: "the file is refused / từ chối cả tệp",
    Severity.QUARANTINE_DOSSIER: "the dossier is quarantined / cách ly hồ sơ",
    Severity.FLAG_LINE: "flagged and kept / ghi nhận, vẫn nhận",
    Severity.RECORD: "recorded only / chỉ ghi lại",
    Severity.HOLD_RELEASE: "the release is held / giữ bản công bố",
    Severity.NOTICE: "published with a notice / công bố kèm ghi chú",
}
_SCOPES = {
    Scope.DOCUMENT: "document: one dossier or check-in / một hồ sơ",
    Scope.DELIVERY: "delivery: one file / một tệp",
    Scope.SENDER: "sender: all files of one facility / các tệp của một cơ sở",
    Scope.VERSIONS: "versions: all versions of one dossier / các lần gửi của một hồ sơ",
    Scope.OTHERS: "others: dossiers beside one another / giữa các hồ sơ",
    Scope.RELEASE: "release: the candidate / bản sắp công bố",
}
_DOOR = (
    "At the door: the sender's promises / Khi nhận: điều người gửi phải giữ",
    "Judged on new files only, but for rules whose scope is others: those compare dossiers, and "
    "every build judges them anew where it may change what they find. Withdrawals "
    "(MA_DOITUONG_KCB 8) are exempt from all but F.",
)
_EVERY_ROW = "none, every row must hold / không, mọi dòng phải đúng"
_PARTS: tuple[tuple[str, str, tuple[Rule, ...]], ...] = (
    (
        "While reading / Khi đọc tệp",
        "Judged by the parser: what breaks one of these is refused, quarantined or recorded.",
        registry.JUDGED_BY_PARSER,
    ),
    (
        "Before the door / Trước khi xét",
        "Our own fault when it fails: an incident opens and the batch waits.",
        registry.LANDING_GATE,
    ),
    (
        "Lists beside one another / Giữa các danh mục",
        "Judged by builds when a list that they look at has changed. Rules of single lists are "
        "those of their contracts: `warehouse rules`.",
        tuple(one.rule for one in registry.OF_LISTS),
    ),
    (
        "On the candidate: the promises to readers / Trước khi công bố",
        "Judged after every build, before anything is published.",
        registry.MARTS,
    ),
)


def described(rules: Sequence[Rule] = registry.ALL) -> list[dict[str, Any]]:
    """Each rule as plain values, for `warehouse rules --json`."""
    return [
        {
            "id": rule.id,
            "sentence_vi": rule.sentence_vi,
            "sentence_en": rule.sentence_en,
            "source": rule.source.text,
            "confidence": rule.source.confidence,
            "category": rule.category.value,
            "severity": rule.severity.value,
            "one_dossier": rule.one_dossier and rule.one_dossier.when_en,
            "owner": rule.owner,
            "threshold": rule.threshold or None,
            "judged_by": _judged_by(rule),
            "fields": list(rule.fields),
            "scope": rule.scope.value,
            "coverage": rule.coverage or None,
        }
        for rule in rules
    ]


def page() -> str:
    """The whole page, as Markdown."""
    lines = [
        "# Rules / Quy tắc",
        "",
        "<!-- Written by `python -m health_warehouse.quality.rules_page`; do not edit. -->",
        "",
        "One declaration per rule in `expectations/`; the verdict and the SQL that finds every",
        "failing row are made from it. Confidence of a source: H official text, M one good",
        "secondary source, L weak, ? not verified.",
    ]
    title, text = _DOOR
    lines += ["", f"## {title}", "", text]
    for family in registry.FAMILIES:
        lines += ["", f"### {family.letter}: {family.title_en} / {family.title_vi}"]
        lines += _sections(family.rules, "####")
    for title, text, rules in _PARTS:
        lines += ["", f"## {title}", "", text, *_sections(rules, "###")]
    lines += ["", "## Not judged yet / Chưa xét", "", *_not_judged()]
    return "\n".join(lines) + "\n"


def _not_judged() -> list[str]:
    return [
        f"- **{rule.id}**: {rule.sentence_en} Needs {rule.needs_en}. / "
        f"{rule.sentence_vi} Cần {rule.needs_vi}."
        for rule in registry.NOT_JUDGED
    ]


def _sections(rules: Sequence[Rule], heading: str) -> list[str]:
    return [line for rule in rules for line in ("", f"{heading} {rule.id}", "", *_section(rule))]


def _section(rule: Rule) -> list[str]:
    lines = [
        f"- **vi**: {rule.sentence_vi}",
        f"- **en**: {rule.sentence_en}",
        f"- when it fails / khi vi phạm: {_CONSEQUENCES[rule.severity]}",
        *_of_one_dossier(rule),
        f"- category: {rule.category.value}; owner: {rule.owner}",
        f"- threshold / ngưỡng: {rule.threshold or _EVERY_ROW}",
        f"- source: {rule.source.text} [{rule.source.confidence}]",
    ]
    if rule.fields:
        lines.append("- looks at: " + ", ".join(f"`{field}`" for field in rule.fields))
    lines.append(f"- scope / phạm vi: {_SCOPES[rule.scope]}")
    if rule.coverage:
        lines.append(f"- coverage: {rule.coverage}")
    return lines


def _judged_by(rule: Rule) -> str:
    """Who judges the rule: the parser, a suite, landing, settling (what counts), or a build."""
    if rule.scope is Scope.SENDER:
        return "landing"
    if rule.is_judged_by_parser:
        return "parser"
    return {Scope.VERSIONS: "settling", Scope.OTHERS: "build"}.get(rule.scope, "suite")


def _of_one_dossier(rule: Rule) -> list[str]:
    if rule.one_dossier is None:
        return []
    only = f"only {_CONSEQUENCES[Severity.QUARANTINE_DOSSIER].replace(' / ', ' / chỉ ')}"
    return [f"- {only}: where {rule.one_dossier.when_en} / khi {rule.one_dossier.when_vi}"]


def write(path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
