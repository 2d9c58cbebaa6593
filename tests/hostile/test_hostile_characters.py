"""Values come back to the last character, however they were written.

Traps of lxml that would change one without a word: `.text` ends at a comment, entities vanish,
CDATA splits a value, a bare carriage return becomes a line feed.
"""

from __future__ import annotations

import base64
import io
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_files import claim_file, hoso, part, xml1
from health_warehouse.sources.claims.dossier import Dossier
from health_warehouse.sources.claims.parse import ClaimFile
from health_warehouse.sources.claims.schema import TABLES

MIB = 1024 * 1024
NOTE = [field.name for field in TABLES["XML1"].fields].index("GHI_CHU")

# what XML 1.0 can hold: no control characters but tab, line feed, carriage return
LETTERS = st.characters(
    exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff", include_characters="\t\n\r"
)
TEXTS = st.text(
    st.one_of(LETTERS, st.sampled_from("&<>\"';\\\t\n\r \u00a0\u0301\u0323ếỰ]-?!#")), max_size=30
)


def read_note(written: str, *, nested: bool) -> str | None:
    content = xml1("A1", GHI_CHU="@").replace(
        "<GHI_CHU>@</GHI_CHU>", f"<GHI_CHU>{written}</GHI_CHU>"
    )
    (found,) = _dossiers(claim_file([hoso(part("XML1", content, nested=nested))]))
    assert found.problems == []
    assert found.xml1 is not None
    return found.xml1[NOTE]


def _dossiers(content: bytes) -> list[Dossier]:
    return list(ClaimFile(io.BytesIO(content), 64 * MIB, 32 * MIB))


def _reference(text: str) -> str:
    return "".join(f"&#{ord(letter)};" for letter in text)


def _hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(letter):x};" for letter in text)


def _escaped(text: str) -> str:
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
    return "".join(named.get(letter, letter) for letter in text)


def _cdata(text: str) -> str:
    # `]]>` cannot stand in one section, nor can a bare carriage return survive in it
    pieces = text.replace("]]>", "]]]]><![CDATA[>").split("\r")
    return "&#13;".join(f"<![CDATA[{piece}]]>" for piece in pieces)


WRITERS = [_escaped, _reference, _hexadecimal, _cdata]
NOISE = ["<!-- <GHI_CHU> & -->", "<!---->", "<?cut here & now?>", "<![CDATA[]]>"]
# a piece of text as (text, how it is written)
PIECES = st.one_of(
    st.builds(lambda text, write: (text, write(text)), TEXTS, st.sampled_from(WRITERS)),
    st.sampled_from(NOISE).map(lambda noise: ("", noise)),
)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=8), nested=st.booleans())
def test_a_text_comes_back_however_it_is_written(
    pieces: list[tuple[str, str]], nested: bool
) -> None:
    text = "".join(piece for piece, _ in pieces)
    written = "".join(piece for _, piece in pieces)
    assert read_note(written, nested=nested) == normalize("NFC", text)


@pytest.mark.parametrize("nested", [True, False])
def test_every_letter_of_the_first_plane_comes_back(nested: bool) -> None:
    letters = [chr(code) for code in range(0x20, 0xFFFE) if not 0xD800 <= code <= 0xDFFF]
    # an ASCII letter between two of them, so that marks do not pile up
    text = "\t\n\r" + "x".join(letters)
    assert read_note(_escaped(text), nested=nested) == normalize("NFC", text)


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12<!-- -->34", "1234"),
        ("<!-- -->1234", "1234"),
        ("1234<!-- -->", "1234"),
        ("1<!---->2<!---->3", "123"),
        ("12<?a b?>34", "1234"),
        ("1&amp;5", "1&5"),
        ("1&#38;5", "1&5"),
        ("&amp;amp;", "&amp;"),
        ("1&lt;5&gt;3", "1<5>3"),
        ("<![CDATA[1]]>2<![CDATA[3]]>", "123"),
        ("<![CDATA[<a>&amp;</a>]]>", "<a>&amp;</a>"),
        ("<![CDATA[]]>", ""),
        ("a\r\nb\rc", "a\nb\nc"),  # XML 1.0 §2.11: line ends are one line feed
        ("a&#13;&#10;b&#13;c", "a\r\nb\rc"),
        ("\n  a  \n", "\n  a  \n"),
        ("&#x1D518;", "\U0001d518"),
    ],
)
def test_markup_in_a_value_neither_cuts_nor_changes_it(
    written: str, read: str, nested: bool
) -> None:
    assert read_note(written, nested=nested) == read


ENCODINGS = {
    "utf-8": "",
    "utf-8-sig": "",
    "utf-16": "",
    # without its mark UTF-16 is known by `<?` alone
    "utf-16-le": '<?xml version="1.0" encoding="utf-16"?>',
    "utf-16-be": '<?xml version="1.0" encoding="UTF-16BE"?>',
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_gives_the_same_letters(encoding: str) -> None:
    text = "Nguyễn Thị Ước — 𝔘 ①"
    table = xml1("A1", GHI_CHU=text)
    inner = base64.b64encode(f"{ENCODINGS[encoding]}{table}".encode(encoding)).decode()
    document = claim_file([hoso(part("XML1", table, nested=True))]).decode().partition("\n")[2]
    files = (
        claim_file([hoso(part("XML1", "@").replace(base64.b64encode(b"@").decode(), inner))]),
        f"{ENCODINGS[encoding]}{document}".encode(encoding),
    )
    for file in files:
        (found,) = _dossiers(file)
        assert found.problems == []
        assert found.xml1 is not None
        assert found.xml1[NOTE] == text
