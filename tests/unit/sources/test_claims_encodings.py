"""What the bytes are against what they declare: one rule, for the file and for what is in it."""

from __future__ import annotations

import base64
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_files import claim_file, dossier, part, xml1
from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims import element_stream
from health_warehouse.sources.claims.parse import ClaimFile
from parsed_claims import MIB, hoso, only, parse, value

NAME = "Nguyễn Thị Thử"
LATIN_NAME = "Lê Ái"
UTF_8 = ["iso-8859-1", "ISO_8859-1", "latin1", "windows-1252", "windows-1258", "windows-1250",
         "us-ascii", "utf-16", "UTF-16LE", "utf-16be", "unicode"]  # fmt: skip


def declared(encoding: str, text: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\r\n{text}'


def inside(data: bytes) -> bytes:
    """A file with these bytes as XML1."""
    body = base64.b64encode(data).decode()
    holder = f"<FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>{body}</NOIDUNGFILE></FILEHOSO>"
    return claim_file([hoso(holder)])


def around(encoding: str, text: str = "") -> str:
    """A file with XML1 nested in it, as text that declares an encoding."""
    content = claim_file([hoso(part("XML1", text or xml1(), nested=True))]).decode()
    return declared(encoding, content.partition("\n")[2])


def name_in(content: bytes) -> str | None:
    return value("XML1", only(content).xml1, "HO_TEN")


@pytest.mark.parametrize("encoding", UTF_8)
def test_utf_8_that_declares_something_else_is_read_as_utf_8_and_told(encoding: str) -> None:
    found = only(inside(declared(encoding, xml1()).encode()))
    assert found.problems == []
    assert value("XML1", found.xml1, "HO_TEN") == NAME
    reason = f"the encoding {encoding} is declared, the bytes are UTF-8"
    assert [(r.rule_id, r.reason) for r in found.remarks] == [("F09", reason)]
    content = around(encoding).encode()
    envelope, (dossier_in,) = parse(content)
    assert value("XML1", dossier_in.xml1, "HO_TEN") == NAME
    assert envelope.remarks == [reason]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "us-ascii", "utf-8", "UTF8"])
def test_ascii_is_no_contradiction(encoding: str) -> None:
    found = only(inside(declared(encoding, xml1(HO_TEN="LE THI THU")).encode()))
    assert (found.problems, found.remarks) == ([], [])
    content = around(encoding, xml1(HO_TEN="LE THI THU")).encode()
    assert parse(content)[0].remarks == []


def test_ascii_that_declares_utf_16_is_told() -> None:
    found = only(inside(declared("utf-16", xml1(HO_TEN="LE THI THU")).encode()))
    assert value("XML1", found.xml1, "HO_TEN") == "LE THI THU"
    assert len(found.remarks) == 1


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "windows-1258"])
def test_what_is_as_declared_is_read_as_declared(encoding: str) -> None:
    codec = encoding.replace("windows-", "cp")
    text = xml1(HO_TEN=LATIN_NAME)
    found = only(inside(declared(encoding, text).encode(codec)))
    assert value("XML1", found.xml1, "HO_TEN") == LATIN_NAME
    assert found.remarks == []
    assert name_in(around(encoding, text).encode(codec)) == LATIN_NAME


def test_combining_marks_of_windows_1258_become_letters() -> None:
    decomposed = "Nguyê\u0303n Thị".replace("ị", "i\u0323")
    content = declared("windows-1258", xml1(HO_TEN=decomposed)).encode("cp1258")
    assert name_in(inside(content)) == "Nguyễn Thị"


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_a_mark_wins_over_what_is_declared(mark: str, encoding: str) -> None:
    family = mark.removesuffix("-sig")[:6].rstrip("-")
    found = only(inside(declared(encoding, xml1()).encode(mark)))
    assert value("XML1", found.xml1, "HO_TEN") == NAME
    assert len(found.remarks) == (not family.startswith(encoding))
    content = around(encoding).encode(mark)
    envelope, (dossier_in,) = parse(content)
    assert value("XML1", dossier_in.xml1, "HO_TEN") == NAME
    assert len(envelope.remarks) == (not family.startswith(encoding))


