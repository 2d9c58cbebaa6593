"""A list as text: csv of several programs."""

from __future__ import annotations

import csv
from io import StringIO

from health_warehouse.feeds.contract import Contract
from health_warehouse.synthetic.lists.hands import Hand
from health_warehouse.synthetic.lists.sheets import Sheet
from health_warehouse.synthetic.lists.spelling import cell, columns_of, label
from health_warehouse.synthetic.lists.vietnamese_bytes import encoded


def text_file(contract: Contract, sheet: Sheet, hand: Hand) -> bytes:
    """The file, in the hand's encoding."""
    columns = columns_of(contract, hand, sheet.rows)
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=hand.delimiter, lineterminator="\r\n")
    if hand.has_title:
        writer.writerow(["SỞ Y TẾ"])
        writer.writerow([sheet.title.upper()])
        writer.writerow([f"Thời điểm báo cáo: {sheet.as_of:%d/%m/%Y}"])
        writer.writerow([])
    writer.writerow(label(column, hand).replace("\n", " ") for column in columns)
    for row in sheet.rows:
        writer.writerow(
            ""
            if (value := cell(column, row.get(column.name), hand, contract.locale)) is None
            else value
            for column in columns
        )
    return encoded(text.getvalue(), hand.encoding)


def line_of(hand: Hand, place: int) -> int:
    """The line of the text (from 1) of the list's row at `place` (from 0)."""
    return (4 if hand.has_title else 0) + place + 2
