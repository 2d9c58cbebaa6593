"""An inbox on an SFTP server, whose host key is known beforehand. Read only.

Of the connection: `login`, `password`, `host` and `port` (those of the URL win), and in `extra`
`host_key` (required; one or several lines as in known_hosts, without the names), `private_key`
(text of the key file) and `private_key_passphrase`: the names that Airflow's SSH connections use.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import SplitResult

import asyncssh
from sshfs import SSHFileSystem

from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.inbox_connection import InboxConnection

_PORT = 22
_CONNECT_SECONDS = 15
_LOGIN_SECONDS = 30
_ALIVE_SECONDS = 15  # asyncssh gives up after three questions without an answer


class SftpInbox(SSHFileSystem):  # type: ignore[misc]
    """sshfs with whole URLs as names. An instance has one connection and is not shared: fsspec
    would hand out an instance again whose connection is lost."""

    cachable = False

    def __init__(self, host: str, *, port: int, **options: Any) -> None:
        super().__init__(host, port=port, **options)
        self._base = f"sftp://{host}" + (f":{port}" if port != _PORT else "")

    def unstrip_protocol(self, name: str) -> str:
        return self._base + str(self._strip_protocol(name))

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        """Paths only, absolute: a name may hold `://` or `#`, which sshfs would take for a URL."""
        return path.rstrip("/") or "/"


def open_sftp(url: SplitResult, connection: InboxConnection) -> SftpInbox:
    """Connect and log in. Raises ConfigurationError, and what asyncssh raises."""
    if url.password is not None:
        raise ConfigurationError(
            "WAREHOUSE_INBOX holds a password and is shown in logs; put it into the connection"
        )
    host = url.hostname or connection.host
    if not host:
        raise ConfigurationError("neither WAREHOUSE_INBOX nor its connection names a host")
    private_key = connection.extra.get("private_key")
    if not (connection.secret or private_key):
        raise ConfigurationError(f"no password and no private_key for the inbox at {host}")
    asyncssh.set_log_level("WARNING")  # ten lines per connection otherwise, every minute
    return SftpInbox(
        host,
        port=url.port or connection.port or _PORT,
        username=url.username or connection.login,
        password=connection.secret,
        client_keys=[_private_key(connection)] if private_key else None,
        known_hosts=(_host_keys(connection), [], []),
        agent_path=None,  # what else lies on this machine, keys or settings, is not asked
        config=None,
        connect_timeout=_CONNECT_SECONDS,
        login_timeout=_LOGIN_SECONDS,
        keepalive_interval=_ALIVE_SECONDS,
        sftp_client_kwargs={"path_errors": "surrogateescape"},  # names of odd bytes are senders'
    )


def _host_keys(connection: InboxConnection) -> list[asyncssh.SSHKey]:
    """The keys of which the server must show one. Several: while it changes from one to another."""
    lines = str(connection.extra.get("host_key") or "").splitlines()
    keys = [_public_key(line.strip()) for line in lines if line.strip()]
    if not keys:
        raise ConfigurationError(
            "the connection of the inbox names no host_key in its extra: enter the server's public "
            "key, such as `ssh-ed25519 AAAA...`, as its owner tells it"
        )
    return keys


def _public_key(line: str) -> asyncssh.SSHKey:
    """`<type> <base64>`, or the base64 alone, which names its type in its first field."""
    try:
        if " " not in line:
            data = base64.b64decode(line, validate=True)
            line = f"{data[4 : 4 + int.from_bytes(data[:4])].decode('ascii')} {line}"
        return asyncssh.import_public_key(line)
    except (asyncssh.KeyImportError, binascii.Error, ValueError):
        raise ConfigurationError(
            "host_key of the inbox's connection is not a public key such as `ssh-ed25519 AAAA...`"
        ) from None


def _private_key(connection: InboxConnection) -> asyncssh.SSHKey:
    passphrase = connection.extra.get("private_key_passphrase") or None
    try:
        return asyncssh.import_private_key(str(connection.extra["private_key"]), passphrase)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        raise ConfigurationError(
            "private_key of the inbox's connection cannot be read: the text of the key file, with "
            "private_key_passphrase when it has one"
        ) from None
