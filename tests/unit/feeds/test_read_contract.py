"""What is wrong in a contract is told with its line, and with what to write instead."""

from __future__ import annotations

import pytest
from contract_texts import PATH, WORKFORCE, changed, line_of, read
from hypothesis import given, settings
from hypothesis import strategies as st

from health_warehouse.feeds.contract import AsOf, Expect, Identity, Sender

_SHAPE = {
    "unknown key": ("owner:", "ownr: x\nowner:", "ownr", "the key 'ownr': write owner"),
    "missing key": ("match: [\"*/nhan_luc_*.jsonl\"]\n", "", "feed", "`match` is missing"),
    "empty key": ("owner: Phòng Tổ chức cán bộ", "owner:", "owner", "nothing is written here"),
    "number for a text": ("owner: Phòng Tổ chức cán bộ", "owner: 12", "owner", "in quotes"),
    "list for a text": ("owner: Phòng Tổ chức cán bộ", "owner: [a]", "owner", "a list stands here"),
    "text for keys": ("title: {vi: Danh sách nhân lực, en: Workforce list}", "title: x", "title",
                      "write keys with values"),
    "one language": (", en: Workforce list", "", "title", "`en` is missing in `title`"),
    "unknown mode": ("mode: snapshot", "mode: snapshots", "mode", "write snapshot"),
    "unknown reader": ("reader: json_lines", "reader: xlsx", "reader", "write one of json_lines"),
    "unknown type": ("label: Mã CSKCB, type: code", "type: varchar", "  facility_code",
                     "write one of text, code"),
    "name in capitals": ("  beds:", "  Beds:", "Beds", "'Beds' is no such name: write a name of"),
    "name with a line end": ("  beds:", '  "beds\\n":', '"beds', "is no such name"),
    "yes for true": ("length: 20", "required: yes", "  licence_number", "write true or false"),
    "length of nothing": ("length: 20", "length: 0", "  licence_number", "below 1"),
    "share above one": ("than: 0.5", "than: 50", "refuse", "above 1"),
    "unknown kind": ("length: 20", "kind: icd10", "  licence_number", "write icd"),
    "due in other words": ("working day 5", "5th", "expect", "for example working day 5"),
    "identity without domain": ("domain: staff, ", "", "identity", "`domain` is missing"),
    "same column twice in a key": ("[licence_number, facility_code]", "[beds, beds]", "document",
                                   "stands twice"),
    "sender of two kinds": ("{column: facility_code}", "{column: beds, fixed: a}", "sender",
                            "too many keys"),
}  # fmt: skip
_SENSE = {
    "key column": ("[licence_number, facility_code]", "[licence_numbr]", "document",
                   "there is no column 'licence_numbr': write licence_number"),
    "partition column": ("[facility_code, as_of]", "[facility, as_of]", "partition", "no column"),
    "column of the day": ("{column: as_of_date}", "{column: day}", "as_of:", "no column 'day'"),
    "column of the sender": ("{column: facility_code}", "{column: who}", "sender", "no column"),
    "column of a person": ("name: full_name", "name: fullname", "identity", "write full_name"),
    "snapshot without partition": ("partition: [facility_code, as_of]\n", "", "mode",
                                   "`partition` is missing"),
    "partition without snapshot": ("mode: snapshot", "mode: append", "partition",
                                   "only a snapshot has a partition"),
    "as of without a source": ("as_of: [{column", "x_of: [{column", "partition",
                               "`as_of` is missing"),
    "name of a file without a month": ("file_name: yyyymmdd", "file_name: yyyy", "as_of:",
                                       "tells no month"),
    "day that is no day": ("{column: as_of_date}", "{column: sex_code}", "as_of:", "is no day"),
    "personal partition": ("[facility_code, as_of]", "[citizen_id, as_of]", "partition",
                           "is personal"),
    "personal day": ("type: date, formats: dd/mm/yyyy", "type: date, personal: personal", "as_of:",
                     "is personal"),
    "personal sender": ("{column: facility_code}", "{column: full_name}", "sender", "is personal"),
    "a name that is not personal": ("label: Họ và tên, personal: personal", "type: text",
                                    "identity", "write `personal: personal` there"),
    "rows compared with those before": ("closed: none\n",
                                        "closed: none\nreplacement: {same_person: true}\n",
                                        "replacement", "versions of rows are not compared"),
    "kind without closed": ("closed: none\n", "", "  sex_code", None),
    "word of SQL": ("  beds:", "  select:", "select", "it is a word of SQL"),
    "column of the loader": ("  beds:", "  file_id:", "file_id", "the loader has a column"),
    "column of Postgres": ("  beds:", "  ctid:", "ctid", "Postgres has a column"),
    "underscore before": ("  beds:", "  _extra:", "_extra", "is no such name"),
    "too long for Postgres": ("  beds:", f"  {'b' * 64}:", "bbbb", "longer than 63 characters"),
    "labels that fold to one": ("label: Số CCCD,", "label: SO  gphn,", "  citizen_id",
                                "is what 'licence_number' is called too"),
    "label that is a name": ("label: Số CCCD,", "label: Beds,", "beds:", "is what 'citizen_id'"),
    "unknown list": ("values: [01, 02]", "list: GIOITINH", "  sex_code", "write GIOI_TINH"),
    "list and values": ("values: [01, 02]", "list: GIOI_TINH, values: [a]", "  sex_code",
                        "keep one of them"),
    "formats of a text": ("length: 20", "formats: dd/mm/yyyy", "  licence_number", "only a date"),
    "format without a year": ("formats: dd/mm/yyyy", "formats: dd/mm", "as_of_date:", "no year"),
    "format of other letters": ("formats: dd/mm/yyyy", "formats: ddd/mm/yyyy", "as_of_date:",
                                "is no form of a date"),
    "bound of a text": ("length: 20", "lowest: 1", "  licence_number", "only a number has a"),
    "bounds crossed": ("lowest: 0, highest: 5000", "lowest: 5, highest: 1", "beds", "exchange"),
    "order with no day": ("not_after: as_of_date", "not_after: sex_code", "birth_date:",
                          "both must be days"),
    "order with nothing": ("not_after: as_of_date", "not_after: day", "birth_date:",
                           "write one of as_of_date"),
}  # fmt: skip


