"""A real HTTP server on loopback that keeps what it is sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from health_warehouse import loopback


@dataclass(frozen=True)
class Request:
    """`headers` by their names in lower case."""

    verb: str
    headers: dict[str, str]
    body: bytes


@dataclass
class WebhookServer:
    """`answers` are the statuses of the next requests; then it is 200. While it `hangs` it takes
    requests and says nothing."""

    port: int
    received: list[Request] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    hangs: bool = False

    @property
    def url(self) -> str:
        return f"http://{loopback.ADDRESS}:{self.port}/secret-path"


@contextmanager
def webhook_server() -> Iterator[WebhookServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.received.append(Request(self.command, headers, self.rfile.read(length)))
            while state.hangs:
                time.sleep(0.02)
            self.send_response(state.answers.pop(0) if state.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_args: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer((loopback.ADDRESS, 0), Handler) as server:
        state = WebhookServer(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join(10)
