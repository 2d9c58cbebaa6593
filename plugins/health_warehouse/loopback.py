"""TCP ports of this machine's loopback address: free or taken, and by whom."""

from __future__ import annotations

import socket
import time

import psutil

ADDRESS = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback address now."""
    with socket.socket() as probe:
        # As servers do: a connection of yesterday's server in TIME_WAIT does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def becomes_free(port: int, seconds: float) -> bool:
    """Whether `port` is free, now or within so many seconds."""
    deadline = time.monotonic() + seconds
    while not (free := is_free(port)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return free


def free_port() -> int:
    """A port that nobody uses at this moment, chosen by the kernel."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def next_free_port(start: int) -> int:
    """The first free port from `start` on, so that neighbours stay recognisable."""
    return next((port for port in range(start, 65536) if is_free(port)), free_port())


def holder(port: int) -> str:
    """Who listens on `port`, for a message: program and process id, as far as we may know."""
    try:
        listening = [
            connection.pid
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
        ]
        pid = next((pid for pid in listening if pid), None)
        return "another user's process" if pid is None else f"{psutil.Process(pid).name()} ({pid})"
    except psutil.Error:
        return "another user's process"
