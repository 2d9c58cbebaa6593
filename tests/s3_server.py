"""A real S3 server (moto's) on loopback, in a process of its own."""

from __future__ import annotations

import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import boto3

from health_warehouse.loopback import free_port

KEY, SECRET = "AKIAPROVINCE", "correct horse"
_START_SECONDS = 60  # importing moto takes 5 s on two busy cores
_SERVE = """
import sys
from moto.server import main
sys.exit(main(["-H", "127.0.0.1", "-p", sys.argv[1]]))
"""


@dataclass(frozen=True)
class S3Server:
    """`client` is boto3's, with which tests put what senders would."""

    port: int
    client: Any

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving() -> Iterator[S3Server]:
    """A server for as long as the context lasts."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )
        yield S3Server(port, client)
        client.close()
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("moto's server did not start")


@contextmanager
def cut_short(server: S3Server, after_bytes: int) -> Iterator[str]:
    """The endpoint of a line to the server that breaks once an answer exceeds so many bytes."""

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", server.port)) as inner:
                threading.Thread(target=_pass_on, args=(self.request, inner), daemon=True).start()
                _pass_on(inner, self.request, after_bytes)

    with _listening(Line) as endpoint:
        yield endpoint


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """The endpoint of a server that gives this one answer to whatever it is asked."""

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(answer)

    with _listening(Line) as endpoint:
        yield endpoint


@contextmanager
def _listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as listener:
        listener.daemon_threads = True
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.server_address[1]}"
        finally:
            listener.shutdown()
            thread.join()


def _pass_on(source: socket.socket, target: socket.socket, after_bytes: int | None = None) -> None:
    passed = 0
    with suppress(OSError):
        while data := source.recv(65536):
            passed += len(data)
            if after_bytes is not None and passed > after_bytes:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)
