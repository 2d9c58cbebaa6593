"""Which feed takes a delivery."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract, Sender, Table, Words
from health_warehouse.landing.routing import feed_of, feeds_by_name, is_read_name, path_below
from health_warehouse.settings import Settings

_WORDS = Words("tên", "name")


def contracts(**matches: str) -> dict[str, Contract]:
    return {
        feed: Contract(
            feed=feed,
            title=_WORDS,
            owner="",
            match=tuple(pattern.split()),
            reader={"claims": "claims_xml", "check_ins": "check_ins_xml"}.get(feed, "json_lines"),
            mode="upsert",
            tables=(Table(feed, feed, _WORDS, ()),),
            path=Path(),
            sender=Sender("folder"),
        )
        for feed, pattern in matches.items()
    }


@pytest.mark.parametrize(
    ("inbox", "uri", "path"),
    [
        ("/data/inbox", "file:///data/inbox/96001/a.jsonl", "96001/a.jsonl"),
        ("/data/inbox/", "file:///data/inbox/a.jsonl", "a.jsonl"),
        ("/data/inbox", "file:///data/inbox/96001/b.zip!/in/a.jsonl", "96001/b.zip/in/a.jsonl"),
        ("/data/inbox", "file:///data/inbox2/96001/a.jsonl", "96001/a.jsonl"),
        ("/data/inbox", "file:///somewhere/else/96001/a.jsonl", "96001/a.jsonl"),
        ("s3://bucket/in", "s3://bucket/in/96001/a.jsonl", "96001/a.jsonl"),
        ("s3://bucket", "s3://bucket/96001/deep/a.jsonl", "96001/deep/a.jsonl"),
        ("sftp://host/home/in", "sftp://host/home/in/96001/a.jsonl", "96001/a.jsonl"),
        ("sftp://u@host:22/home/in", "sftp://host:22/home/in/96001/a.jsonl", "96001/a.jsonl"),
    ],
)
def test_a_path_is_the_one_below_the_inbox(inbox: str, uri: str, path: str, tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, inbox=inbox)
    assert path_below(settings, uri) == path


@pytest.mark.parametrize(
    ("pattern", "path", "is_taken"),
    [
        ("*/staff*.jsonl", "96001/staff_1.jsonl", True),
        ("*/staff*.jsonl", "96001/deep/STAFF.JSONL", True),
        ("staff*.jsonl", "96001/staff.jsonl", True),
        ("staff*.jsonl", "96001/my_staff.jsonl", False),
        ("cdc/*", "cdc/x.jsonl", True),
        ("cdc/*", "xcdc/x.jsonl", False),
        ("*/staff.jsonl", "staff.jsonl", False),
        ("nhân*.jsonl", "96001/NHÂN lực.jsonl", True),
        ("[ab].jsonl", "a.jsonl", True),
    ],
)
def test_a_pattern_fits_what_stands_behind_a_slash(pattern: str, path: str, is_taken: bool) -> None:
    known = contracts(staff=pattern)
    assert bool(feeds_by_name(known, path)) is is_taken
    assert is_read_name(known, path) is is_taken


def test_of_several_feeds_the_one_takes_it_whose_form_it_has() -> None:
    known = contracts(check_ins="*.dat", staff="*.dat")
    assert feed_of(known, "a.dat", BytesIO(b'{"a": 1}')).feed == "staff"  # type: ignore[union-attr]
    named = feed_of(known, "a.dat", BytesIO(b"<CHECKIN>"))
    assert named.feed == "check_ins"


@pytest.mark.parametrize(
    ("content", "feed"),
    [(b"<GIAMDINHHS/>", "claims"), (b"<CHI_TIEU_TRANG_THAI_KCB/>", "check_ins"), (b"{", "claims")],
)
def test_a_file_of_any_name_is_one_of_the_standard(content: bytes, feed: str) -> None:
    known = contracts(claims="*.xml", check_ins="*.xml", staff="*.jsonl")
    assert feed_of(known, "a.txt", BytesIO(content)).feed == feed


def test_two_feeds_that_both_take_it_refuse_it_and_are_named() -> None:
    known = contracts(one="*.jsonl", two="a*.jsonl")
    with pytest.raises(FileUnreadable, match="one and two both take it"):
        feed_of(known, "a.jsonl", BytesIO(b"{"))
    assert feed_of(known, "b.jsonl", BytesIO(b"{")).feed == "one"  # type: ignore[union-attr]