@pytest.mark.parametrize("case", [*_SHAPE.values(), *_SENSE.values()], ids=[*_SHAPE, *_SENSE])
def test_a_mistake_is_told_with_its_line(case: tuple[str, str, str, str | None]) -> None:
    before, after, part, told = case
    text = changed(before, after)
    if told is None:
        text = text.replace("values: [01, 02]", "kind: disease")
        told = "`closed` is missing: codes of disease may tell of a closed class; write `closed:"
    contract, problems = read(text)
    assert contract is None
    fitting = [problem for problem in problems if told in problem.message]
    assert fitting, problems
    assert fitting[0].line == line_of(text, part), fitting
    assert fitting[0].path == PATH


_YAML = {
    "nothing": ("", 1, "a contract is a mapping"),
    "a list": ("- feed: x", 1, "a contract is a mapping"),
    "a key twice": ("feed: x\nowner: a\nowner: b\n", 3, "'owner' stands in line 2 already"),
    "a key twice below": ("feed: x\ntitle:\n  vi: a\n  vi: b\n", 4, "stands in line 3 already"),
    "an anchor": ("feed: &x a\nowner: *x\n", 1, "& and * are not read"),
    "a tag": ("feed: x\nowner: !!python/object:os.system x\n", 2, "the tag"),
    "two documents": ("feed: x\n---\nfeed: y\n", 2, "a file holds one contract"),
    "a tab": ("feed: x\n\towner: y\n", 2, "YAML:"),
    "an open list": ("feed: x\nmatch: [a\n", 2, "YAML:"),
    "too deep": (f"feed: {'[' * 10_000}", 1, "levels"),
    "no UTF-8": (b"feed: x\nowner: \xff\n", 2, "not UTF-8"),
    "a control character": (b"feed: x\nowner: a\x00b\n", 2, "control character"),
    "an escaped one": ('feed: x\nowner: "a\\0b"\n', 2, "control character"),
    "a list for a key": ("feed: x\n? [a]\n: b\n", 2, "a key is one word"),
    "too large": ("#" * 1_000_001, 1, "larger than"),
}