REFUSED = {
    "unknown": (declared("x-klingon", xml1()).encode(), "x-klingon is not accepted"),
    "UTF-7": (declared("utf-7", xml1(HO_TEN="A")).encode(), "utf-7 is not accepted"),
    "codec of Python": (declared("unicode_escape", xml1(HO_TEN="A")).encode(), "not accepted"),
    "a sentence": (declared("a b", xml1()).encode(), "of 3 characters: letters, spaces"),
    "latin-1 said to be ASCII": (
        declared("us-ascii", xml1(HO_TEN=LATIN_NAME)).encode("latin-1"),
        "us-ascii, and the bytes are neither that nor UTF-8",
    ),
    "UTF-8 cut within a letter": (
        declared("utf-16", xml1()).encode().replace("Thử".encode(), "Thử".encode()[:-1]),
        "utf-16, and the bytes are neither that nor UTF-8",
    ),
    "controls in Latin-1": (
        declared("iso-8859-1", xml1(HO_TEN="L\x85 Á")).encode("latin-1"),
        "does not have",
    ),
    "letters that windows-1258 lacks": (
        declared("windows-1258", xml1(HO_TEN="@")).encode().replace(b"@", b"\x8d\xe1"),
        "does not have",
    ),
    "latin-1 said to be UTF-8": (
        declared("utf-8", xml1(HO_TEN=LATIN_NAME)).encode("latin-1"),
        "not well-formed XML",
    ),
    "UTF-16 cut within a letter": (xml1().encode("utf-16")[:-1], "holds bytes that are none"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bytes_of_no_encoding_are_named_and_never_guessed(case: str) -> None:
    data, says = REFUSED[case]
    found = only(inside(data))
    assert [p.rule_id for p in found.problems] == ["F03"]
    assert says in found.problems[0].reason
    assert "ERR_" not in found.problems[0].reason


@pytest.mark.parametrize("case", [case for case in REFUSED if not case.startswith("UTF-16")])
def test_a_file_in_no_encoding_is_refused(case: str) -> None:
    data, says = REFUSED[case]
    table = data.partition(b"?>\r\n")
    whole = (
        table[0]
        + table[1]
        + around("@")
        .partition("\n")[2]
        .encode("ascii", "ignore")
        .replace(b"<TONG_HOP>", table[2].removesuffix(b"</TONG_HOP>") + b"<GHI_CHU>", 1)
        .replace(b"</TONG_HOP>", b"</GHI_CHU></TONG_HOP>", 1)
    )
    with pytest.raises(FileUnreadable) as caught:
        parse(whole)
    assert says in caught.value.reason
    assert "ERR_" not in caught.value.reason


@settings(max_examples=80, deadline=None)
@given(
    name=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"),
                               exclude_characters="\ufffe\uffff<&>\ufeff"), max_size=12),
    encoding=st.sampled_from(UTF_8),
    size=st.integers(1, 64),
)  # fmt: skip
def test_letters_arrive_whatever_is_declared_and_wherever_chunks_are_cut(
    name: str, encoding: str, size: int
) -> None:
    content = around(encoding, xml1(HO_TEN=f"ạ{name}"))
    before = element_stream.CHUNK_BYTES
    try:
        element_stream.CHUNK_BYTES = size
        for data in (content.encode(), content.encode("utf-16"), content.encode("utf-8-sig")):
            claims = ClaimFile(io.BytesIO(data), 64 * MIB, 32 * MIB)
            (found,) = list(claims)
            expected = value("XML1", only(claim_file([dossier(HO_TEN=f"ạ{name}")])).xml1, "HO_TEN")
            assert value("XML1", found.xml1, "HO_TEN") == expected
    finally:
        element_stream.CHUNK_BYTES = before


def test_one_remark_tells_of_all_tables_of_a_dossier() -> None:
    content = declared("utf-16", xml1())
    body = hoso(part("XML1", content), part("XML12", declared("utf-16", "<X>ạ</X>")))
    (remark,) = only(claim_file([body])).remarks
    assert remark.reason.endswith("the bytes are UTF-8, in XML1, XML12")
