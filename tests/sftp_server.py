"""A real SFTP server on loopback whose files are a folder, and which can be told to misbehave."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "province", "correct horse"


@dataclass
class SftpServer:
    """`host_keys` are shown in this order; `reads` counts reads of bytes; `before_read`, when set,
    is called with each file's path before the server answers, and may raise or call `drop`."""

    root: Path
    host_keys: list[asyncssh.SSHKey]
    client_key: asyncssh.SSHKey
    port: int = 0
    reads: list[str] = field(default_factory=list)
    before_read: Callable[[str], None] | None = None
    _connections: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}/"

    def public_key(self, place: int = 0) -> str:
        return self.host_keys[place].export_public_key().decode().strip()

    def drop(self) -> None:
        """Cut every connection in the middle, without a farewell. Called on the server's thread."""
        for connection in self._connections:
            connection.abort()
        self._connections.clear()


def _handlers(server: SftpServer) -> tuple[type[asyncssh.SSHServer], type[asyncssh.SFTPServer]]:
    class Login(asyncssh.SSHServer):
        def connection_made(self, conn: Any) -> None:
            server._connections.append(conn)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (USER, PASSWORD)

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return username == USER and key == server.client_key.convert_to_public()

    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: Any) -> None:
            super().__init__(chan, chroot=os.fsencode(server.root))

        def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            server.reads.append(os.fsdecode(file_obj.name))
            if server.before_read is not None:
                server.before_read(server.reads[-1])
            return bytes(super().read(file_obj, offset, size))

    return Login, Files


@contextmanager
def serving(root: Path) -> Iterator[SftpServer]:
    """A server for as long as the context lasts, on a thread of its own."""
    keys = [asyncssh.generate_private_key(kind) for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256")]
    server = SftpServer(root, keys, asyncssh.generate_private_key("ssh-ed25519"))
    login, files = _handlers(server)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=login, server_host_keys=keys, sftp_factory=files
        )

    async def close() -> None:
        acceptor.close()
        server.drop()
        await acceptor.wait_closed()

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(30)
    server.port = acceptor.get_port()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
