"""A contract for people: what it says in short sentences, and as values of JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from health_warehouse.feeds.contract import AsOf, Column, Contract, Replacement, Sender

_MODES = {
    "upsert": "a document replaces the one with the same key",
    "snapshot": "a delivery replaces its whole partition",
    "append": "nothing is ever replaced",
}
_MISSING = {"not_reported": "nothing follows", "ended": "it has ended"}
_SPEAKS_FOR = {
    "self": "a sender speaks for itself",
    "parent": "a sender speaks for itself and for those below it",
    "department": "a sender speaks for all",
}
_GATES = {"hold": "its findings can hold a release", "notice": "its findings hold no release"}


def lines_of(contract: Contract) -> Iterator[tuple[str, str]]:
    """What is said of the feed as a whole: a word, and a sentence."""
    yield "feed", contract.feed
    yield "title", f"{contract.title.en} | {contract.title.vi}"
    yield "owner", contract.owner
    yield "files", _list(contract.match)
    yield "reader", _reader(contract)
    if contract.locale or contract.locales:
        others = _list(f"{sender} {locale}" for sender, locale in contract.locales.items())
        yield "numbers", f"as {contract.locale or 'nobody says'}" + f", {others}" * bool(others)
    yield "sender", _sender(contract.sender)
    yield "speaks for", _SPEAKS_FOR[contract.speaks_for]
    yield "mode", f"{contract.mode}: {_MODES[contract.mode]}"
    yield "document", _list(contract.document_key) or "named by its whole content"
    if contract.mode == "snapshot":
        yield "partition", _list(contract.partition)
        yield "missing", f"when a newer list does not name a document: {_MISSING[contract.missing]}"
    if contract.as_of:
        yield "as of", "the first that speaks: " + _list(map(_as_of, contract.as_of))
    yield "newer", _newer(contract.newer)
    yield "rhythm", rhythm(contract)
    yield "refused", _refused(contract)
    if contract.replacement is not None:
        yield "replaces", _replaced(contract.replacement)
    yield "person", _person(contract)
    yield "closed", _closed(contract)
    yield "gate", _GATES[contract.gate]
    yield "contract", str(contract.path)
    for key, path in contract.overridden.items():
        yield "other than ours", f"{key}, by {path}"


def rhythm(contract: Contract) -> str:
    """What is owed, and when; "no fixed rhythm" when nothing is."""
    expect = contract.expect
    if expect is None:
        return "no fixed rhythm"
    grace = f", missing {expect.grace_days} days later" if expect.grace_days else ""
    told = f"every {expect.every.replace('_', ' ')} by {expect.who}, until {expect.due}{grace}"
    return told + (f"; for the period in {expect.period}" if expect.period else "")


COLUMN_HEADS = ("column", "type", "called", "asked", "personal", "meaning")


def column_cells(column: Column) -> tuple[str, ...]:
    """A row under `COLUMN_HEADS`."""
    size = f"({column.length})" if column.length else ""
    return (
        column.name,
        f"{column.type}{size}",
        _list(column.labels) or column.name,
        "; ".join(_asked(column)),
        column.personal,
        f"{column.meaning.en} | {column.meaning.vi}".removesuffix(" | "),
    )


def as_json(contract: Contract) -> dict[str, Any]:
    """Every value of the contract."""
    said = _plain(asdict(contract))
    assert isinstance(said, dict)  # noqa: S101 - of a dataclass
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Path) else value


def _asked(column: Column) -> Iterator[str]:
    if column.is_required:
        yield "required"
    yield from _version(column)
    if column.is_unique:
        yield "unique"
    if column.formats:
        yield _list(column.formats)
    if column.values:
        yield "one of " + _list(column.values)
    if column.code_list:
        yield f"of the list {column.code_list}"
    if column.lowest is not None:
        yield f"at least {column.lowest}"
    if column.highest is not None:
        yield f"at most {column.highest}"
    if column.not_after:
        yield f"not after {column.not_after}"
    if column.severity != "flag":
        yield f"else {column.severity}"


def _version(column: Column) -> Iterator[str]:
    if column.since or column.until:
        must = "required " if column.is_required_then else ""
        first = f" from {column.since}" if column.since else ""
        last = f" before {column.until}" if column.until else ""
        yield f"{must}in lists of days{first}{last}"


def _reader(contract: Contract) -> str:
    options = _list(f"{key} {value}" for key, value in contract.options.items())
    named = ", else ".join(contract.readers)
    return f"{named} ({options})" if options else named


def _sender(sender: Sender) -> str:
    return {
        "column": f"named by the column {sender.of}",
        "folder": "the first folder below the inbox",
        "fixed": f"always {sender.of}",
        "reader": "named by the file itself",
    }[sender.kind]


def _as_of(source: AsOf) -> str:
    return {
        "column": f"the column {source.of}",
        "file_name": f"the name of the file ({source.of})",
        "title": f"the words “{source.of}” above the headings",
        "receipt_month": "the month of receipt",
    }[source.kind]


def _newer(newer: str) -> str:
    if newer == "received_at":
        return "the version that was received last counts"
    return f"the version with the highest {newer} counts, then the one received last"


def _refused(contract: Contract) -> str:
    refuse = contract.refuse
    reasons = []
    if refuse.is_empty:
        reasons.append("without rows")
    if refuse.is_header_missing:
        reasons.append("without names of columns")
    told = f"a delivery {' or '.join(reasons)}" if reasons else "no delivery as a whole"
    if refuse.shrinks_by_more_than is not None:
        share = f"{refuse.shrinks_by_more_than:.0%}"
        told += f"; one that lacks more than {share} of the list before it waits for a person"
    return told


def _replaced(asked: Replacement) -> str:
    common = ["an id of the person"] * asked.same_person
    common += ["a day from {} to {}".format(*asked.same_days)] * bool(asked.same_days)
    return f"a version that has {' or '.join(common)} in common; any other waits for a person"


def _person(contract: Contract) -> str:
    identity = contract.identity
    if identity is None:
        return "no row names a person"
    named = {
        key: value for key, value in asdict(identity).items() if key != "domain" and value
    }  # fmt: skip
    columns = _list(f"{key} in {value}" for key, value in named.items())
    return f"a key as {identity.domain}, by {columns}"


def _closed(contract: Contract) -> str:
    closed = contract.closed
    if closed is None:
        return "no document belongs to a closed class"
    kinds = ("icd", "drug", "service", "disease")
    told = [f"{kind}: {_list(getattr(closed, kind))}" for kind in kinds if getattr(closed, kind)]
    told += [f"as the document of {feed} in {name}" for feed, name in closed.refers_to.items()]
    return "; ".join(told)


def _list(words: Any) -> str:
    return ", ".join(words)
