"""Files of other envelopes are known by root or build, whole or broken, signed or not."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_files import check_in_file, claim_file, dossier
from health_warehouse.errors import FileNotTaken, FileUnreadable
from health_warehouse.sources.claims.dossier import Envelope
from health_warehouse.sources.claims.element_stream import SIGNATURE
from health_warehouse.sources.claims.other_envelopes import other_envelopes, require_taken
from parsed_claims import MIB

SENDER = "<THONGTINDONVI><MACSKCB>96001</MACSKCB></THONGTINDONVI>"
SIGNED = f'<CHUKYDONVI><Signature xmlns="{SIGNATURE[1:].partition("}")[0]}"/></CHUKYDONVI>'


def told(content: bytes) -> tuple[str, str, bool]:
    """Kind, reason, and whether there is a signature; blank when another reader is to look."""
    envelope, stream = Envelope(), io.BytesIO(content)
    try:
        require_taken(stream, 64 * MIB, envelope)
    except FileNotTaken as error:
        return error.kind, str(error), envelope.is_signed
    assert stream.tell() == 0
    return "", "", False


@pytest.mark.parametrize("root", other_envelopes())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_a_known_root_is_named_with_its_kind(root: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="utf-16"?><{root}>{SENDER}<X>ạ</X>{SIGNED}</{root}>'
    kind, reason, is_signed = told(text.encode(encoding))
    assert kind == other_envelopes()[root].kind
    assert reason.startswith("not taken yet: ")
    assert reason.endswith(f"the root is {root}")
    assert is_signed
    assert told(f"<{root}/>".encode())[::2] == (kind, False)


@pytest.mark.parametrize("inside", [SENDER, "<CHUKYDONVI/>", SIGNED[12:-13]])
def test_an_unknown_root_is_known_by_its_build(inside: str) -> None:
    kind, reason, is_signed = told(f"<HSMOI><A><B/></A>{inside}</HSMOI>".encode())
    assert kind == "unknown_envelope"
    assert reason.endswith("the root is HSMOI")
    assert is_signed == inside.startswith("<Signature")


OTHERS = {
    "claims": claim_file([dossier()]),
    "check-ins": check_in_file([{"MA_LK": "1"}]),
    "root in small letters": claim_file([dossier()]).lower(),
    "bare table": b"<TONG_HOP><MA_LK>1</MA_LK></TONG_HOP>",
    "page": b"<html><CHUKYDONVI/></html>",
    "no XML": b"MA_LK;HO_TEN",
    "cut off": f"<HSMOI>{SENDER}".encode(),
    "deep down": f"<HSMOI><A>{SENDER}</A></HSMOI>".encode(),
    "DOCTYPE": f"<!DOCTYPE x><HSDANHMUC>{SENDER}</HSDANHMUC>".encode(),
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_files_are_left_to_their_readers(case: str) -> None:
    assert told(OTHERS[case]) == ("", "", False)


BROKEN = {
    "cut off": b"<HSDANHMUC><A>1</A>",
    "entity": b"<HSDANHMUC>&a;</HSDANHMUC>",
    "deep": b"<HSDANHMUC>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</HSDANHMUC>",
    "attributes": b"<HSDANHMUC " + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/>",
    "large": b"<HSDANHMUC>" + b" " * (65 * MIB) + b"</HSDANHMUC>",
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_of_a_known_kind_is_refused(case: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        told(BROKEN[case])
    assert not isinstance(caught.value, FileNotTaken)
    assert caught.value.rule_id == "F01"


@settings(max_examples=100, deadline=None)
@given(root=st.from_regex(r"[A-Z_]{1,90}", fullmatch=True), is_signed=st.booleans())
def test_reasons_name_what_was_found(root: str, is_signed: bool) -> None:
    inside = SIGNED if is_signed else "<CHUKYDONVI/>"
    kind, reason, found = told(f"<{root}>{inside}</{root}>".encode())
    if root in ("GIAMDINHHS", "CHI_TIEU_TRANG_THAI_KCB", "HTML"):
        return
    assert kind
    assert (f"the root is {root}" in reason) == (len(root) <= 80)
    assert found == is_signed