@pytest.mark.parametrize("case", _YAML.values(), ids=_YAML)
def test_what_is_no_plain_yaml_is_told_with_its_line(case: tuple[str | bytes, int, str]) -> None:
    text, line, told = case
    contract, problems = read(text)
    assert contract is None
    assert (line, True) in [(problem.line, told in problem.message) for problem in problems]


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    text = changed("mode: snapshot", "mode: snap").replace("beds:", "select:")
    text = text.replace("citizen_id: citizen_id", "citizen_id: citizen")
    text = text.replace("owner: Phòng", "ownr: Phòng")
    _, problems = read(text)
    lines = [problem.line for problem in sorted(problems)]
    assert lines == [1, 3, 6, 13, line_of(text, "select")]
    assert str(problems[0]).startswith("feeds/village_workers.yml:1: ")


def test_a_right_contract_has_its_values() -> None:
    contract, problems = read(WORKFORCE)
    assert problems == []
    assert contract is not None
    assert contract.document_key == ("licence_number", "facility_code")
    assert contract.as_of == (
        AsOf("column", "as_of_date"),
        AsOf("file_name", "yyyymmdd"),
        AsOf("receipt_month"),
    )
    assert contract.sender == Sender("column", "facility_code")
    assert contract.expect == Expect("facilities active", "month", "working day 5", 3)
    assert contract.identity == Identity(
        "staff", citizen_id="citizen_id", name="full_name", birth="birth_date"
    )
    assert contract.closed is None
    assert contract.table.raw_table == "village_workers"
    assert contract.table.column("licence_number").labels == ("Số GPHN", "Số CCHN")
    assert contract.table.column("sex_code").values == ("01", "02")
    assert contract.table.column("facility_code").label == "Mã CSKCB"


def test_what_may_be_closed_names_its_columns() -> None:
    text = changed("values: [01, 02]", "kind: icd")
    _, problems = read(text.replace("closed: none", "closed: {icd: beds}"))
    assert ["`closed` does not name this column" in one.message for one in problems] == [True]
    contract, problems = read(text.replace("closed: none", "closed: {icd: sex_code}"))
    assert problems == []
    assert contract is not None
    assert contract.closed is not None
    assert contract.closed.icd == ("sex_code",)


_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["none", "village_workers", "beds", "yyyymmdd", "snapshot", "as_of", "sender"]),
)  # fmt: skip
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_KEYS = [line.partition(":")[0] for line in WORKFORCE.splitlines() if not line.startswith(" ")]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_contract_or_problems(content: bytes) -> None:
    _require_answer(content)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_value_at_any_key_is_a_contract_or_problems(data: st.DataObject) -> None:
    import yaml

    written = yaml.safe_load(WORKFORCE)
    for key in data.draw(st.lists(st.sampled_from([*_KEYS, "tables", "fields"]), max_size=3)):
        written[key] = data.draw(_VALUES)
    if isinstance(written["columns"], dict) and "beds" in written["columns"]:
        for key in data.draw(st.lists(st.sampled_from(
            ["meaning", "label", "type", "values", "list", "formats", "not_after", "lowest"]
        ), max_size=2)):  # fmt: skip
            written["columns"]["beds"][key] = data.draw(_VALUES)
    _require_answer(yaml.safe_dump(written, allow_unicode=True).encode("utf-8", "replace"))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(WORKFORCE)),
    st.integers(0, 30),
    st.sampled_from(list(" :{}[]&*!-#'\"\n\tx0")),
)
def test_a_contract_that_was_cut_into_is_a_contract_or_problems(
    at: int, length: int, sign: str
) -> None:
    _require_answer((WORKFORCE[:at] + sign + WORKFORCE[at + length :]).encode())


def _require_answer(content: bytes) -> None:
    contract, problems = read(content)
    assert (contract is None) == bool(problems)
    last = max(len(content.decode("utf-8", "replace").splitlines()), 1)
    assert all(1 <= problem.line <= last for problem in problems), problems
