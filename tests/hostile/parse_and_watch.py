"""Parse the whole corpus from memory and report every file, socket or process that was opened.

Three watchers, none of which needs privileges: audit hooks of Python, inotify on the file that
hostile files point at (it sees what libxml2 opens in C), and a listener on the loopback that a DTD
points at. Prints JSON: {"parsed": n, "audited": […], "opened": n, "connected": n}.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import socket
import sys
from contextlib import suppress

from bombs import SECRET
from corpus import CASES

from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims.check_ins import is_check_in_file, read_check_ins
from health_warehouse.sources.claims.parse import ClaimFile

MIB = 1024 * 1024
WATCHED = ("open", "os.", "socket.", "subprocess.", "urllib.", "ctypes.dlopen", "shutil.", "glob.")
IN_OPEN = 0x20


def parse(content: bytes) -> None:
    stream = io.BytesIO(content)
    with suppress(FileUnreadable):
        if is_check_in_file(stream):
            list(read_check_ins(stream, 64 * MIB, 32 * MIB))
        else:
            list(ClaimFile(stream, 64 * MIB, 32 * MIB))


def main() -> None:
    contents = [case.content() for case in CASES if not case.is_heavy]
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/".encode()
    contents += [
        c.replace(b"http://127.0.0.1:9/", address) for c in contents if b"127.0.0.1:9" in c
    ]
    for content in contents:
        parse(content)  # once unwatched: Python imports codecs when they are first used
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(watch, os.fsencode(SECRET), IN_OPEN) > 0
    SECRET.read_bytes()
    assert os.read(watch, 4096), "the watcher sees nothing"
    audited: list[str] = []
    watching = True

    def hook(event: str, _arguments: object) -> None:
        if watching and event.startswith(WATCHED):
            audited.append(event)

    sys.addaudithook(hook)
    for content in contents:
        parse(content)
    watching = False
    report = {
        "parsed": len(contents),
        "audited": audited,
        "opened": _events(watch),
        "connected": _connections(listener),
    }
    sys.stdout.write(json.dumps(report))


def _events(watch: int) -> int:
    with suppress(BlockingIOError):
        return len(os.read(watch, 4096))
    return 0


def _connections(listener: socket.socket) -> int:
    with suppress(BlockingIOError):
        listener.accept()
        return 1
    return 0


if __name__ == "__main__":
    main()
