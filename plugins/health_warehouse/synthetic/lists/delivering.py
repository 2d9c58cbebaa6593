"""The lists of a world as files, with labels of what was broken in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.contract import Contract
from health_warehouse.synthetic.activity import Activity
from health_warehouse.synthetic.injected import LabelFile
from health_warehouse.synthetic.lists.consequences import consequences
from health_warehouse.synthetic.lists.damage import Damage, label
from health_warehouse.synthetic.lists.hands import HANDS, Hand
from health_warehouse.synthetic.lists.sending import sheets
from health_warehouse.synthetic.lists.sheets import Row, Sheet
from health_warehouse.synthetic.lists.spelling import label as label_of
from health_warehouse.synthetic.lists.texts import line_of, text_file
from health_warehouse.synthetic.lists.vietnamese_bytes import encoded
from health_warehouse.synthetic.lists.workbooks import row_of, workbook
from health_warehouse.synthetic.moments import at, unix_seconds
from health_warehouse.synthetic.whole_files import open_whole
from health_warehouse.synthetic.world.creation import World

FEED_LABELS = "feed_labels.csv"
FEEDS = (
    "facility_registry", "commune_station", "workforce", "posts", "rotation", "population",
    "insurance_membership", "hospital_activity_month",
)  # fmt: skip


@dataclass
class Written:
    """What was written."""

    files: Counter[str] = field(default_factory=Counter)
    """By feed."""
    rows: Counter[str] = field(default_factory=Counter)
    defects: Counter[str] = field(default_factory=Counter)
    """By kind."""
    hands: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By feed and name of the hand."""


def write_feeds(
    world: World,
    counted: Activity,
    out: Path,
    contracts: Mapping[str, Contract] | None = None,
) -> Written:
    """Write OUT/<feed>/<list> for the eight feeds, and OUT/feed_labels.csv.

    `counted`: what the world's claims say that was done. `contracts`: how the columns are called;
    ours when there are none. The same world writes the same bytes and times. Files appear under
    their names only when whole.
    """
    known = built_in() if contracts is None else contracts
    damage, written = Damage(world.size.seed, world.size.claims.defects), Written()
    spares = _spares(world)
    out.mkdir(parents=True, exist_ok=True)
    with open_whole(out / FEED_LABELS) as binary:
        labels = LabelFile(binary)
        damaged = [
            (sheet, damage.damage(known[sheet.feed], sheet, spares.get(sheet.feed, _spares_none)))
            for sheet in sheets(world, counted)
        ]
        beside = consequences(damaged, known) if any(done for _, done in damaged) else {}
        for number, (sheet, done) in enumerate(damaged):
            contract = known[sheet.feed]
            hand = _hand(contract, sheet, written.files[sheet.feed])
            name = f"{sheet.stem}.{hand.form}"
            _write(out / sheet.feed, name, contract, sheet, hand)
            told = [*done, *beside.get(number, ())]
            for each in sorted(told, key=lambda one: one.place):
                line = partial(row_of if hand.form == "xlsx" else line_of, hand)
                labels.add(label(contract, sheet, name, line, each))
                written.defects[each.kind.name] += 1
            written.files[sheet.feed] += 1
            written.rows[sheet.feed] += len(sheet.rows)
            written.hands[sheet.feed, hand.name] += 1
    return written


def _write(folder: Path, name: str, contract: Contract, sheet: Sheet, hand: Hand) -> None:
    content = (workbook if hand.form == "xlsx" else text_file)(contract, sheet, hand)
    folder.mkdir(parents=True, exist_ok=True)
    received_at = unix_seconds(at(sheet.sent_on.toordinal(), 8 + len(name) % 9, len(content) % 60))
    with open_whole(folder / name, received_at) as file:
        file.write(content)


def _hand(contract: Contract, sheet: Sheet, number: int) -> Hand:
    """Another one for each file of a feed, as far as it has the letters."""
    first = FEEDS.index(sheet.feed) + 1 + number
    for step in range(len(HANDS)):
        hand = HANDS[(first + step) % len(HANDS)]
        if hand.encoding != "cp1258" or is_writable(contract, hand):
            return hand
    raise AssertionError("a hand writes all letters")


def is_writable(contract: Contract, hand: Hand) -> bool:
    """Whether the encoding of the hand has every letter of the labels."""
    try:
        for column in contract.table.columns:
            encoded(label_of(column, hand), hand.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _spares(world: World) -> dict[str, Callable[[Row, bool], bool]]:
    """Rows that others need: what is set aside (True), or gets another key, would be missed."""
    with_points = {unit.parent_code for unit in world.units}
    sent = {each.worker.citizen_id for each in world.assignments}
    return {
        "facility_registry": lambda row, _: row["facility_type"] != "pharmacy",
        "commune_station": lambda row, is_set_aside: (
            row["unit_code"] in with_points or (is_set_aside and row["unit_kind"] == "station")
        ),
        "workforce": lambda row, _: (
            row["citizen_id"] in sent
            or row["other_facilities"] is not None
            or str(row["licence_no"]).endswith("CM-CCHN")
        ),
    }


def _spares_none(row: Row, is_set_aside: bool) -> bool:
    del row, is_set_aside
    return False
