"""Valid files, damaged at random: the parser yields dossiers or raises FileUnreadable, in no time.

Bytes are damaged anywhere; structure (elements, attributes, values) where it hurts most. The
dossier before the damage keeps its values. Failures are repeated by their seed.
"""

from __future__ import annotations

import base64
import io
import random
import re
import time
from collections.abc import Callable

import pytest

from claim_files import check_in_file, claim_file
from good_dossiers import dossier_of, good, tables
from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims.check_ins import read_check_ins
from health_warehouse.sources.claims.dossier import Dossier
from health_warehouse.sources.claims.parse import ClaimFile

MIB = 1024 * 1024
MAX_SECONDS = 5.0

FIRST = good("first")
VALID = {
    "base64": claim_file([FIRST, good("second"), good("third")]),
    "nested": claim_file([FIRST, *(dossier_of(tables(n), nested=True) for n in ("a", "b"))]),
}
BEFORE = VALID["base64"].index(FIRST.encode()) + len(FIRST.encode())
SNIPPETS = [
    b"<", b">", b"&", b"'", b'"', b"=", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x", b"?>",
    b"/>", b"</HOSO>", b"<HOSO>", b"<HOSO/>", b"</FILEHOSO>", b"<FILEHOSO/>", b"</GIAMDINHHS>",
    b"<LOAIHOSO>XML1</LOAIHOSO>", b"<MACSKCB>1</MACSKCB>", b"<MA_LK>x</MA_LK>", b"<TONG_HOP/>",
    b"<CHUKYDONVI/>", b"&#0;", b"&#x1f;", b"&lol;", b"&#xfffe;", b"\0", b"\x1e", b"\x1f", b"\x80",
    b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xcc\x80" * 40,
    b"<!DOCTYPE x>", b'<?xml version="1.0"?>', b' xsi:nil="true"', b' xmlns="urn:x"', b" a='b'",
    b"A" * 3000, b"\r", b"\\N", b"\\.", b"\t",
]  # fmt: skip


def _span(chance: random.Random, content: bytes, longest: int) -> tuple[int, int]:
    start = chance.randrange(len(content))
    return start, min(len(content), start + chance.randint(1, longest))


def _flip(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def _insert(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + chance.choice(SNIPPETS) + content[at:]


def _delete(chance: random.Random, content: bytes) -> bytes:
    start, end = _span(chance, content, 400)
    return content[:start] + content[end:]


def _double(chance: random.Random, content: bytes) -> bytes:
    start, end = _span(chance, content, 2000)
    return content[:end] + content[start:]


def _move(chance: random.Random, content: bytes) -> bytes:
    start, end = _span(chance, content, 500)
    rest = content[:start] + content[end:]
    at = chance.randint(0, len(rest))
    return rest[:at] + content[start:end] + rest[at:]


def _cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def _rename(chance: random.Random, content: bytes) -> bytes:
    """One element under the name of another."""
    names = sorted(set(re.findall(rb"<([A-Z_0-9]+)>", content))) or [b"X"]
    old, new = chance.choice(names), chance.choice(names)
    return content.replace(b"<%b>" % old, b"<%b>" % new, 1).replace(
        b"</%b>" % old, b"</%b>" % new, chance.randint(0, 1)
    )


def _inside(chance: random.Random, content: bytes) -> bytes:
    """The same damage to what is under base64."""
    bodies = list(re.finditer(rb"<NOIDUNGFILE>((?:[A-Za-z0-9+/]{4})+)", content))
    if not bodies:
        return content
    body = chance.choice(bodies)
    text = base64.b64decode(body[1])
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(DAMAGES[:-1])(chance, text) or b"x"
    return content[: body.start(1)] + base64.b64encode(text) + content[body.end(1) :]


Damage = Callable[[random.Random, bytes], bytes]
DAMAGES: list[Damage] = [_flip, _insert, _delete, _double, _move, _cut, _rename, _inside]


def damaged(seed: int, form: str, *, spare_first: bool) -> bytes:
    """A valid file with one to six damages; `spare_first` leaves the first dossier alone."""
    chance = random.Random(seed)
    content = VALID[form]
    kept, content = (content[:BEFORE], content[BEFORE:]) if spare_first else (b"", content)
    for _ in range(chance.randint(1, 6)):
        content = chance.choice(DAMAGES)(chance, content) or b"<"
    return kept + content


def parse(content: bytes, refusals: list[FileUnreadable]) -> list[Dossier]:
    """The dossiers that were read before the file ended, or was refused."""
    found: list[Dossier] = []
    try:
        for dossier in ClaimFile(io.BytesIO(content), 64 * MIB, 32 * MIB):
            found.append(dossier)
    except FileUnreadable as error:
        refusals.append(error)
    return found


EXPECTED = parse(VALID["base64"], [])[0]


def _try(seeds: range) -> None:
    kept = 0
    refusals: list[FileUnreadable] = []
    for seed in seeds:
        spare_first = seed % 2 == 0
        content = damaged(seed, "nested" if seed % 3 == 0 else "base64", spare_first=spare_first)
        begun = time.process_time()
        try:
            found = parse(content, refusals)
        except Exception as error:
            raise AssertionError(f"seed {seed} raises {type(error).__name__}") from error
        assert time.process_time() - begun < MAX_SECONDS, f"seed {seed} takes long"
        if spare_first and found:
            kept += 1
            assert found[0] == EXPECTED, f"seed {seed}: the first dossier has changed"
        for dossier in found:
            assert all(problem.reason for problem in dossier.problems), f"seed {seed}"
            assert dossier.dossier_id or dossier.problems, f"seed {seed}: no id and no reason"
    assert {error.rule_id for error in refusals} <= {"F01", "F03", "F08"}
    assert all(error.reason for error in refusals)
    # neither harmless nor hopeless: else nothing was tried
    assert 0.2 < len(refusals) / len(seeds) < 0.9
    assert kept > len(seeds) * 0.4


def test_damaged_files_give_dossiers_or_a_reason() -> None:
    _try(range(1500))


def test_damaged_check_ins_give_rows_or_a_reason() -> None:
    valid = check_in_file([{"MA_LK": f"A{n}", "STT": "1", "HO_TEN": "Thử"} for n in range(20)])
    refused = 0
    for seed in range(1000):
        chance = random.Random(seed)
        content = valid
        for _ in range(chance.randint(1, 4)):
            content = chance.choice(DAMAGES)(chance, content) or b"<"
        try:
            for read in read_check_ins(io.BytesIO(content), MIB, MIB):
                assert (read.row is None) == (read.problem is not None), f"seed {seed}"
        except FileUnreadable:
            refused += 1
        except Exception as error:
            raise AssertionError(f"seed {seed} raises {type(error).__name__}") from error
    assert 100 < refused < 990


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_damaged_files_give_dossiers_or_a_reason_for_long() -> None:
    """200 seeds a second on one core: a quarter of an hour."""
    _try(range(1500, 200_000))
