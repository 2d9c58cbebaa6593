"""Which feed takes a delivery: by its name first, then by what it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.delivery import Delivery, printable
from health_warehouse.landing.file_kinds import is_claim_name
from health_warehouse.readers.registry import takes
from health_warehouse.settings import Settings

_OF_THE_STANDARD = ("claims_xml", "check_ins_xml")


def path_below(settings: Settings, uri: str) -> str:
    """The path of a delivery below the inbox, that of a file in a bundle with the bundle's.

    Of one that lay elsewhere: its folder and its name.
    """
    path = _without_server(uri.replace("!/", "/"))
    beginning = _without_server(settings.inbox).rstrip("/") + "/"
    if path.startswith(beginning):
        return path.removeprefix(beginning)
    return "/".join(path.split("/")[-2:])


def path_of(settings: Settings, delivery: Delivery) -> str:
    """Where a delivery lay below the inbox: of one from the archive, that of then."""
    return delivery.inbox_path or printable(path_below(settings, delivery.uri))


def _without_server(locator: str) -> str:
    """A path on its server. Its name is left out: it may stand in the inbox's connection."""
    scheme, mark, rest = locator.partition("://")
    if not mark:
        return Path(locator).absolute().as_posix()
    if scheme in ("sftp", "ssh"):
        rest = "/" + rest.partition("/")[2]
    return rest


def is_read_name(contracts: Mapping[str, Contract], path: str) -> bool:
    """Whether some feed takes a file of that path below the inbox, or it is a bundle of files."""
    return is_claim_name(path) or bool(feeds_by_name(contracts, path))


def feeds_by_name(contracts: Mapping[str, Contract], path: str) -> list[Contract]:
    """The contracts that a path below the inbox fits, by name of the feed; case does not count.

    A pattern fits a whole path, or what stands behind one of its slashes.
    """
    ours = "/" + path.lower().replace("\\", "/").lstrip("/")
    return [
        contract
        for contract in contracts.values()
        if any(fnmatchcase(ours, f"*/{pattern.lower()}") for pattern in contract.match)
    ]


def lead_feed(contracts: Mapping[str, Contract], path: str) -> str:
    """The feed whose run takes a file of that path below the inbox in; told by names alone.

    Feeds whose files are called alike, files that nobody reads, and bundles have one run between
    them: that of the documents of several tables, else of the first by name. What is in them is
    found out when they are read (`feed_of`).
    """
    fitting = feeds_by_name(contracts, path) or _of_the_standard(contracts)
    return min(fitting, key=lambda contract: (contract.is_of_rows, contract.feed)).feed


def feed_of(contracts: Mapping[str, Contract], path: str, stream: BinaryIO) -> Contract:
    """The one contract that takes a delivery. The stream is at its beginning.

    A file that a person names, or one in a `.gz`, may be called anything: it is then one of the
    standard. Raises FileUnreadable when several take it: the contracts must then say more.
    """
    named = feeds_by_name(contracts, path) or _of_the_standard(contracts)
    if len(named) == 1:
        return named[0]
    fitting = [contract for contract in named if takes(contract, stream)]
    if len(fitting) > 1:
        feeds = " and ".join(contract.feed for contract in fitting)
        raise FileUnreadable("F01", f"the contracts {feeds} both take it: let their `match` differ")
    return fitting[0] if fitting else named[0]


def _of_the_standard(contracts: Mapping[str, Contract]) -> list[Contract]:
    return [contract for contract in contracts.values() if contract.reader in _OF_THE_STANDARD]
