"""Names that senders may give a file, and what may lie in an inbox beside files."""

from __future__ import annotations

import os
import socket
from pathlib import Path

# all of them hold a good dossier, which must load
HOSTILE_NAMES = [
    "a%2f..%2f..%2fetc%2fpasswd.xml",
    "a\\..\\..\\windows\\system.xml",
    "C:\\claims.xml",
    "a b  c.xml",
    " .xml",
    "-rf.xml",
    "a\nb\tc\r.xml",
    "a\x1b[2J\x07.xml",
    "'; drop table raw.claims_xml1; --.xml",
    "$(reboot) `reboot` ${HOME} ~ * ? [a].xml",
    "%s %(x)s {batch} {0} :name.xml",
    "=cmd|' c'!A1.xml",
    "<img src=x onerror=alert(1)>&amp;.xml",
    "zip::file:etc.xml",
    "s3:bucket.xml",
    "a.xml.xml",
    "A.XML",
    "tên có dấu Việt.xml",
    "te\u0302n.xml",
    "\u202elmx.exe.xml",
    "\u200b\ufeff.xml",
    "😀.xml",
    os.fsdecode(b"\xff\xfe\x80.xml"),
    "n" * 251 + ".xml",
]


def leave_other_things(inbox: Path, secret: Path) -> list[str]:
    """Links, folders, pipes and sockets under names of claim files; returns the names."""
    (inbox / "link.xml").symlink_to(secret)
    (inbox / "dangling.xml").symlink_to(inbox / "nothing")
    (inbox / "loop.xml").symlink_to(inbox / "loop.xml")
    (inbox / "linked_folder").symlink_to(secret.parent)
    (inbox / "folder.xml").mkdir()
    os.mkfifo(inbox / "pipe.xml")
    with socket.socket(socket.AF_UNIX) as listener:
        folder = Path.cwd()
        os.chdir(inbox)  # the address of a socket has 108 bytes at most
        try:
            listener.bind("socket.xml")
        finally:
            os.chdir(folder)
    names = ("link.xml", "dangling.xml", "loop.xml", "folder.xml", "pipe.xml", "socket.xml")
    return [*names, secret.name]
