"""Which files of a folder or bundle are taken, by their names; and what is said of the others."""

from __future__ import annotations

from health_warehouse.errors import FileNotTaken
from health_warehouse.landing.bundles import is_bundle

UNKNOWN_FILE = "unknown_file"
# Names under which programs write until a file is whole.
_GROWING = (
    ".part",
    ".partial",
    ".tmp",
    ".temp",
    ".filepart",
    ".crdownload",
    ".download",
    ".swp",
    "~",
)
_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini")
# An ending is told only when it is one of these: it may be a part of somebody's name.
_ENDINGS = """
7z accdb avi bak bat bmp bz2 csv dat dbf dcm dll doc docx dump eml exe gif hl7 htm html ini jpeg jpg
js json jsonl log md mdb mp4 msg odt old p7m p7s pdf png ppt pptx ps1 py rar rtf sig sql svg tar tgz
tif tiff tsv txt vbs webp wps xls xlsb xlsm xlsx xsd xsl xz yaml yml zst
"""
_TOLD = frozenset(_ENDINGS.split())


def is_claim_name(name: str) -> bool:
    """Whether a file of that name is read, in any case of letters."""
    return name.lower().endswith(".xml") or is_bundle(name)


def is_passed_over(path: str) -> bool:
    """Whether a name says that the file is hidden, still being written, or of the operating system.
    Senders write `x.part` or `.x.xml`, then rename."""
    *_, name = parts = path.lower().split("/")
    is_hidden = any(part.startswith(".") for part in parts)
    return is_hidden or not name or name in _OF_THE_SYSTEM or name.endswith(_GROWING)


def not_taken(name: str) -> FileNotTaken:
    """What the ledger says of a file that nobody reads. The name itself may be a patient's."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in _TOLD:
        found = f"its name ends in .{ending}"
    else:
        found = "its name has another ending" if ending else "its name has no ending"
    return FileNotTaken(UNKNOWN_FILE, f"not taken: {found}; read are .xml, .zip and .gz")
