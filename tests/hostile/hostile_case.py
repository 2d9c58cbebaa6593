"""What a hostile or broken file is, how it is written, and what must become of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from claim_files import hoso, part
from good_dossiers import between_neighbours, dossier_of, good, tables

Outcome = Literal["refused", "quarantined", "flagged", "loaded"]
FileMaker = Callable[[str], bytes]
DossierMaker = Callable[[str], str]


@dataclass(frozen=True)
class Case:
    """One file. `name` is the stem of its file name and MA_LK of the dossier that it is about.

    refused: the file has no dossier; its one finding is of `rule` and says `says`.
    quarantined: so is the dossier, by a finding of `rule` at `table`, `line`, `field` that says
    `says`; the dossiers before and after it load.
    flagged: as quarantined, but all of its dossiers load.
    loaded: so are all of its dossiers, without a finding of `rule`; `kept` are columns of XML1 as
    they must be, to the last character.
    `table`, `line`, `field`: None is not compared.
    """

    name: str
    make: FileMaker
    outcome: Outcome
    rule: str = ""
    says: tuple[str, ...] = ()
    table: str | None = None
    line: int | None = None
    field: str | None = None
    kept: Mapping[str, str] | None = None
    is_heavy: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.name}.xml"

    def content(self) -> bytes:
        return self.make(self.name)


def refused(
    name: str, make: FileMaker, *says: str, rule: str = "F01", is_heavy: bool = False
) -> Case:
    return Case(name, make, "refused", rule, says, is_heavy=is_heavy)


def quarantined(
    name: str,
    make: DossierMaker,
    *says: str,
    rule: str = "F03",
    table: str | None = None,
    line: int | None = None,
    field: str | None = None,
    is_heavy: bool = False,
) -> Case:
    return Case(
        name, between(make), "quarantined", rule, says, table, line, field, is_heavy=is_heavy
    )


def loaded(name: str, make: DossierMaker, *, is_heavy: bool = False, **kept: str) -> Case:
    """Column names of `kept` as keywords, e.g. `GHI_CHU="…"`."""
    columns = {column.lower(): value for column, value in kept.items()}
    return Case(name, between(make), "loaded", kept=columns, is_heavy=is_heavy)


def kept_text(name: str, value: str) -> Case:
    """A dossier with `value` as its note, which must arrive to the last character."""
    return loaded(name, with_field("XML1", "GHI_CHU", escaped(value)), GHI_CHU=value)


# ---------- files


def between(make: DossierMaker) -> FileMaker:
    return lambda name: between_neighbours(name, make(name))


def literal(content: bytes) -> FileMaker:
    return lambda _name: content


def altered(old: str | bytes, new: str | bytes, *, everywhere: bool = False) -> FileMaker:
    """A file of three good dossiers, of which the first `old` is replaced."""

    def make(name: str) -> bytes:
        content = between(good)(name)
        before = old.encode() if isinstance(old, str) else old
        after = new.encode() if isinstance(new, str) else new
        assert before in content
        return content.replace(before, after, -1 if everywhere else 1)

    return make


def recoded(encoding: str, declared: str | None = None) -> FileMaker:
    """A good file in another encoding, declared as such."""

    def make(name: str) -> bytes:
        text = between(good)(name).decode()
        return text.replace('"utf-8"', f'"{declared or encoding}"', 1).encode(encoding)

    return make


def cut(keep: float) -> FileMaker:
    """The first part of a good file."""

    def make(name: str) -> bytes:
        content = between(good)(name)
        return content[: int(len(content) * keep)]

    return make


# ---------- dossiers


def changed(table: str, old: str, new: str) -> DossierMaker:
    """The good dossier, with the first `old` of a table replaced."""

    def make(name: str) -> str:
        texts = tables(name)
        assert old in texts[table]
        return dossier_of({**texts, table: texts[table].replace(old, new, 1)})

    return make


def with_field(table: str, name: str, markup: str) -> DossierMaker:
    """The good dossier, with the markup of one value in the first row of a table."""

    def make(ma_lk: str) -> str:
        texts = tables(ma_lk)
        element = f"<{name}>{markup}</{name}>"
        pattern = f"<{name}>[^<]*</{name}>"
        text, count = re.subn(pattern, lambda _: element, texts[table], count=1)
        if not count:
            text = re.sub("<STT>", lambda _: f"{element}<STT>", texts[table], count=1)
        return dossier_of({**texts, table: text})

    return make


def with_bytes(table: str, encode: Callable[[str], bytes]) -> DossierMaker:
    """The good dossier, with other bytes under the base64 of a table."""

    def make(name: str) -> str:
        texts = tables(name)
        body = base64.b64encode(encode(texts[table])).decode()
        return _with_markup(texts, table, body)

    return make


def with_content(table: str, change: Callable[[str], str]) -> DossierMaker:
    """The good dossier, with other markup in NOIDUNGFILE of a table; `change` gets the base64."""

    def make(name: str) -> str:
        texts = tables(name)
        body = base64.b64encode(texts[table].encode()).decode()
        return _with_markup(texts, table, change(body))

    return make


def with_parts(change: Callable[[dict[str, str]], str]) -> DossierMaker:
    """`change` writes the inside of HOSO from the tables of the good dossier."""
    return lambda name: hoso(change(tables(name)))


def _with_markup(texts: Mapping[str, str], table: str, markup: str) -> str:
    return hoso(
        *(
            f"<FILEHOSO><LOAIHOSO>{name}</LOAIHOSO><NOIDUNGFILE>{markup}</NOIDUNGFILE></FILEHOSO>"
            if name == table
            else part(name, text)
            for name, text in texts.items()
        )
    )


def escaped(value: str) -> str:
    """As text of XML; a bare carriage return would come back as a line feed (XML 1.0 §2.11)."""
    return escape(value, {"\r": "&#13;"})
